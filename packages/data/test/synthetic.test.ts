import { describe, expect, it } from "vitest";
import { isDataError } from "../src/index.ts";
import { syntheticLeaf, syntheticLeaves } from "../src/synthetic/leaves.ts";

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("syntheticLeaves", () => {
  it("has cassava's classes in cassava's shares, by largest remainder", () => {
    const counts = [0, 0, 0, 0, 0];
    for (const { label } of syntheticLeaves({ count: 1600, size: 16 })) counts[label]!++;
    // 1,600 times 1,087, 2,189, 2,386, 13,158 and 2,577 of 21,397: 81.3, 163.7, 178.4, 983.9, 192.7.
    expect(counts).toEqual([81, 164, 178, 984, 193]);
  });

  it("draws leaf i alone as it draws it among the others, the same for the same seed only", () => {
    const options = { count: 40, seed: 9, size: 32 };
    const all = [...syntheticLeaves(options)];
    expect(all.map(({ id }) => id).slice(0, 2)).toEqual(["leaf-0000.jpg", "leaf-0001.jpg"]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(40);
    for (const index of [0, 17, 39]) expect(syntheticLeaf(index, options)).toEqual(all[index]);
    expect([...syntheticLeaves(options)]).toEqual(all);
    expect(syntheticLeaf(0, { ...options, seed: 10 }).pixels).not.toEqual(all[0]!.pixels);
  });

  it("differs from class to class in the marks, not in the mean colour", () => {
    const sums = Array.from({ length: 5 }, () => [0, 0, 0]);
    const counts = [0, 0, 0, 0, 0];
    for (const { label, pixels } of syntheticLeaves({ count: 500, shares: [0.2, 0.2, 0.2, 0.2, 0.2] })) {
      counts[label]!++;
      for (let k = 0; k < pixels.length; k++) sums[label]![k % 3]! += pixels[k]! / (64 * 64);
    }
    const means = sums.map((sum, label) => sum.map((value) => value / counts[label]!));
    for (const channel of [0, 1, 2]) {
      const values = means.map((mean) => mean[channel]!);
      // Single leaves differ by tens of levels; n = 100 a class.
      expect(Math.max(...values) - Math.min(...values)).toBeLessThan(25);
    }
  });

  it("refuses options out of range", () => {
    const cases = [
      { count: 0 },
      { size: 8 },
      { difficulty: 2 },
      { shares: [1] },
      { shares: [0, 0, 0, 0, 0] },
      { seed: Number.NaN },
    ];
    for (const options of cases)
      expect(
        isDataError(
          thrownBy(() => syntheticLeaves(options)),
          "OPTION_INVALID",
        ),
      ).toBe(true);
    expect(
      isDataError(
        thrownBy(() => syntheticLeaf(40, { count: 40 })),
        "OPTION_INVALID",
      ),
    ).toBe(true);
  });
});
