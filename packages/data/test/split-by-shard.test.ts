import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DatasetEntry, isDataError, parseSplit, serializeSplit, splitByShard } from "../src/index.ts";
import { associationOf, chiSquareTail } from "../src/split/cramers-v.ts";

/** Shards of `shards[s][k]` images of class k. */
function dataset(shards: readonly (readonly number[])[], name = (s: number) => `t${s}.tfrec`) {
  const entries = shards.flatMap((counts, s) =>
    counts
      .flatMap((count, label) => Array.from({ length: count }, (_, i) => ({ id: `${s}-${label}-${i}`, label })))
      .map((entry, record): DatasetEntry => ({ ...entry, file: name(s), record })),
  );
  return { classes: [0, 1].map((index) => ({ index, name: `class ${index}` })), entries };
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

const shards = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 })), {
  minLength: 3,
  maxLength: 12,
});

describe("splitByShard", () => {
  it("puts whole shards into parts: disjoint, complete, deterministic, whatever the files are called", () => {
    fc.assert(
      fc.property(shards, fc.integer(), fc.constantFrom("60/20/20", "85/15"), (made, seed, ratios) => {
        const data = dataset(made);
        const one = splitByShard(data, { ratios: ratios as "60/20/20", seed });
        const parts = [one.train, one.validation, one.test].slice(0, one.ratios.length);
        expect(parts.flat().toSorted()).toEqual(data.entries.map(({ id }) => id).toSorted());
        const homes = parts.map((ids) => new Set(ids.map((id) => id.split("-")[0])));
        expect(homes.reduce((sum, { size }) => sum + size, 0)).toBe(made.length);
        for (const { size } of homes) expect(size).toBeGreaterThan(0);
        const renamed = dataset(made, (s) => `${99 - s}.tfrec`);
        expect(splitByShard(renamed, { ratios: one.ratios, seed })).toEqual(one);
      }),
    );
  });

  it("takes as many shards as the ratios say, where shards are alike, and says what they cost", () => {
    const data = dataset(Array.from({ length: 16 }, () => [30, 70]));
    const one = splitByShard(data, { ratios: "60/20/20" });
    expect([one.train.length, one.validation.length, one.test.length]).toEqual([1000, 300, 300]);
    expect([one.by, one.stratify, one.cramersV]).toEqual(["shard", false, 0]);
    expect(one.warnings![0]).toContain("10/3/3 shards");
    expect(one.warnings![0]).toContain("p = 1.0");
    expect(one.warnings).toHaveLength(2);
    expect(one.warnings![1]).toBe(
      "the train part has 62.5 % of the images in place of 60.0 %: whole shards come no nearer.",
    );
    expect(parseSplit(serializeSplit(one))).toEqual(one);
  });

  it("measures a skew: shards of one class each", () => {
    const data = dataset([
      [50, 0],
      [50, 0],
      [0, 50],
      [0, 50],
    ]);
    const found = Array.from({ length: 20 }, (_, seed) => splitByShard(data, { ratios: [0.75, 0.25], seed }));
    for (const one of found) {
      // 2 x 2 tables of 50 / 100 and 50 / 0: chi² = 200 (50·50 - 100·0)² / (150·50·100·100) · … = 66.67, V = 0.577.
      expect(one.cramersV).toBeCloseTo(Math.sqrt(1 / 3), 10);
      expect(one.warnings![0]).toContain("Cramér's V 0.5774, chi-square 66.67 with 1 degrees of freedom");
      expect(one.warnings![0]).toContain("more than chance explains");
      expect(one.warnings![1]).toMatch(/^the validation part has no image of class "class [01]"\.$/);
    }
    expect(new Set(found.map(({ validation }) => validation[0])).size).toBe(4);
  });

  it("refuses what is not made of shards, and fewer shards than parts", () => {
    const data = dataset([
      [3, 3],
      [3, 3],
    ]);
    const error = thrownBy(() => splitByShard(data, { ratios: "60/20/20" }));
    expect(isDataError(error, "CLASS_TOO_SMALL") && error.message).toContain("too few separate groups");
    const loose = { ...data, entries: data.entries.map(({ id, label }) => ({ id, label: label!, file: "a.jpg" })) };
    expect(thrownBy(() => splitByShard(loose, { ratios: "85/15" }))).toMatchObject({ code: "OPTION_INVALID" });
  });
});

describe("the test of independence", () => {
  // scipy.stats.chi2.sf (SciPy 1.16)
  it("knows the tail of chi-square as SciPy does, to 2e-7", () => {
    const known = [
      [3.841458820694124, 1, 0.05],
      [7.814727903251179, 3, 0.05],
      [9.487729036781154, 4, 0.05],
      [24.3, 11, 0.011526033379523277],
      [0.1, 7, 0.9999976885812014],
      [100, 60, 0.0009168288614560842],
      [500, 400, 0.00048221275959343273],
    ] as const;
    for (const [x, freedom, p] of known) expect(Math.abs(chiSquareTail(x, freedom) - p)).toBeLessThan(2e-7);
    expect([chiSquareTail(0, 3), chiSquareTail(1e6, 3)]).toEqual([1, 0]);
  });

  it("has nothing to say about one row or one column", () => {
    expect(
      associationOf([
        [3, 4],
        [0, 0],
      ]),
    ).toEqual({ cramersV: 0, chiSquare: 0, degreesOfFreedom: 0, pValue: 1 });
  });
});
