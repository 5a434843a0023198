import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measureImage } from "../src/audit/measure-image.ts";
import { joinPairs, nearPairs } from "../src/audit/near-duplicates.ts";
import { robustScale, robustZ } from "../src/audit/outliers.ts";
import { hammingDistance } from "../src/audit/perceptual-hash.ts";
import { resizeBilinear } from "../src/image/resize.ts";
import {
  audit,
  type Dataset,
  type ImageDecoder,
  lookAlikeGroups,
  memoryDataset,
  type PerceptualHash,
  perceptualDistance,
  perceptualHash,
  type RgbImage,
  random,
  split,
  syntheticLeaf,
} from "../src/index.ts";
import { rejection } from "./support.ts";

/** A picture whose grey is `level(x, y)`. */
function grey(width: number, height: number, level: (x: number, y: number) => number): RgbImage {
  const pixels = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++)
    pixels.fill(level(at % width, Math.floor(at / width)), 3 * at, 3 * at + 3);
  return { width, height, pixels };
}

/** The same picture with every level changed. */
const mapped = ({ pixels, ...rest }: RgbImage, change: (level: number, at: number) => number): RgbImage => ({
  ...rest,
  pixels: pixels.map((level, at) => Math.max(0, Math.min(255, change(level, at)))),
});

/** A data set and a decoder of pictures that are there already; equal numbers are equal bytes. */
function pictures(all: readonly { readonly image: RgbImage; readonly label?: number; readonly twin?: number }[]) {
  const data = memoryDataset({
    classes: ["a", "b"],
    images: all.map(({ label, twin }, k) => ({
      id: `${k}`,
      ...(label !== undefined && { label }),
      bytes: Uint8Array.of(twin ?? k),
    })),
  });
  const decode: ImageDecoder = { id: "given", decode: async ([k]) => all[k!]!.image };
  return { data, decode };
}

const leaves = new Map<number, RgbImage>();

/** Leaf `k` of a set, drawn once. */
function leaf(k: number): RgbImage {
  const drawn = leaves.get(k) ?? syntheticLeaf(k, { count: 60, size: 96, seed: 3 });
  leaves.set(k, drawn);
  return drawn;
}

describe("perceptualHash", () => {
  it("has the bits that its definition says", () => {
    const slope = grey(90, 80, (x) => 2 * x);
    expect(perceptualHash(slope)).toEqual({ across: [0xffffffff, 0xffffffff], down: [0, 0] });
    const dark = grey(90, 80, (x) => 200 - 2 * x);
    expect(perceptualHash(dark)?.across).toEqual([0, 0]);
    expect(perceptualHash(grey(80, 90, (_, y) => 2 * y))?.down).toEqual([0xffffffff, 0xffffffff]);
    // Cells alternate in each row of 9: lighter, darker, …: 10101010 in each byte.
    const comb = grey(9, 8, (x) => (x % 2) * 100);
    expect(perceptualHash(comb)?.across).toEqual([0xaaaaaaaa, 0xaaaaaaaa]);
  });

  it("has nothing to say about a picture without contrast", () => {
    expect(perceptualHash(grey(40, 30, () => 128))).toBe(undefined);
    expect(perceptualHash(grey(40, 30, (x) => 128 + (x % 2)))).toBe(undefined);
  });

  it("stays near for another size, exposure and noise, and is far for another leaf or a mirrored one, n = 40", () => {
    const near: number[] = [];
    const far: number[] = [];
    for (let k = 0; k < 40; k++) {
      const image = leaf(k);
      const hash = perceptualHash(image)!;
      const draws = random(1, "noise", k);
      const versions = [
        resizeBilinear(image, 72, 72),
        resizeBilinear(image, 80, 128),
        mapped(image, (level) => level * 1.1 + 4),
        mapped(image, (level) => level + Math.round(6 * draws.next() - 3)),
      ];
      for (const version of versions) near.push(perceptualDistance(hash, perceptualHash(version)!));
      const mirrored = grey(96, 96, (x, y) => image.pixels[3 * (y * 96 + 95 - x) + 1]!);
      far.push(perceptualDistance(hash, perceptualHash(leaf((k + 1) % 40))!));
      far.push(perceptualDistance(hash, perceptualHash(mirrored)!));
    }
    expect(Math.max(...near)).toBeLessThanOrEqual(4);
    expect(Math.min(...far)).toBeGreaterThan(8);
  });
});

describe("nearPairs", () => {
  const bits = fc.nat({ max: 0xffffffff });
  const hash = fc
    .tuple(bits, bits, bits, bits)
    .map(([a, b, c, d]): PerceptualHash => ({ across: [a, b], down: [c, d] }));
  /** Hashes of which many lie near each other: a few, and copies with some bits flipped. */
  const hashes = fc
    .tuple(
      fc.array(hash, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(3), fc.array(fc.nat(127), { maxLength: 12 })), { maxLength: 25 }),
    )
    .map(([seeds, copies]) =>
      copies.map(([seed, flips]) => {
        const { across, down } = seeds[seed % seeds.length]!;
        const words = [...across, ...down];
        for (const bit of flips) words[bit >> 5] = (words[bit >> 5]! ^ (1 << (bit & 31))) >>> 0;
        return { across: [words[0]!, words[1]!], down: [words[2]!, words[3]!] } as const;
      }),
    );

  it("finds exactly the groups, and how far apart each is, that comparing all with all finds, at every threshold", () => {
    let found = 0;
    let dropped = 0;
    fc.assert(
      fc.property(hashes, fc.integer({ min: 0, max: 10 }), (all, threshold) => {
        const pairs = nearPairs(all, threshold);
        for (const { a, b, distance } of pairs) {
          expect(a).toBeLessThan(b);
          expect(perceptualDistance(all[a]!, all[b]!)).toBe(distance);
          expect(distance).toBeLessThanOrEqual(threshold);
        }
        expect(new Set(pairs.map(({ a, b }) => `${a}-${b}`)).size).toBe(pairs.length);
        const brute = all.flatMap((one, a) =>
          all.slice(a + 1).flatMap((other, k) => {
            const distance = perceptualDistance(one, other);
            return distance <= threshold ? [{ a, b: a + 1 + k, distance }] : [];
          }),
        );
        found += brute.length;
        expect(joinPairs(pairs)).toEqual(joinPairs(brute));
        const furthest = (all: typeof pairs) =>
          joinPairs(all).map((group) => Math.max(...all.filter(({ a }) => group.includes(a)).map((p) => p.distance)));
        expect(furthest(pairs)).toEqual(furthest(brute));
        dropped += brute.length - pairs.length;
      }),
      { numRuns: 400 },
    );
    expect(found).toBeGreaterThan(100);
    expect(dropped).toBeGreaterThan(100);
  });

  it("keeps a pair for each picture at most, of 3,000 frames that all look alike", () => {
    // 1,024 hashes, two of which differ in 1 to 10 bits; 4.5 million pairs in all.
    const frames = Array.from({ length: 3000 }, (_, k): PerceptualHash => ({ across: [7, 9], down: [k % 1024, 1] }));
    const pairs = nearPairs(frames, 10);
    expect(pairs.length).toBeLessThanOrEqual(3000);
    expect(joinPairs(pairs)).toEqual([frames.map((_, k) => k)]);
    expect(Math.max(...pairs.map(({ distance }) => distance))).toBe(10);
    expect(nearPairs([frames[0]!, frames[1023]!], 9)).toEqual([]);
  });

  it("counts bits", () => {
    expect(hammingDistance([0, 0], [0xffffffff, 0xffffffff])).toBe(64);
    expect(hammingDistance([0x80000001, 5], [1, 4])).toBe(2);
  });
});

describe("an audit that decodes", () => {
  it("finds look-alikes, lists whose labels disagree, and leaves equal bytes to the duplicates", async () => {
    const { data, decode } = pictures([
      { image: leaf(0), label: 0 },
      { image: leaf(1), label: 0 },
      { image: mapped(leaf(0), (level) => level * 1.1), label: 1 },
      { image: leaf(2), label: 1 },
      { image: leaf(2), label: 1, twin: 3 },
      { image: resizeBilinear(leaf(5), 60, 80), label: 1 },
      { image: leaf(5) },
      { image: grey(30, 30, () => 90), label: 0 },
      { image: grey(30, 30, () => 91), label: 1 },
    ]);
    const report = await audit(data, { decode });
    expect(report.duplicates.groups.map(({ ids }) => ids)).toEqual([["3", "4"]]);
    expect(report.nearDuplicates).toMatchObject({
      threshold: 6,
      conflicts: 1,
      groups: [
        { ids: ["0", "2"], labels: [0, 1], conflict: true },
        { ids: ["5", "6"], labels: [1, null], conflict: false },
      ],
    });
    for (const { distance } of report.nearDuplicates!.groups) expect(distance).toBeLessThanOrEqual(4);
    const groups = lookAlikeGroups(report);
    expect([...groups.keys()].sort()).toEqual(["0", "2", "3", "4", "5", "6"]);
    for (let seed = 0; seed < 20; seed++) {
      const { train } = split(data, { ratios: [0.5, 0.5], groups, seed, stratify: false });
      expect(train.includes("0")).toBe(train.includes("2"));
      expect(train.includes("3")).toBe(train.includes("4"));
    }
    const bare = await audit(data);
    expect([bare.nearDuplicates, bare.outliers, bare.sizes]).toEqual([null, null, null]);
    expect([...lookAlikeGroups(bare).keys()]).toEqual(["3", "4"]);
  });

  it("finds the dark, the light and the blurred among others, and nothing where all are alike", async () => {
    const usual = Array.from({ length: 40 }, (_, k) => ({ image: leaf(k) }));
    const soft = resizeBilinear(resizeBilinear(leaf(41), 6, 6), 96, 96);
    const odd = [mapped(leaf(40), (level) => level * 0.05), mapped(leaf(42), (level) => 225 + level / 9), soft];
    const { data, decode } = pictures([...usual, ...odd.map((image) => ({ image }))]);
    const { outliers } = await audit(data, { decode });
    const ids = (kind: "brightness" | "sharpness") => outliers![kind].images.map(({ id }) => id);
    expect(ids("brightness").toSorted()).toEqual(["40", "41"]);
    expect(ids("sharpness")).toContain("42");
    const [worst] = outliers!.brightness.images;
    expect(Math.abs(worst!.z)).toBeGreaterThanOrEqual(3.5);
    expect(outliers!.brightness.threshold).toBe(3.5);
    const plain = pictures(usual);
    expect((await audit(plain.data, { decode: plain.decode, outlierZ: 6 })).outliers).toMatchObject({
      brightness: { images: [] },
      sharpness: { images: [] },
    });
    const same = pictures([{ image: leaf(1) }, { image: leaf(1) }, { image: leaf(1) }]);
    expect((await audit(same.data, { decode: same.decode })).outliers?.brightness.images).toEqual([]);
  });

  it("measures brightness and sharpness as defined", () => {
    const checks = grey(8, 8, (x, y) => ((x + y) % 2) * 100);
    const { brightness, sharpness } = measureImage(checks);
    expect(brightness).toBe(50);
    // Each inner pixel differs from its four neighbours by 100: the Laplacian is ±400, its mean 0 over 36 pixels.
    expect(sharpness).toBe(160_000);
    expect(measureImage(grey(2, 2, () => 7)).sharpness).toBe(0);
    expect(measureImage(grey(300, 20, (x) => x / 2)).sharpness).toBeLessThan(1);
  });

  it("is the same twice, whatever the concurrency", async () => {
    const { data, decode } = pictures(Array.from({ length: 12 }, (_, k) => ({ image: leaf(k % 9), label: k % 2 })));
    const one = await audit(data, { decode, concurrency: 1 });
    expect(await audit(data, { decode, concurrency: 7 })).toEqual(one);
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
  });

  it("refuses a distance that is none, and a z of nothing", async () => {
    const { data } = pictures([]);
    for (const nearDistance of [-1, 11, 2.5])
      expect(await rejection(audit(data, { nearDistance }))).toMatchObject({ code: "OPTION_INVALID" });
    expect(await rejection(audit(data, { outlierZ: 0 }))).toMatchObject({ code: "OPTION_INVALID" });
  });
});

describe("shard skew", () => {
  const shards = (counts: readonly (readonly number[])[]): Dataset => {
    const labels = counts.flatMap((row, s) => row.flatMap((n, label) => new Array(n).fill({ s, label })));
    const images = labels.map(({ label }, k) => ({ id: `${k}`, label, bytes: Uint8Array.of(k % 256) }));
    const data = memoryDataset({ classes: ["a", "b"], images });
    const entries = data.entries.map((entry, k) => ({ ...entry, file: `s${labels[k].s}.tfrec`, record: k }));
    return { ...data, entries };
  };

  it("has the chi-square of the table of shards and classes", async () => {
    // 2 x 2 without correction: n (ad - bc)² / (row and column sums) = 200 (60·50 - 40·50)² / (100·100·110·90) = 2.0202.
    const skew = (
      await audit(
        shards([
          [60, 40],
          [50, 50],
        ]),
      )
    ).shardSkew!;
    expect(skew.chiSquare).toBeCloseTo(2.0202, 4);
    expect(skew.degreesOfFreedom).toBe(1);
    expect(skew.pValue).toBeCloseTo(0.1552, 4);
    expect(skew.cramersV).toBeCloseTo(Math.sqrt(2.0202 / 200), 4);
    expect((await audit(shards([[60, 40]]))).shardSkew).toBe(null);
  });
});

describe("robustScale", () => {
  it("is not moved by a third of wild values, and estimates the deviation of a normal sample", () => {
    const normal = Array.from({ length: 2000 }, (_, k) => {
      const draws = random(5, "normal", k);
      return Math.sqrt(-2 * Math.log(1 - draws.next())) * Math.cos(2 * Math.PI * draws.next());
    });
    const { median, scale } = robustScale(normal);
    expect(Math.abs(median)).toBeLessThan(0.08);
    expect(Math.abs(scale - 1)).toBeLessThan(0.08);
    expect(robustScale([1, 2, 3, 1e9])).toEqual({ median: 2.5, scale: 1.4826 });
    expect(robustZ(7, robustScale([5, 5, 5, 5, 9]))).toBeCloseTo(2 / (1.2533 * 0.8), 10);
    expect(robustZ(9, robustScale([5, 5]))).toBe(0);
  });
});
