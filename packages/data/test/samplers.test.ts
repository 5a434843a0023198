import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balancedSampler, bufferedShuffle, isDataError, memoryDataset, weightedSampler } from "../src/index.ts";

/** A data set with so many images of each class. */
const dataset = (...counts: number[]) =>
  memoryDataset({
    classes: counts.map((_, label) => `class ${label}`),
    images: counts.flatMap((count, label) =>
      Array.from({ length: count }, (_, k) => ({ id: `${label}-${k}`, label, bytes: new Uint8Array(0) })),
    ),
  });
const classOf = (id: string): string => id.split("-")[0]!;
const tally = (ids: readonly string[], keyOf = classOf): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const id of ids) counts[keyOf(id)] = (counts[keyOf(id)] ?? 0) + 1;
  return counts;
};
const counts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });

describe("balancedSampler", () => {
  it("draws every class equally often, in every epoch, from seed and epoch alone", () => {
    fc.assert(
      fc.property(counts, fc.integer(), fc.nat(50), fc.integer({ min: 1, max: 60 }), (sizes, seed, epoch, size) => {
        const sampler = balancedSampler(dataset(...sizes), { seed, size });
        const ids = sampler.ids(epoch);
        expect([sampler.size, ids.length]).toEqual([size, size]);
        const shares = sizes.map((_, label) => tally(ids)[label] ?? 0);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        expect(balancedSampler(dataset(...sizes), { seed, size }).ids(epoch)).toEqual(ids);
      }),
    );
  });

  it("goes through all images of a class before one comes again, across epochs", () => {
    fc.assert(
      fc.property(counts, fc.integer(), (sizes, seed) => {
        const sampler = balancedSampler(dataset(...sizes), { seed });
        const all = Array.from({ length: 7 }, (_, epoch) => sampler.ids(epoch)).flat();
        for (const [label, members] of sizes.entries()) {
          const times = Object.values(
            tally(
              all.filter((id) => classOf(id) === `${label}`),
              (id) => id,
            ),
          );
          if (times.length === members) expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
          else expect(Math.max(...times)).toBe(1);
        }
      }),
    );
  });

  it("mixes the classes, anew each epoch and by the seed", () => {
    const of = (seed: number, epoch: number) =>
      balancedSampler(dataset(40, 4), { seed }).ids(epoch).map(classOf).join("");
    expect(new Set([of(1, 0), of(1, 1), of(2, 0)]).size).toBe(3);
    expect(of(1, 0)).toMatch(/0.*1.*0.*1/);
  });

  it("draws from the ids that it is given, and refuses what cannot be drawn", () => {
    const sampler = balancedSampler(dataset(5, 5), { seed: 1, ids: ["0-1", "1-2", "1-3"], size: 30 });
    expect(tally(sampler.ids(0), (id) => id)).toEqual({
      "0-1": 15,
      "1-2": expect.any(Number),
      "1-3": expect.any(Number),
    });
    const unlabelled = memoryDataset({ classes: ["a"], images: [{ id: "x", bytes: new Uint8Array(0) }] });
    const refused = (work: () => unknown, code: "NO_LABELS" | "NO_IMAGES" | "ID_UNKNOWN" | "OPTION_INVALID") => {
      expect(work).toThrowError(expect.objectContaining({ code }));
    };
    refused(() => balancedSampler(unlabelled, { seed: 1 }), "NO_LABELS");
    refused(() => balancedSampler(dataset(2), { seed: 1, ids: [] }), "NO_IMAGES");
    refused(() => balancedSampler(dataset(2), { seed: 1, ids: ["y"] }), "ID_UNKNOWN");
    refused(() => balancedSampler(dataset(2), { seed: 1, size: 0 }), "OPTION_INVALID");
  });
});

describe("weightedSampler", () => {
  it("draws images by their weights", () => {
    const size = 20_000;
    const sampler = weightedSampler(dataset(4), { seed: 3, size, weight: ({ id }) => Number(id.split("-")[1]) });
    const drawn = tally(sampler.ids(0), (id) => id);
    expect(Object.keys(drawn).sort()).toEqual(["0-1", "0-2", "0-3"]);
    // Shares 1/6, 2/6, 3/6; six standard deviations at n = 20,000 are at most 0.0212.
    for (const k of [1, 2, 3]) expect(Math.abs(drawn[`0-${k}`]! / size - k / 6)).toBeLessThan(0.0212);
    expect(sampler.ids(0)).toEqual(sampler.ids(0));
    expect(sampler.ids(1)).not.toEqual(sampler.ids(0));
  });

  it("refuses weights that are no weights", () => {
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY, 0]) {
      expect(() => weightedSampler(dataset(2), { seed: 1, weight: () => weight })).toThrowError(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
    }
  });
});

describe("bufferedShuffle", () => {
  const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    return all;
  };

  it("yields every item once, none more than bufferSize - 1 places early, the same again from the same seed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 70 }), fc.integer(), async (n, bufferSize, seed) => {
        const items = Array.from({ length: n }, (_, k) => k);
        const stream = bufferedShuffle(items, { bufferSize, seed });
        const out = await collect(stream);
        expect(out.toSorted((a, b) => a - b)).toEqual(items);
        for (const [at, item] of out.entries()) expect(item - at).toBeLessThanOrEqual(bufferSize - 1);
        expect(await collect(stream)).toEqual(out);
      }),
    );
  });

  it("has all orders of a stream that fits the buffer, equally often, by the epoch", async () => {
    const orders: Record<string, number> = {};
    for (let epoch = 0; epoch < 1200; epoch++) {
      const order = (await collect(bufferedShuffle(["a", "b", "c"], { bufferSize: 3, seed: 9, epoch }))).join("");
      orders[order] = (orders[order] ?? 0) + 1;
    }
    expect(Object.keys(orders)).toHaveLength(6);
    // 200 each; six standard deviations are 78.
    for (const count of Object.values(orders)) expect(Math.abs(count - 200)).toBeLessThan(78);
  });

  it("passes errors of the source on, and refuses a buffer of nothing", async () => {
    const failing = async function* () {
      yield 1;
      throw new Error("torn");
    };
    await expect(collect(bufferedShuffle(failing(), { bufferSize: 5, seed: 1 }))).rejects.toThrow("torn");
    let error: unknown;
    try {
      bufferedShuffle([], { bufferSize: 0, seed: 1 });
    } catch (thrown) {
      error = thrown;
    }
    expect(isDataError(error, "OPTION_INVALID")).toBe(true);
  });
});
