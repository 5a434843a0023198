import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkSplit,
  type DatasetEntry,
  isDataError,
  parseRatios,
  parseSplit,
  type Split,
  serializeSplit,
  split,
} from "../src/index.ts";
import { largestRemainder } from "../src/split/apportion.ts";
import { cramersV } from "../src/split/cramers-v.ts";

/** A data set of `counts[k]` images of class k. */
function dataset(counts: readonly number[], prefix = "image") {
  const entries: DatasetEntry[] = counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, k) => ({ id: `${prefix}-${label}-${k}.jpg`, label, file: "train.csv" })),
  );
  return { classes: counts.map((_, index) => ({ index, name: `class ${index}` })), entries };
}

const all = (one: Split): string[] => [...one.train, ...one.validation, ...one.test];

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

const ratios = fc.constantFrom(
  [0.6, 0.2, 0.2],
  [0.85, 0.15],
  [0.7, 0.3],
  [0.5, 0.25, 0.25],
  [1 / 3, 1 / 3, 1 / 3],
  [0.9, 0.05, 0.05],
);
const counts = fc.array(fc.integer({ min: 3, max: 60 }), { minLength: 1, maxLength: 6 });
const seeds = fc.integer({ min: -5, max: 1000 });

describe("split", () => {
  it("is disjoint and complete, and its counts are those of its ids", () => {
    fc.assert(
      fc.property(counts, ratios, seeds, fc.boolean(), (sizes, shares, seed, stratify) => {
        const data = dataset(sizes);
        const one = split(data, { ratios: shares, seed, stratify });
        expect(all(one).toSorted()).toEqual(data.entries.map(({ id }) => id).toSorted());
        const labels = new Map(data.entries.map(({ id, label }) => [id, label]));
        for (const part of ["train", "validation", "test"] as const) {
          const counted = sizes.map((_, k) => one[part].filter((id) => labels.get(id) === k).length);
          expect(one.counts[part]).toEqual(counted);
        }
        expect(one.cramersV).toBeCloseTo(cramersV([one.counts.train, one.counts.validation, one.counts.test]), 12);
      }),
    );
  });

  it("depends on the set of ids and labels only, not on their order, file or record", () => {
    fc.assert(
      fc.property(
        counts.chain((sizes) =>
          fc.tuple(
            fc.constant(sizes),
            fc.shuffledSubarray(dataset(sizes).entries, { minLength: dataset(sizes).entries.length }),
          ),
        ),
        ratios,
        seeds,
        fc.boolean(),
        ([sizes, shuffledEntries], shares, seed, stratify) => {
          const data = dataset(sizes);
          const other = {
            classes: data.classes,
            entries: shuffledEntries.map((entry, record) => ({ ...entry, file: "shard.tfrec", record })),
          };
          const options = { ratios: shares, seed, stratify };
          expect(split(other, options)).toEqual(split(data, options));
        },
      ),
    );
  });

  it("gives other parts for another seed, and the same for the same seed", () => {
    const data = dataset([40, 60]);
    const [a, b, c] = [1, 1, 2].map((seed) => split(data, { ratios: [0.6, 0.2, 0.2], seed }));
    expect(a).toEqual(b);
    expect(a!.train).not.toEqual(c!.train);
    expect(a!.counts).toEqual(c!.counts);
  });

  it("keeps the file format: this very split must come out in every later version", () => {
    const one = split(dataset([6, 4]), { ratios: [0.5, 0.3, 0.2], seed: 42 });
    expect({ train: one.train, validation: one.validation, test: one.test }).toMatchInlineSnapshot(`
      {
        "test": [
          "image-0-4.jpg",
          "image-1-0.jpg",
        ],
        "train": [
          "image-0-0.jpg",
          "image-0-1.jpg",
          "image-0-3.jpg",
          "image-1-1.jpg",
          "image-1-3.jpg",
        ],
        "validation": [
          "image-0-2.jpg",
          "image-0-5.jpg",
          "image-1-2.jpg",
        ],
      }
    `);
  });

  it("is within half an image of the target where remainders allow it, and never a whole image off, per class and overall", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 20, max: 300 }), { minLength: 1, maxLength: 8 }),
        ratios,
        (sizes, shares) => {
          const one = split(dataset(sizes), { ratios: shares });
          const parts = [one.counts.train, one.counts.validation, one.counts.test];
          const total = sizes.reduce((sum, size) => sum + size, 0);
          const best = largestRemainder(total, shares);
          for (const [p, share] of shares.entries()) {
            for (const [k, size] of sizes.entries()) expect(Math.abs(parts[p]![k]! - size * share)).toBeLessThan(1);
            expect(parts[p]!.reduce((sum, count) => sum + count, 0)).toBe(best[p]);
          }
          // Two parts: the remainders are complementary, so that the better rounding is within a half; overall for sure.
          if (shares.length === 2) expect(Math.abs(best[0]! - total * shares[0]!)).toBeLessThanOrEqual(0.5 + 1e-9);
        },
      ),
    );
  });

  it("puts at least one image of each class into each part, even where its share rounds to nothing", () => {
    const one = split(dataset([3, 4, 200]), { ratios: [0.8, 0.1, 0.1] });
    expect(one.counts.validation.every((count) => count >= 1)).toBe(true);
    expect(one.counts.test.every((count) => count >= 1)).toBe(true);
    expect(one.counts.train.slice(0, 2)).toEqual([1, 2]);
  });

  it("refuses a class with fewer images than parts, naming it", () => {
    const error = thrownBy(() => split(dataset([2, 50]), { ratios: [0.6, 0.2, 0.2] }));
    expect(isDataError(error, "CLASS_TOO_SMALL")).toBe(true);
    expect((error as Error).message).toContain('class "class 0" has 2 labelled images');
    // Not stratified, a class may be missing from a part; the counts say so.
    const loose = split(dataset([2, 50]), { ratios: [0.6, 0.2, 0.2], stratify: false });
    expect(all(loose)).toHaveLength(52);
    expect(
      isDataError(
        thrownBy(() => split(dataset([2]), { ratios: [0.6, 0.2, 0.2], stratify: false })),
        "CLASS_TOO_SMALL",
      ),
    ).toBe(true);
  });

  it("does not miss an empty class, and leaves unlabelled images out", () => {
    const data = dataset([10, 0, 10]);
    const entries = [...data.entries, { id: "unlabelled.jpg", file: "train.csv" }];
    const one = split({ classes: data.classes, entries }, { ratios: [0.5, 0.5] });
    expect(all(one)).toHaveLength(20);
    expect(one.counts.train).toEqual([5, 0, 5]);
    const none = thrownBy(() => split({ classes: [], entries: [{ id: "a", file: "" }] }, { ratios: [0.5, 0.5] }));
    expect(isDataError(none, "NO_LABELS")).toBe(true);
  });

  it("never lets a group straddle two parts, whatever the groups", () => {
    const grouped = fc.tuple(counts, fc.integer({ min: 1, max: 30 }), seeds, ratios, fc.boolean());
    let whole = 0;
    fc.assert(
      fc.property(grouped, ([sizes, size, seed, shares, stratify]) => {
        const data = dataset(sizes);
        // Groups of up to `size` neighbours, across class borders; every third image stands alone.
        const groups = new Map(
          data.entries.flatMap(({ id }, k) => (k % 3 === 0 ? [] : [[id, Math.floor(k / size)] as const])),
        );
        const run = () => split(data, { ratios: shares, seed, groups, stratify });
        const error = thrownBy(run);
        if (error !== undefined) {
          expect(isDataError(error, "CLASS_TOO_SMALL")).toBe(true);
          return;
        }
        whole++;
        const one = run();
        expect(all(one).toSorted()).toEqual(data.entries.map(({ id }) => id).toSorted());
        const partOf = new Map(
          (["train", "validation", "test"] as const).flatMap((part) => one[part].map((id) => [id, part] as const)),
        );
        const seen = new Map<number, string>();
        for (const [id, group] of groups) {
          expect(partOf.get(id)).toBe(seen.get(group) ?? partOf.get(id));
          seen.set(group, partOf.get(id)!);
        }
      }),
    );
    expect(whole).toBeGreaterThan(20);
  });

  it("keeps the sizes exact where groups are few, and puts groups into every part over seeds", () => {
    const data = dataset([50, 150]);
    const groups = new Map([
      ["image-0-1.jpg", "a"],
      ["image-0-2.jpg", "a"],
      ["image-1-7.jpg", "b"],
      ["image-1-8.jpg", "b"],
      ["image-1-9.jpg", "b"],
    ]);
    const places = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const one = split(data, { ratios: [0.6, 0.2, 0.2], groups, seed });
      expect(one.counts).toEqual({ train: [30, 90], validation: [10, 30], test: [10, 30] });
      for (const part of ["train", "validation", "test"] as const)
        if (one[part].includes("image-1-8.jpg")) places.add(part);
    }
    expect(places.size).toBe(3);
  });

  it("finds a place for each class in each part where exactly as many groups are there", () => {
    const data = dataset([6, 6]);
    const groups = new Map(data.entries.map(({ id }, k) => [id, Math.floor(k / 2)]));
    const one = split(data, { ratios: [0.6, 0.2, 0.2], groups });
    for (const part of [one.counts.train, one.counts.validation, one.counts.test]) expect(part).toEqual([2, 2]);
  });

  it("refuses ratios that are no split", () => {
    const wrong = [[1], [0.5, 0.6], [0.5, 0.5, 0], [0.25, 0.25, 0.25, 0.25], [Number.NaN, 0.5], [-0.5, 1.5], []];
    for (const shares of wrong) {
      expect(
        isDataError(
          thrownBy(() => split(dataset([9, 9]), { ratios: shares })),
          "OPTION_INVALID",
        ),
      ).toBe(true);
    }
  });
});

describe("parseRatios", () => {
  it("reads percentages and fractions", () => {
    expect(parseRatios("60/20/20")).toEqual([0.6, 0.2, 0.2]);
    expect(parseRatios("85/15")).toEqual([0.85, 0.15]);
    expect(parseRatios(" .7 / .3 ")).toEqual([0.7, 0.3]);
    for (const text of ["", "60", "60/20", "60/20/30", "a/b", "60//40", "100/0"]) {
      expect(
        isDataError(
          thrownBy(() => parseRatios(text)),
          "OPTION_INVALID",
        ),
      ).toBe(true);
    }
  });
});

describe("the split file", () => {
  const one = split(dataset([10, 12]), { ratios: [0.6, 0.2, 0.2], seed: 7 });

  it("comes back as it was", () => {
    expect(parseSplit(serializeSplit(one))).toEqual(one);
    expect(serializeSplit(one).endsWith("}\n")).toBe(true);
  });

  it("names what is wrong with it", () => {
    const change = (fields: object): string => JSON.stringify({ ...one, ...fields });
    const wrong: readonly (readonly [string, string])[] = [
      ["{", "not JSON"],
      ["[]", "not a JSON object"],
      [change({ version: 2 }), "version is 2"],
      [change({ seed: "7" }), "seed"],
      [change({ stratify: 1 }), "stratify"],
      [change({ ratios: [0.5] }), "ratios"],
      [change({ train: [1] }), "train is not a list of ids"],
      [change({ test: undefined }), "test is not a list of ids"],
      [change({ test: [one.train[0]] }), "occurs twice"],
      [change({ counts: { train: [1], validation: [1] } }), "counts.test"],
      [change({ cramersV: null }), "cramersV"],
    ];
    for (const [json, message] of wrong) {
      const error = thrownBy(() => parseSplit(json, { file: "split.json" }));
      expect(isDataError(error, "SPLIT_INVALID") && error.file).toBe("split.json");
      expect((error as Error).message).toContain(message);
    }
  });

  it("must fit the data set: unknown and unlabelled ids are an error, leftover ones are returned", () => {
    const data = dataset([10, 12]);
    expect(checkSplit(one, data)).toEqual({ leftover: [], split: one });
    const { classes } = data;
    const more = {
      classes,
      entries: [...data.entries, { id: "new.jpg", label: 0, file: "" }, { id: "plain.jpg", file: "" }],
    };
    expect(checkSplit(one, more).leftover).toEqual(["new.jpg"]);
    const zero = [0, 0];
    const stale = { ...one, counts: { train: zero, validation: zero, test: zero }, cramersV: 1 };
    expect(checkSplit(stale, data).split).toEqual(one);
    const error = thrownBy(() => checkSplit(one, dataset([10, 10])));
    expect(isDataError(error, "SPLIT_MISMATCH")).toBe(true);
    expect((error as Error).message).toMatch(
      /^the split names 2 images that are not in the data set \(.*image-1-1[01]\.jpg/,
    );
    const bare = { classes, entries: data.entries.map(({ id, file }) => ({ id, file })) };
    expect((thrownBy(() => checkSplit(one, bare)) as Error).message).toContain("22 images that are without a label");
  });
});
