import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyPlan,
  augmentation,
  augmentPlan,
  type Batch,
  type ImageBatchesOptions,
  type ImageDecoder,
  imageBatches,
  isDataError,
  memoryDataset,
  randomBrightness,
  randomCrop,
  randomFlip,
  randomRotation,
  resizeBilinear,
  type SkippedImage,
} from "../src/index.ts";
import { rejection } from "./support.ts";

/** Decodes 6x6 noise that is made of the one byte of an "encoded" image; 255 is damaged. Takes a random time. */
const decode: ImageDecoder = {
  id: "noise",
  async decode(bytes) {
    const value = bytes[0]!;
    await new Promise((resolve) => setTimeout(resolve, (value * 7) % 5));
    if (value === 255) throw new Error("no image");
    const pixels = Uint8Array.from({ length: 108 }, (_, k) => Math.imul(k + 1000 * value, 2654435761) >>> 24);
    return { width: 6, height: 6, pixels };
  },
};
const images = Array.from({ length: 9 }, (_, k) => ({ id: `i${k}`, label: k % 3, bytes: Uint8Array.of(k) }));
const classes = ["a", "b", "c"];
const data = memoryDataset({ classes, images });
const policy = augmentation([randomFlip(), randomRotation(0.1), randomBrightness(0.1)]);
const base = { size: [4, 5], batchSize: 2, decode } as const;

async function collect<T>(batches: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}
const epochOf = (options: Partial<ImageBatchesOptions>, epoch = 0, set = data) =>
  collect(imageBatches(set, { ...base, ...options }).batches(epoch));
/** Every image of an epoch by its id and view. */
const byView = (batches: readonly Batch[]): Map<string, string> => {
  const found = new Map<string, string>();
  for (const { ids, views, images: pixels } of batches) {
    const length = pixels.length / ids.length;
    for (const [at, id] of ids.entries())
      found.set(`${id} ${views[at]}`, `${pixels.slice(at * length, (at + 1) * length)}`);
  }
  return found;
};

describe("imageBatches with an augmentation", () => {
  it("gives the same batches whatever the concurrency and the prefetch, decoded at once or later", async () => {
    const augment = fc.constantFrom(
      { policy, seed: 1, views: 3 },
      { policy, seed: 2, views: "fresh" as const },
      { policy, seed: 3, views: { only: 4 } },
    );
    await fc.assert(
      fc.asyncProperty(
        augment,
        fc.integer({ min: 1, max: 12 }),
        fc.nat(4),
        fc.nat(3),
        async (chosen, concurrency, prefetch, epoch) => {
          const options = { augment: chosen, shuffle: { seed: 4 } };
          const reference = await epochOf({ ...options, concurrency: 1, prefetch: 0 }, epoch);
          expect(await epochOf({ ...options, concurrency, prefetch }, epoch)).toEqual(reference);
          const source = imageBatches(data, { ...base, ...options, concurrency, prefetch });
          const later = await collect(source.encoded(epoch));
          expect(await Promise.all(later.map((batch) => batch.decode()))).toEqual(reference);
        },
      ),
      { numRuns: 12 },
    );
  });

  it("makes each image what its plan says, of the resized image", async () => {
    const [batch] = await epochOf({ augment: { policy, seed: 7, views: "fresh" }, ids: ["i3"] }, 5);
    expect([...batch!.views]).toEqual([6]);
    const image = await decode.decode(images[3]!.bytes, { file: "", id: "i3" });
    const wanted = new Uint8Array(60);
    const plan = augmentPlan(policy, { seed: 7, id: "i3", view: 6, size: [4, 5] });
    applyPlan(resizeBilinear(image, 4, 5).pixels, 4, 5, plan, wanted);
    expect(batch!.images).toEqual(wanted);
  });

  it("gives one view of one image the same pixels in any epoch, order and company", async () => {
    const seen = new Map<string, string>();
    let again = 0;
    for (const [epoch, batchSize] of [2, 3, 9, 1, 4, 2, 3].entries()) {
      const batches = await epochOf(
        { augment: { policy, seed: 1, views: 2 }, batchSize, shuffle: { seed: batchSize } },
        epoch,
      );
      for (const [view, pixels] of byView(batches)) {
        if (seen.has(view)) again++;
        expect(seen.get(view) ?? pixels).toBe(pixels);
        seen.set(view, pixels);
      }
    }
    expect(again).toBeGreaterThan(30);
    expect(new Set([...seen.keys()].map((key) => key.split(" ")[1]))).toEqual(new Set(["1", "2"]));
    // 18 views of 9 images; only rotation and brightness make them differ for certain.
    expect(new Set(seen.values()).size).toBe(seen.size);
  });

  it("notices a seed that is ignored: other seeds give other pixels", async () => {
    const of = async (seed: number) => [
      ...byView(await epochOf({ augment: { policy, seed, views: { only: 1 } } })).values(),
    ];
    const [one, two] = [await of(1), await of(2)];
    for (const [at, pixels] of one.entries()) expect(two[at]).not.toBe(pixels);
  });

  it("draws one of K views for each image and epoch, a new one each time when fresh, and two for an image that comes twice", async () => {
    const drawn = new Set<number>();
    for (let epoch = 0; epoch < 8; epoch++) {
      for (const { views } of await epochOf({ augment: { policy, seed: 1, views: 3 } }, epoch))
        for (const v of views) drawn.add(v);
    }
    expect(drawn).toEqual(new Set([1, 2, 3]));
    // One image alone: its views differ from epoch to epoch.
    const ofOne = new Set<number>();
    for (let epoch = 0; epoch < 12; epoch++) {
      const [batch] = await epochOf({ ids: ["i0"], augment: { policy, seed: 1, views: 3 } }, epoch);
      ofOne.add(batch!.views[0]!);
    }
    expect(ofOne).toEqual(new Set([1, 2, 3]));
    const twice = {
      ids: ["i0", "i1", "i0", "i0"],
      batchSize: 4,
      augment: { policy, seed: 1, views: "fresh" as const },
    };
    const views: number[] = [];
    for (const epoch of [0, 1, 2]) views.push(...(await epochOf(twice, epoch))[0]!.views);
    const ofFirst = views.filter((_, at) => at % 4 !== 1);
    expect(views.slice(0, 2)).toEqual([1, 1]);
    expect(new Set(ofFirst).size).toBe(9);
  });

  it("says what its views are; without augmentation it says nothing", () => {
    const named = (options: Partial<ImageBatchesOptions>) => imageBatches(data, { ...base, ...options }).augmentation;
    expect(named({})).toBeUndefined();
    const one = named({ augment: { policy, seed: 1, views: 2 } });
    expect(one).toBe(`${policy.id}|seed 1`);
    expect(named({ augment: { policy, seed: 1, views: "fresh" } })).toBe(one);
    expect(named({ augment: { policy, seed: 2, views: 2 } })).not.toBe(one);
  });
});

describe("imageBatches, its forms", () => {
  it("gives float32 with the same values, rescaled only where that is asked for, and says so in `pixels`", async () => {
    const [bytes] = await epochOf({});
    const [floats] = await epochOf({ dtype: "float32" });
    expect(floats!.images).toEqual(Float32Array.from(bytes!.images));
    const [scaled] = await epochOf({ rescale: 1 / 255 });
    expect(scaled!.images).toEqual(Float32Array.from(bytes!.images, (value) => value / 255));
    const pixels = (options: Partial<ImageBatchesOptions>) => imageBatches(data, { ...base, ...options }).pixels;
    expect(pixels({ dtype: "float32" })).toBe(pixels({}));
    expect(pixels({ rescale: 1 / 255 })).not.toBe(pixels({}));
  });

  it("gives one-hot targets in place of labels", async () => {
    const [batch] = await epochOf({ labels: "one-hot", batchSize: 3, ids: ["i2", "i0", "i1"] });
    expect([...batch!.targets!]).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
    expect("labels" in batch!).toBe(false);
  });

  it("drops a last batch that is too small where asked to", async () => {
    const sizes = async (options: Partial<ImageBatchesOptions>) =>
      (await epochOf(options)).map(({ ids }) => ids.length);
    expect(await sizes({ batchSize: 4 })).toEqual([4, 4, 1]);
    expect(await sizes({ batchSize: 4, dropRemainder: true })).toEqual([4, 4]);
    expect(await sizes({ batchSize: 3, dropRemainder: true })).toEqual([3, 3, 3]);
  });

  it("takes the ids of each epoch from a sampler", async () => {
    const ids = { size: 3, ids: (epoch: number) => [`i${epoch}`, "i8", `i${epoch + 1}`] };
    const source = imageBatches(data, { ...base, ids });
    expect(source.size).toBe(3);
    for (const epoch of [0, 4]) {
      const batches = await collect(source.batches(epoch));
      expect(batches.flatMap((batch) => batch.ids)).toEqual([`i${epoch}`, "i8", `i${epoch + 1}`]);
    }
  });

  it("refuses options that make no sense", () => {
    const wrong: Partial<ImageBatchesOptions>[] = [
      { augment: { policy, seed: 1, views: 0 } },
      { augment: { policy, seed: 1, views: 1.5 } },
      { augment: { policy, seed: 1, views: { only: -1 } } },
      { augment: { policy: augmentation([randomCrop(5, 5)]), seed: 1, views: 1 } },
      { rescale: 0 },
      { rescale: Number.NaN },
      { rescale: 1 / 255, dtype: "uint8" },
    ];
    for (const options of wrong) {
      expect(() => imageBatches(data, { ...base, ...options })).toThrowError(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
    }
  });
});

describe("an unreadable image in the middle of an epoch", () => {
  const broken = memoryDataset({
    classes,
    images: images.map((image, k) => (k === 3 || k === 4 ? { ...image, bytes: Uint8Array.of(255) } : image)),
  });
  const options = { batchSize: 3, onUnreadable: "skip" as const };

  it("is skipped and reported in order, and its place filled, whatever the concurrency", async () => {
    for (const concurrency of [1, 3, 8]) {
      const skipped: SkippedImage[] = [];
      const source = imageBatches(broken, { ...base, ...options, concurrency, onSkip: (one) => skipped.push(one) });
      const batches = await collect(source.batches(2));
      expect(batches.map(({ ids }) => ids)).toEqual([["i0", "i1", "i2"], ["i5", "i6", "i7"], ["i8"]]);
      expect(skipped.map(({ epoch, id, error }) => [epoch, id, error.code, error.file])).toEqual([
        [2, "i3", "IMAGE_UNREADABLE", "(memory)"],
        [2, "i4", "IMAGE_UNREADABLE", "(memory)"],
      ]);
      const encoded = await collect(source.encoded(2));
      expect(await Promise.all(encoded.map((batch) => batch.decode()))).toEqual(batches);
    }
  });

  it("ends the epoch with its name where nothing else was asked for", async () => {
    const error = await rejection(epochOf({ batchSize: 3 }, 0, broken));
    expect(isDataError(error, "IMAGE_UNREADABLE") && error.id).toBe("i3");
  });

  it("is an error where no image at all can be read", async () => {
    const error = await rejection(epochOf({ ...options, ids: ["i3", "i4"] }, 0, broken));
    expect(isDataError(error, "NO_IMAGES") && error.message).toMatch(
      /no image of epoch 0 can be read; the last: .*"i4"/,
    );
  });

  it("does not hide what is no fault of an image", async () => {
    const failing = {
      ...data,
      read: () => Promise.reject(Object.assign(new Error("closed"), { name: "DataError", code: "DATASET_CLOSED" })),
    };
    expect(isDataError(await rejection(epochOf(options, 0, failing)), "DATASET_CLOSED")).toBe(true);
  });
});

it("gives up what has not begun when the consumer leaves", async () => {
  let decoded = 0;
  const counting: ImageDecoder = {
    id: "counting",
    async decode(bytes, origin) {
      decoded++;
      return decode.decode(bytes, origin);
    },
  };
  const source = imageBatches(data, { ...base, decode: counting, concurrency: 1, batchSize: 1, prefetch: 8 });
  for await (const _ of source.batches(0)) break;
  expect(decoded).toBeLessThan(4);
});
