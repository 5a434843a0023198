import type { Batch, BatchSource, Dataset, DatasetEntry, EncodedBatch } from "@cassava/contracts";
import { assemble, type BatchForm, describe } from "./batches/assemble.ts";
import { groups, type SkippedImage } from "./batches/groups.ts";
import { type LoadedImage, loadImage, type ReadImage, readImage } from "./batches/load-image.ts";
import { type AugmentOptions, augmentationId, checkAugment, type Slot, slotsOf } from "./batches/views.ts";
import { entriesOf } from "./dataset.ts";
import { DataError } from "./errors.ts";
import type { ImageDecoder } from "./image/image.ts";
import { type ImageLoader, imageLoader } from "./image/image-loader.ts";
import { checkSize } from "./image/resize.ts";
import { limiter } from "./ordered-map.ts";
import { random, shuffled } from "./random.ts";
import type { Sampler } from "./samplers.ts";

/** How {@link imageBatches} reads, decodes, augments and orders. */
export interface ImageBatchesOptions {
  /**
   * Images of an epoch, in this order; an id may occur more than once. Or a {@link Sampler}, which chooses anew every
   * epoch. Default: all of the data set.
   */
  readonly ids?: readonly string[] | Sampler;
  /** `[height, width]` in pixels that every image is resized to. */
  readonly size: readonly [height: number, width: number];
  /** Images in a batch, at least 1; the last batch of an epoch may be smaller. */
  readonly batchSize: number;
  /** A decoder, which works on the caller's thread, or a loader: workers, a cache of pixels. */
  readonly decode: ImageDecoder | ImageLoader;
  /**
   * Every epoch in its own random order, all orders equally likely: a function of seed and epoch alone. Default: not
   * shuffled.
   */
  readonly shuffle?: { readonly seed: number };
  /** Random changes of the images, seeded per image and view. Default: plain images, view 0. */
  readonly augment?: AugmentOptions;
  /** `float32` has the same values 0-255. Default `uint8`, or `float32` with `rescale`. */
  readonly dtype?: "uint8" | "float32";
  /**
   * Multiplies every value, such as 1 / 255, for models of your own. The backbones of this family scale pixels themselves
   * and refuse scaled ones. Default: 0-255 stays.
   */
  readonly rescale?: number;
  /** `one-hot` gives `targets` `[n, classes]` in place of `labels`. Default `sparse`. */
  readonly labels?: "sparse" | "one-hot";
  /** Leaves a last batch that is smaller than `batchSize` out. Default false. */
  readonly dropRemainder?: boolean;
  /**
   * What an image does that cannot be read or decoded. `throw` (the default) ends the epoch with its name. `skip` leaves it
   * out, reports it, and fills its place with the next image: only the last batch is smaller, and the epoch is shorter.
   */
  readonly onUnreadable?: "throw" | "skip";
  /** Told of every image that was skipped, in order, before the batch that comes after it. */
  readonly onSkip?: (skipped: SkippedImage) => void;
  /** Batches made ready while the consumer works. Default 2. */
  readonly prefetch?: number;
  /** Images read, hashed and decoded at the same time. Default 4. */
  readonly concurrency?: number;
}

/**
 * Batches of images, decoded, resized (antialiased bilinear) to one size, and augmented; the same ones whatever the
 * concurrency and the number of workers. `labels` is there where *every* image of the source is labelled. Hashes are SHA-256
 * of the encoded bytes, in hexadecimal. Memory holds `prefetch` + 1 batches. With `onUnreadable: "skip"`, `encoded()` decodes
 * as it goes: whether an image can be decoded decides what the batches are.
 *
 * Throws a DataError: at once OPTION_INVALID and ID_UNKNOWN; while iterating IMAGE_UNREADABLE, IMAGE_TOO_LARGE or
 * RECORD_UNREADABLE, naming id and file, in place of the batch that holds the image (or NO_IMAGES where all were skipped). An
 * aborted signal throws its reason.
 */
export function imageBatches(dataset: Dataset, options: ImageBatchesOptions): BatchSource {
  const { ids, size, batchSize, decode, shuffle, augment, rescale = 1, dropRemainder = false } = options;
  const { onUnreadable = "throw", onSkip, prefetch = 2, concurrency = 4 } = options;
  checkSize(...size);
  checkCount("batchSize", batchSize, 1);
  checkCount("prefetch", prefetch, 0);
  checkCount("concurrency", concurrency, 1);
  if (augment !== undefined) checkAugment(augment, size);
  const sampler = ids !== undefined && "ids" in ids ? ids : undefined;
  const fixed = sampler === undefined ? entriesOf(dataset, ids as readonly string[] | undefined, "imageBatches") : [];
  // A sampler may choose any image of the data set: labels are there where all of them have one.
  const labelled = (sampler === undefined ? fixed : dataset.entries).every(({ label }) => label !== undefined);
  const loader = "load" in decode ? decode : imageLoader(decode);
  const form: BatchForm = {
    size,
    dtype: checkedDtype(options),
    rescale,
    labels: labelled ? (options.labels ?? "sparse") : undefined,
    classes: dataset.classes.length,
  };

  const entriesOfEpoch = (epoch: number): readonly DatasetEntry[] => {
    const entries = sampler === undefined ? fixed : entriesOf(dataset, sampler.ids(epoch), "imageBatches");
    return shuffle === undefined ? entries : shuffled(entries, random(shuffle.seed, "epoch", epoch));
  };

  /** One pass through an epoch, whose reading and decoding share `concurrency` places. */
  const pass = (epoch: number, outer: AbortSignal | undefined) => {
    const places = limiter(concurrency);
    const run = <T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> =>
      places.run(() => {
        signal?.throwIfAborted();
        return task();
      });
    const read = (slot: Slot, signal?: AbortSignal): Promise<ReadImage> => run(signal, () => readImage(dataset, slot));
    const load = (image: ReadImage, signal?: AbortSignal): Promise<LoadedImage> =>
      run(signal, () => loadImage(image, { loader, size, augment, signal }));
    const each = <T>(task: (slot: Slot, signal: AbortSignal) => Promise<T>): AsyncGenerator<T[], void, undefined> => {
      const settings = { epoch, batchSize, prefetch, dropRemainder, onUnreadable, onSkip, signal: outer };
      return leavable(outer, (signal) =>
        groups(slotsOf(entriesOfEpoch(epoch), epoch, augment), (slot) => task(slot, signal), settings),
      );
    };
    return { read, load, each };
  };

  return {
    classes: dataset.classes,
    size: sampler?.size ?? fixed.length,
    pixels: `${loader.id}|${size.join("x")}${rescale === 1 ? "" : `|times ${rescale}`}`,
    ...(augment && { augmentation: augmentationId(augment) }),
    async *batches(epoch, signal): AsyncGenerator<Batch, void, undefined> {
      const { read, load, each } = pass(epoch, signal);
      for await (const images of each(async (slot, until) => load(await read(slot, until), until))) {
        yield assemble(images, form);
      }
    },
    async *encoded(epoch, signal): AsyncGenerator<EncodedBatch, void, undefined> {
      const { read, load, each } = pass(epoch, signal);
      if (onUnreadable === "skip") {
        for await (const images of each(async (slot, until) => load(await read(slot, until), until))) {
          yield { ...describe(images, form), decode: async () => assemble(images, form) };
        }
        return;
      }
      for await (const images of each(read)) {
        const decode = async () => assemble(await all(images.map((image) => load(image, signal))), form);
        yield { ...describe(images, form), decode };
      }
    },
  };
}

/**
 * What `start` yields; its signal is aborted with `outer`, and when the consumer leaves, so that work that has not begun is
 * not waited for.
 */
async function* leavable<T>(
  outer: AbortSignal | undefined,
  start: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const inner = new AbortController();
  const follow = (): void => inner.abort(outer?.reason);
  outer?.addEventListener("abort", follow);
  try {
    for await (const item of start(inner.signal)) {
      let back = false;
      try {
        yield item;
        back = true;
      } finally {
        if (!back) inner.abort();
      }
    }
  } finally {
    outer?.removeEventListener("abort", follow);
  }
}

/** As Promise.all, but waits for every task: nothing is still at work when an error is thrown. */
async function all<T>(tasks: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(tasks);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

/** The type of the pixels; throws where options contradict each other. */
function checkedDtype({ dtype, rescale, labels, onUnreadable }: ImageBatchesOptions): "uint8" | "float32" {
  const fail = (what: string): never => {
    throw new DataError("OPTION_INVALID", `imageBatches: ${what}`);
  };
  if (rescale !== undefined && !(Number.isFinite(rescale) && rescale !== 0)) {
    fail(`rescale is ${rescale}: use a finite factor other than 0, such as 1 / 255`);
  }
  if (labels !== undefined && labels !== "sparse" && labels !== "one-hot") {
    fail(`labels is ${JSON.stringify(labels)}: use "sparse" or "one-hot"`);
  }
  if (onUnreadable !== undefined && onUnreadable !== "throw" && onUnreadable !== "skip") {
    fail(`onUnreadable is ${JSON.stringify(onUnreadable)}: use "throw" or "skip"`);
  }
  const scaled = rescale !== undefined && rescale !== 1;
  const type = dtype ?? (scaled ? "float32" : "uint8");
  if (type !== "uint8" && type !== "float32") fail(`dtype is ${JSON.stringify(type)}: use "uint8" or "float32"`);
  if (type === "uint8" && scaled) fail('rescale needs dtype "float32": scaled pixels are no bytes');
  return type;
}

function checkCount(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new DataError("OPTION_INVALID", `imageBatches: ${name} is ${value}: use an integer of at least ${least}`);
}
