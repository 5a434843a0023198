import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isDataError } from "../src/errors.ts";
import {
  SYNTHETIC_CLASSES,
  type SyntheticLeavesOptions,
  syntheticLeaf,
  syntheticLeaves,
} from "../src/synthetic/leaves.ts";

const oneClass = (label: number) => SYNTHETIC_CLASSES.map(({ index }) => (index === label ? 1 : 0));
const sha = (pixels: Uint8Array) => createHash("sha256").update(pixels).digest("hex").slice(0, 16);

/** Mean of each channel, 0-255. */
function means(pixels: Uint8Array): number[] {
  const sums = [0, 0, 0];
  for (let k = 0; k < pixels.length; k++) sums[k % 3]! += pixels[k]!;
  return sums.map((sum) => sum / (pixels.length / 3));
}

/** Standard deviation of `values`. */
function deviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}

describe("syntheticLeaves", () => {
  it("deals out the classes by largest remainder, in an order of the seed", () => {
    const labels = (options: SyntheticLeavesOptions) =>
      [...syntheticLeaves({ size: 16, ...options })].map((l) => l.label);
    const first = labels({ count: 200 });
    const counts = SYNTHETIC_CLASSES.map(({ index }) => first.filter((label) => label === index).length);
    // 200 times cassava's shares is 10.16, 20.46, 22.30, 122.99, 24.09: the rest goes to the fourth class and the second.
    expect(counts).toEqual([10, 21, 22, 123, 24]);
    expect(labels({ count: 200 })).toEqual(first);
    expect(labels({ count: 200, seed: 2 })).not.toEqual(first);
    expect(first).not.toEqual(first.slice().sort());
    expect(labels({ count: 4, shares: [1, 0, 0, 0, 1] }).sort()).toEqual([0, 0, 4, 4]);
  });

  it("names every leaf and gives its size and pixels", () => {
    const leaves = [...syntheticLeaves({ count: 12, size: 24 })];
    expect(leaves.map((l) => l.id).slice(0, 2)).toEqual(["leaf-0000.jpg", "leaf-0001.jpg"]);
    expect(new Set(leaves.map((l) => l.id)).size).toBe(12);
    for (const { width, height, pixels } of leaves)
      expect([width, height, pixels.length]).toEqual([24, 24, 24 * 24 * 3]);
    expect(syntheticLeaf(20_000, { count: 20_001, size: 16 }).id).toBe("leaf-20000.jpg");
    expect(syntheticLeaf(7, { count: 20_001, size: 16 }).id).toBe("leaf-00007.jpg");
  });

  it("draws leaf i alone as it draws it among the others, and the iterable runs again", () => {
    const options = { count: 9, size: 32, seed: 5 };
    const leaves = syntheticLeaves(options);
    const all = [...leaves];
    expect(all.map((_, k) => syntheticLeaf(k, options))).toEqual(all);
    expect([...leaves]).toEqual(all);
  });

  it("gives the pixels that it always gave", () => {
    const drawn = SYNTHETIC_CLASSES.map(({ index }) =>
      sha(syntheticLeaf(0, { count: 1, shares: oneClass(index) }).pixels),
    );
    expect(drawn).toMatchInlineSnapshot(`
      [
        "83bc48fde11f9b3d",
        "3695477b47cf928b",
        "63faefb75b6ad0e5",
        "7cdee11f05a1affc",
        "cb678e7ff816f33f",
      ]
    `);
  });

  it("changes with seed, index and difficulty", () => {
    const base = { count: 2, shares: oneClass(4) };
    const drawn = [
      syntheticLeaf(0, base),
      syntheticLeaf(1, base),
      syntheticLeaf(0, { ...base, seed: 2 }),
      syntheticLeaf(0, { ...base, difficulty: 1 }),
    ];
    expect(new Set(drawn.map((l) => sha(l.pixels))).size).toBe(4);
  });

  it("paints the marks on the front leaf only: ground and border do not depend on the class, n = 40 leaves", () => {
    let same = 0;
    let changed = 0;
    for (let k = 0; k < 40; k++) {
      const plain = syntheticLeaf(k, { count: 40, shares: oneClass(4) }).pixels;
      // Not mosaic, whose leaf has another outline.
      const marked = syntheticLeaf(k, { count: 40, shares: oneClass(k % 3) }).pixels;
      const differing = plain.filter((value, at) => value !== marked[at]).length / plain.length;
      expect(differing).toBeGreaterThan(0.02);
      expect(differing).toBeLessThan(0.75);
      same += 1 - differing;
      changed += differing;
    }
    expect(same).toBeGreaterThan(changed);
  });

  it("hides the class from the mean colour: class means differ less than leaves of one class do, n = 5 x 150", () => {
    const perClass = SYNTHETIC_CLASSES.map(({ index }) =>
      [...syntheticLeaves({ count: 150, size: 32, seed: 11 + index, shares: oneClass(index) })].map((l) =>
        means(l.pixels),
      ),
    );
    for (let c = 0; c < 3; c++) {
      const within = Math.max(...perClass.map((leaves) => deviation(leaves.map((m) => m[c]!))));
      const between = deviation(perClass.map((leaves) => leaves.reduce((sum, m) => sum + m[c]!, 0) / leaves.length));
      expect(between).toBeLessThan(0.35 * within);
    }
  });

  it("has fainter marks at higher difficulty: mean change of a pixel by the marks, n = 40 leaves a level", () => {
    const change = (difficulty: number) => {
      let sum = 0;
      for (let k = 0; k < 40; k++) {
        const plain = syntheticLeaf(k, { count: 40, difficulty, shares: oneClass(4) }).pixels;
        const marked = syntheticLeaf(k, { count: 40, difficulty, shares: oneClass(k % 3) }).pixels;
        for (let at = 0; at < plain.length; at++) sum += Math.abs(plain[at]! - marked[at]!) / plain.length;
      }
      return sum / 40;
    };
    const [easy, medium, hard] = [change(0), change(0.5), change(1)];
    expect(easy).toBeGreaterThan(1.2 * medium!);
    expect(medium).toBeGreaterThan(1.2 * hard!);
  });

  it("refuses options out of range before anything is drawn, naming the option", () => {
    const bad: [keyof SyntheticLeavesOptions, SyntheticLeavesOptions][] = [
      ["count", { count: 0 }],
      ["count", { count: 1.5 }],
      ["seed", { seed: Number.NaN }],
      ["size", { size: 15 }],
      ["difficulty", { difficulty: 1.1 }],
      ["difficulty", { difficulty: Number.NaN }],
      ["shares", { shares: [0.5, 0.5] }],
      ["shares", { shares: [1, 1, 1, 1, -1] }],
      ["shares", { shares: [0, 0, 0, 0, 0] }],
    ];
    for (const [name, options] of bad) {
      let caught: unknown;
      try {
        syntheticLeaves(options);
      } catch (error) {
        caught = error;
      }
      expect(isDataError(caught, "OPTION_INVALID")).toBe(true);
      expect(String(caught)).toContain(`syntheticLeaves: ${name} is`);
    }
    expect(() => syntheticLeaf(3, { count: 3 })).toThrow("index is 3: use an integer from 0 to 2");
  });
});
