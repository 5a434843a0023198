import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { symmetricBeta } from "../src/augment/beta.ts";
import { type Batch, imageBatches, isDataError, memoryDataset, mixUp, mixUpBatches, random } from "../src/index.ts";
import { plain, plainDecoder, rejection } from "./support.ts";

const batchOf = (values: readonly number[], labels: readonly number[]): Batch => ({
  ids: values.map((value) => `v${value}`),
  images: Uint8Array.from(values.flatMap((value) => [value, value, value])),
  shape: [values.length, 1, 1, 3],
  labels: Int32Array.from(labels),
  views: new Int32Array(values.length),
  hashes: values.map((value) => `hash ${value}`),
});
const place = { epoch: 2, index: 3, classes: 4 };

describe("mixUp", () => {
  it("mixes images and targets by the same weights, with a permutation of the batch", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 4 }), async (seed, n) => {
        // Image i has the value 60 i and the label i: its mixture can be told from the targets.
        const [values, labels] = [[0, 60, 120, 180].slice(0, n), [0, 1, 2, 3].slice(0, n)];
        const batch = batchOf(values, labels);
        const mixed = await mixUp({ alpha: 1, seed })(batch, place);
        expect("labels" in mixed).toBe(false);
        const sums = [0, 0, 0, 0];
        for (let i = 0; i < n; i++) {
          const row = [...mixed.targets!.subarray(4 * i, 4 * i + 4)];
          expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
          expect(row.filter((value) => value > 0).length).toBeLessThanOrEqual(2);
          const exact = row.reduce((sum, value, label) => sum + value * 60 * label, 0);
          expect(Math.abs(mixed.images[3 * i]! - exact)).toBeLessThanOrEqual(0.5001);
          for (const [label, value] of row.entries()) if (value > 0 && label !== i) sums[label]!++;
        }
        expect(Math.max(...sums)).toBeLessThanOrEqual(1);
        expect(batch).toEqual(batchOf(values, labels));
      }),
    );
  });

  it("is a function of seed, epoch and batch index", async () => {
    const batch = batchOf([10, 90, 160, 250], [0, 1, 2, 3]);
    const of = async (seed: number, epoch: number, index: number) =>
      `${(await mixUp({ alpha: 1, seed })(batch, { epoch, index, classes: 4 })).targets}`;
    const same = await of(1, 2, 3);
    expect(await of(1, 2, 3)).toBe(same);
    expect([await of(2, 2, 3), await of(1, 3, 3), await of(1, 2, 4)]).not.toContain(same);
  });

  it("draws Beta(alpha, alpha): symmetric, with its variance, also for a very small alpha", () => {
    for (const alpha of [0.001, 0.2, 1, 5]) {
      const chance = random(4, "beta", alpha);
      const n = 20_000;
      const draws = Array.from({ length: n }, () => symmetricBeta(alpha, chance));
      expect(draws.every((value) => value >= 0 && value <= 1)).toBe(true);
      const mean = draws.reduce((sum, value) => sum + value, 0) / n;
      const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
      // Var = 1 / (4 (2 alpha + 1)); six standard deviations of a mean of n numbers of deviation <= 1/2 are 0.0212.
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.0212);
      expect(Math.abs(variance - 1 / (4 * (2 * alpha + 1)))).toBeLessThan(0.0106);
    }
  });

  it("refuses an alpha that is none, and images without labels", async () => {
    for (const alpha of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => mixUp({ alpha, seed: 1 })).toThrowError(expect.objectContaining({ code: "OPTION_INVALID" }));
    }
    const { labels, ...unlabelled } = batchOf([1, 2], [0, 1]);
    expect(isDataError(await rejection(mixUp({ seed: 1 })(unlabelled, place)), "NO_LABELS")).toBe(true);
    expect(labels).toHaveLength(2);
  });
});

describe("mixUpBatches", () => {
  const data = memoryDataset({
    classes: ["a", "b"],
    images: Array.from({ length: 7 }, (_, k) => ({ id: `i${k}`, label: k % 2, bytes: plain(2, 2, k * 30) })),
  });
  const source = imageBatches(data, { size: [2, 2], batchSize: 3, decode: plainDecoder(), shuffle: { seed: 1 } });
  const mixed = mixUpBatches(source, { alpha: 1, seed: 5 });

  it("gives the same batches decoded at once or later, with hashes that are not those of the plain images", async () => {
    const plainHashes: string[] = [];
    for await (const { hashes } of source.batches(1)) plainHashes.push(...hashes);
    const batches: Batch[] = [];
    for await (const batch of mixed.batches(1)) batches.push(batch);
    let at = 0;
    for await (const batch of mixed.encoded(1)) {
      expect(await batch.decode()).toEqual(batches[at]);
      expect([batch.hashes, batch.targets]).toEqual([batches[at]!.hashes, batches[at]!.targets]);
      at++;
    }
    expect(at).toBe(3);
    const hashes = batches.flatMap((batch) => batch.hashes);
    expect(new Set(hashes).size).toBe(7);
    for (const hash of hashes) expect(plainHashes).not.toContain(hash);
  });
});
