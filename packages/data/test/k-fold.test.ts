import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSplit, type DatasetEntry, isDataError, kFold, parseSplit, serializeSplit } from "../src/index.ts";

/** A data set of `counts[k]` images of class k. */
function dataset(counts: readonly number[]) {
  const entries: DatasetEntry[] = counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, k) => ({ id: `${label}-${k}.jpg`, label, file: "train.csv" })),
  );
  return { classes: counts.map((_, index) => ({ index, name: `class ${index}` })), entries };
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

const counts = fc.array(fc.integer({ min: 7, max: 50 }), { minLength: 1, maxLength: 6 });
const folds = fc.integer({ min: 2, max: 7 });
const seeds = fc.integer({ min: -5, max: 1000 });

describe("kFold", () => {
  it("validates every image in exactly one fold and trains it in all others, in equal parts of every class", () => {
    fc.assert(
      fc.property(counts, folds, seeds, fc.boolean(), (sizes, k, seed, stratify) => {
        const data = dataset(sizes);
        const ids = data.entries.map(({ id }) => id).toSorted();
        const made = kFold(data, { folds: k, seed, stratify });
        expect(made.map(({ fold }) => fold)).toEqual(made.map((_, index) => ({ index, of: k })));
        expect(made.flatMap(({ validation }) => validation).toSorted()).toEqual(ids);
        for (const fold of made) {
          expect([...fold.train, ...fold.validation].toSorted()).toEqual(ids);
          expect(fold.test).toEqual([]);
        }
        const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
        expect(spread(made.map(({ validation }) => validation.length))).toBeLessThanOrEqual(1);
        if (!stratify) return;
        for (const [c] of sizes.entries())
          expect(spread(made.map(({ counts }) => counts.validation[c]!))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("depends on the set of ids and labels only, and on the seed", () => {
    fc.assert(
      fc.property(counts, folds, seeds, (sizes, k, seed) => {
        const data = dataset(sizes);
        const other = { ...data, entries: data.entries.toReversed().map((entry) => ({ ...entry, file: "x" })) };
        expect(kFold(other, { folds: k, seed })).toEqual(kFold(data, { folds: k, seed }));
      }),
    );
    const data = dataset([40, 60]);
    expect(kFold(data, { seed: 1 })[0]!.validation).not.toEqual(kFold(data, { seed: 2 })[0]!.validation);
  });

  it("never lets a group straddle two folds", () => {
    let whole = 0;
    fc.assert(
      fc.property(counts, folds, seeds, fc.integer({ min: 1, max: 12 }), (sizes, k, seed, size) => {
        const data = dataset(sizes);
        const group = new Map(data.entries.map(({ id }, at) => [id, Math.floor(at / size)]));
        const run = () => kFold(data, { folds: k, seed, groups: ({ id }) => group.get(id) });
        const error = thrownBy(run);
        if (error !== undefined) return void expect(isDataError(error, "CLASS_TOO_SMALL")).toBe(true);
        whole++;
        const foldOf = new Map<number, number>();
        for (const [at, { validation }] of run().entries()) {
          for (const id of validation) {
            expect(foldOf.get(group.get(id)!) ?? at).toBe(at);
            foldOf.set(group.get(id)!, at);
          }
        }
      }),
    );
    expect(whole).toBeGreaterThan(20);
  });

  it("is written and read as any split, and fits its data set", () => {
    const data = dataset([10, 12]);
    for (const fold of kFold(data, { folds: 3 })) {
      expect(parseSplit(serializeSplit(fold))).toEqual(fold);
      expect(checkSplit(fold, data)).toEqual({ leftover: [], split: fold });
    }
    const text = serializeSplit(kFold(data, { folds: 3 })[0]!).replace('"of": 3', '"of": 0');
    expect(isDataError(thrownBy(() => parseSplit(text)))).toBe(true);
  });

  it("keeps its folds: these very ones must come out in every later version", () => {
    expect(kFold(dataset([4, 2]), { folds: 2, seed: 42 }).map(({ validation }) => validation)).toMatchInlineSnapshot(`
      [
        [
          "0-1.jpg",
          "0-3.jpg",
          "1-1.jpg",
        ],
        [
          "0-0.jpg",
          "0-2.jpg",
          "1-0.jpg",
        ],
      ]
    `);
  });

  it("refuses too many folds for a class, and counts that are none", () => {
    const error = thrownBy(() => kFold(dataset([4, 20]), { folds: 5 }));
    expect(isDataError(error, "CLASS_TOO_SMALL") && error.message).toContain('kFold: class "class 0" has 4');
    for (const wrong of [1, 2.5, Number.NaN, 1001])
      expect(
        isDataError(
          thrownBy(() => kFold(dataset([9]), { folds: wrong })),
          "OPTION_INVALID",
        ),
      ).toBe(true);
    expect(
      isDataError(
        thrownBy(() => kFold({ classes: [], entries: [] })),
        "NO_LABELS",
      ),
    ).toBe(true);
  });
});
