import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Batch,
  type EncodedBatch,
  imageBatches,
  isDataError,
  memoryDataset,
  resizeBilinear,
} from "../src/index.ts";
import { plain, plainDecoder, rejection } from "./support.ts";

const images = Array.from({ length: 11 }, (_, k) => ({ id: `i${k}`, label: k % 3, bytes: plain(4 + k, 5, k * 10) }));
const data = memoryDataset({ classes: ["a", "b", "c"], images });

async function collect<T>(batches: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

const idsOf = (batches: readonly { readonly ids: readonly string[] }[]): string[] => batches.flatMap(({ ids }) => ids);

describe("imageBatches", () => {
  it("yields every image once in the order of the data set, resized, with labels, views and SHA-256 hashes", async () => {
    const source = imageBatches(data, { size: [3, 2], batchSize: 4, decode: plainDecoder() });
    expect(source.size).toBe(11);
    expect(source.classes).toBe(data.classes);
    const batches = await collect(source.batches(0));
    expect(batches.map(({ shape }) => shape)).toEqual([
      [4, 3, 2, 3],
      [4, 3, 2, 3],
      [3, 3, 2, 3],
    ]);
    expect(idsOf(batches)).toEqual(images.map(({ id }) => id));
    const [, second] = batches as [Batch, Batch];
    expect(second.labels).toEqual(Int32Array.of(1, 2, 0, 1));
    expect(second.views).toEqual(new Int32Array(4));
    expect([...second.images].filter((_, at) => at % 18 === 0)).toEqual([40, 50, 60, 70]);
    // printf '\x08\x05\x28' | sha256sum
    expect(second.hashes[0]).toBe("d01c69917af4d962fcaface60befdb48b621a80aeac2d9e5edf7a79e19d5b6bd");
  });

  it("resizes as resizeBilinear does, each image into its own place", async () => {
    const pixels = Uint8Array.from({ length: 8 * 6 * 3 }, (_, k) => (k * 37) % 256);
    const decode = { id: "fixed", decode: async () => ({ width: 8, height: 6, pixels }) };
    const [batch] = await collect(
      imageBatches(data, { size: [3, 4], batchSize: 2, decode, ids: ["i5", "i1"] }).batches(0),
    );
    const one = resizeBilinear({ width: 8, height: 6, pixels }, 3, 4).pixels;
    expect(batch!.images).toEqual(Uint8Array.from([...one, ...one]));
  });

  it("shuffles by seed and epoch alone: every epoch holds every image once, whatever the workers", async () => {
    const options = { size: [2, 2], batchSize: 3, decode: plainDecoder() } as const;
    const source = (seed: number, concurrency = 4, prefetch = 2) =>
      imageBatches(data, { ...options, shuffle: { seed }, concurrency, prefetch });
    const first = idsOf(await collect(source(1).batches(0)));
    expect(first.toSorted()).toEqual(images.map(({ id }) => id).toSorted());
    expect(first).not.toEqual(images.map(({ id }) => id));
    expect(idsOf(await collect(source(1, 1, 0).batches(0)))).toEqual(first);
    expect(idsOf(await collect(source(1, 9, 5).encoded(0)))).toEqual(first);
    expect(idsOf(await collect(source(1).batches(1)))).not.toEqual(first);
    expect(idsOf(await collect(source(2).batches(0)))).not.toEqual(first);
  });

  it("takes any ids in any order, repeated ones too", async () => {
    const ids = fc.array(fc.constantFrom(...images.map(({ id }) => id)), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(ids, fc.integer({ min: 1, max: 8 }), async (chosen, batchSize) => {
        const source = imageBatches(data, { ids: chosen, size: [1, 1], batchSize, decode: plainDecoder() });
        const batches = await collect(source.encoded(0));
        expect(source.size).toBe(chosen.length);
        expect(idsOf(batches)).toEqual(chosen);
        expect(batches.every(({ ids: some }, at) => some.length === batchSize || at === batches.length - 1)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("leaves labels out where one image of the source is unlabelled", async () => {
    const mixed = memoryDataset({
      classes: ["a"],
      images: [...images.slice(0, 1), { id: "x", bytes: plain(1, 1, 1) }],
    });
    const options = { size: [1, 1], batchSize: 1, decode: plainDecoder() } as const;
    for (const batch of await collect(imageBatches(mixed, options).batches(0))) expect("labels" in batch).toBe(false);
    const [some] = await collect(imageBatches(mixed, { ...options, ids: ["i0"] }).batches(0));
    expect(some!.labels).toEqual(Int32Array.of(0));
  });

  it("encoded batches decode only on request, to the same batch", async () => {
    const decode = plainDecoder();
    const source = imageBatches(data, { size: [3, 2], batchSize: 4, decode });
    const encoded: EncodedBatch[] = await collect(source.encoded(0));
    expect(decode.seen).toEqual([]);
    const plainBatches = await collect(source.batches(0));
    for (const [at, batch] of encoded.entries()) expect(await batch.decode()).toEqual(plainBatches[at]);
  });

  it("identifies decoder, resize and size in `pixels`", () => {
    const pixels = (height: number, width: number, id = "plain") =>
      imageBatches(data, { size: [height, width], batchSize: 1, decode: { ...plainDecoder(), id } }).pixels;
    expect(pixels(3, 2)).toBe("plain|antialiased-bilinear-1|3x2");
    expect(new Set([pixels(3, 2), pixels(2, 3), pixels(3, 2, "other")]).size).toBe(3);
  });

  it("never decodes more than `concurrency` images at once, and reads only `prefetch` batches ahead", async () => {
    const decode = plainDecoder();
    const source = imageBatches(data, { size: [2, 2], batchSize: 2, decode, concurrency: 3, prefetch: 1 });
    const batches = source.batches(0)[Symbol.asyncIterator]();
    await batches.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    // The batch that was taken and one made ready.
    expect(decode.seen.length).toBe(4);
    for (let more = await batches.next(); !more.done; ) more = await batches.next();
    expect(decode.seen.length).toBe(11);
    expect(decode.mostAtOnce()).toBe(3);
  });

  it("throws an error that names the unreadable image in place of its batch, after the batches before it", async () => {
    const broken = memoryDataset({
      classes: ["a", "b", "c"],
      images: [...images.slice(0, 5), { id: "bad", label: 0, bytes: plain(0, 0, 0) }, ...images.slice(5)],
    });
    const source = imageBatches(broken, { size: [2, 2], batchSize: 2, decode: plainDecoder(), prefetch: 4 });
    const seen: string[] = [];
    const error = await rejection(async () => {
      for await (const { ids } of source.batches(0)) seen.push(...ids);
    });
    expect(seen).toEqual(["i0", "i1", "i2", "i3"]);
    expect(isDataError(error, "IMAGE_UNREADABLE") && [error.id, error.file]).toEqual(["bad", "(memory)"]);
    // Cached features need no pixels: encoded batches are all there, and only the bad one refuses to decode.
    const encoded = await collect(source.encoded(0));
    expect(idsOf(encoded)).toHaveLength(12);
    expect(isDataError(await rejection(encoded[2]!.decode()), "IMAGE_UNREADABLE")).toBe(true);
  });

  it("gives an error of a foreign decoder or data set the name of the image", async () => {
    const decode = { id: "odd", decode: () => Promise.reject(new RangeError("no\nway")) };
    const error = await rejection(collect(imageBatches(data, { size: [2, 2], batchSize: 2, decode }).batches(0)));
    expect(isDataError(error, "IMAGE_UNREADABLE") && error.message).toContain(
      'image "i0" of (memory) cannot be read (no way)',
    );
    expect((error as Error).cause).toBeInstanceOf(RangeError);
    const gone = { ...data, read: () => Promise.reject(new Error("EIO")) };
    const unread = await rejection(collect(imageBatches(gone, { size: [2, 2], batchSize: 2, decode }).encoded(0)));
    expect(isDataError(unread, "IMAGE_UNREADABLE") && unread.id).toBe("i0");
  });

  it("stops on an abort with the signal's reason, and when the consumer leaves", async () => {
    const decode = plainDecoder();
    const source = imageBatches(data, { size: [2, 2], batchSize: 1, decode, prefetch: 0 });
    const stop = new AbortController();
    const reason = new Error("enough");
    const error = await rejection(async () => {
      for await (const _ of source.batches(0, stop.signal)) stop.abort(reason);
    });
    expect(error).toBe(reason);
    expect(decode.seen.length).toBe(1);
    for await (const _ of source.batches(0)) break;
    expect(decode.seen.length).toBe(2);
  });

  it("refuses options that make no sense, before anything is read", () => {
    const base = { size: [2, 2], batchSize: 2, decode: plainDecoder() } as const;
    const wrong = [
      { batchSize: 0 },
      { batchSize: 1.5 },
      { size: [0, 2] as const },
      { prefetch: -1 },
      { concurrency: 0 },
    ];
    for (const options of wrong) {
      expect(() => imageBatches(data, { ...base, ...options })).toThrowError(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
    }
    expect(() => imageBatches(data, { ...base, ids: ["nobody"] })).toThrowError(
      expect.objectContaining({ code: "ID_UNKNOWN", id: "nobody" }),
    );
  });
});
