import type { Batch, BatchSource, Dataset, DatasetEntry, EncodedBatch } from "@cassava/contracts";
import { entriesOf, placeOf } from "./dataset.ts";
import { DataError, isDataError, reasonOf } from "./errors.ts";
import { sha256 } from "./hash.ts";
import type { ImageDecoder } from "./image/image.ts";
import { checkSize, resizeId, resizeInto } from "./image/resize.ts";
import { type Limiter, limiter, orderedMap } from "./ordered-map.ts";
import { random, shuffled } from "./random.ts";

/** How {@link imageBatches} reads, decodes and orders. */
export interface ImageBatchesOptions {
  /** Images of an epoch, in this order; an id may occur more than once (oversampling). Default: all of the data set. */
  readonly ids?: readonly string[];
  /** `[height, width]` in pixels that every image is resized to. */
  readonly size: readonly [height: number, width: number];
  /** Images in a batch, at least 1; the last batch of an epoch may be smaller. */
  readonly batchSize: number;
  readonly decode: ImageDecoder;
  /**
   * Every epoch in its own random order, all orders equally likely: a function of seed and epoch alone. Default: not
   * shuffled.
   */
  readonly shuffle?: { readonly seed: number };
  /** Batches made ready while the consumer works. Default 2. */
  readonly prefetch?: number;
  /** Images read, hashed and decoded at the same time. Default 4. */
  readonly concurrency?: number;
}

/**
 * Batches of images, decoded and resized (antialiased bilinear) to one size. `labels` is there where *every* image of
 * the source is labelled. Hashes are SHA-256 of the encoded bytes, in hexadecimal; views are 0. Memory holds `prefetch`
 * + 1 batches.
 *
 * Throws a DataError: at once OPTION_INVALID and ID_UNKNOWN; while iterating IMAGE_UNREADABLE or IMAGE_TOO_LARGE,
 * naming id and file, in place of the batch that holds the image. An aborted signal throws its reason.
 */
export function imageBatches(dataset: Dataset, options: ImageBatchesOptions): BatchSource {
  const { ids, size, batchSize, decode, shuffle, prefetch = 2, concurrency = 4 } = options;
  const [height, width] = size;
  checkSize(height, width);
  checkCount("batchSize", batchSize, 1);
  checkCount("prefetch", prefetch, 0);
  checkCount("concurrency", concurrency, 1);
  const entries = entriesOf(dataset, ids, "imageBatches");
  const labelled = entries.every(({ label }) => label !== undefined);

  const encode = async (chunk: readonly DatasetEntry[], places: Limiter): Promise<EncodedBatch> => {
    const images = await all(chunk.map((entry) => places.run(() => readImage(dataset, entry))));
    const encoded = {
      ids: chunk.map(({ id }) => id),
      ...(labelled && { labels: Int32Array.from(chunk, ({ label }) => label!) }),
      views: new Int32Array(chunk.length),
      hashes: images.map(({ hash }) => hash),
    };
    return {
      ...encoded,
      async decode(): Promise<Batch> {
        const shape = [chunk.length, height, width, 3] as const;
        const pixels = new Uint8Array(chunk.length * height * width * 3);
        const tasks = images.map(({ bytes }, at) =>
          places.run(async () => {
            const image = await decodeImage(decode, bytes, chunk[at]!);
            resizeInto(image, height, width, pixels, at * height * width * 3);
          }),
        );
        await all(tasks);
        return { ...encoded, images: pixels, shape };
      },
    };
  };

  const chunksOf = function* (epoch: number): Generator<readonly DatasetEntry[]> {
    const order = shuffle === undefined ? entries : shuffled(entries, random(shuffle.seed, "epoch", epoch));
    for (let from = 0; from < order.length; from += batchSize) yield order.slice(from, from + batchSize);
  };

  return {
    classes: dataset.classes,
    size: entries.length,
    pixels: `${decode.id}|${resizeId}|${height}x${width}`,
    batches(epoch, signal) {
      const places = limiter(concurrency);
      const task = async (chunk: readonly DatasetEntry[]): Promise<Batch> => (await encode(chunk, places)).decode();
      return orderedMap(chunksOf(epoch), prefetch, task, signal);
    },
    encoded(epoch, signal) {
      const places = limiter(concurrency);
      return orderedMap(chunksOf(epoch), prefetch, (chunk) => encode(chunk, places), signal);
    },
  };
}

/** The encoded bytes of an entry and their hash. Throws a DataError that names id and file. */
async function readImage(dataset: Dataset, entry: DatasetEntry): Promise<{ bytes: Uint8Array; hash: string }> {
  try {
    const bytes = await dataset.read(entry);
    return { bytes, hash: await sha256(bytes) };
  } catch (cause) {
    throw unreadable(entry, cause);
  }
}

async function decodeImage(decoder: ImageDecoder, bytes: Uint8Array, entry: DatasetEntry) {
  try {
    return await decoder.decode(bytes, { file: placeOf(entry), id: entry.id });
  } catch (cause) {
    throw unreadable(entry, cause);
  }
}

/** Errors of this package pass as they are; anything else becomes IMAGE_UNREADABLE. */
function unreadable(entry: DatasetEntry, cause: unknown): DataError {
  if (isDataError(cause)) return cause;
  const message = `image "${entry.id}" of ${placeOf(entry)} cannot be read (${reasonOf(cause)}): repair or leave out the image`;
  return new DataError("IMAGE_UNREADABLE", message, { ...entry, cause });
}

/** As Promise.all, but waits for every task: nothing is still at work when an error is thrown. */
async function all<T>(tasks: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(tasks);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

function checkCount(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new DataError("OPTION_INVALID", `imageBatches: ${name} is ${value}: use an integer of at least ${least}`);
}
