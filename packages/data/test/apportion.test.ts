import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apportion, largestRemainder } from "../src/split/apportion.ts";
import { cramersV } from "../src/split/cramers-v.ts";

const ratios = fc.constantFrom(
  [0.6, 0.2, 0.2],
  [0.85, 0.15],
  [0.5, 0.25, 0.25],
  [1 / 3, 1 / 3, 1 / 3],
  [0.9, 0.05, 0.05],
);

describe("apportion", () => {
  it("meets rows exactly, and both ways keeps every cell within one image of its target", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 80 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sizes, ratios, (rows, shares) => {
        // Large multiples: no class is so small that the minimum of one image bends its targets.
        const table = apportion(
          rows.map((size) => size * 20),
          shares,
        );
        for (const [k, row] of table.entries()) {
          expect(row.reduce((sum, count) => sum + count, 0)).toBe(rows[k]! * 20);
          for (const [p, count] of row.entries()) expect(Math.abs(count - rows[k]! * 20 * shares[p]!)).toBeLessThan(1);
        }
      }),
    );
  });

  it("is nearer to the targets in sum than any other table with the same margins (exhaustively, on small tables)", () => {
    const shares = [0.5, 0.3, 0.2];
    for (const sizes of [
      [7, 9],
      [11, 13, 14],
      [10, 10, 10],
      [6, 21, 8],
    ]) {
      const table = apportion(sizes, shares);
      const distance = (rows: readonly (readonly number[])[]): number =>
        rows
          .flatMap((row, k) => row.map((count, p) => Math.abs(count - sizes[k]! * shares[p]!)))
          .reduce((a, b) => a + b, 0);
      const goal = largestRemainder(
        sizes.reduce((a, b) => a + b, 0),
        shares,
      );
      let best = Number.POSITIVE_INFINITY;
      const search = (rows: number[][]): void => {
        if (rows.length === sizes.length) {
          if (goal.every((count, p) => rows.reduce((sum, row) => sum + row[p]!, 0) === count))
            best = Math.min(best, distance(rows));
          return;
        }
        const size = sizes[rows.length]!;
        for (let a = 1; a < size; a++) for (let b = 1; a + b < size; b++) search([...rows, [a, b, size - a - b]]);
      };
      search([]);
      expect(distance(table)).toBeCloseTo(best, 9);
    }
  });

  it("gives every part one image of a row that has enough, whatever the columns then miss", () => {
    expect(apportion([3, 4], [0.8, 0.1, 0.1])).toEqual([
      [1, 1, 1],
      [2, 1, 1],
    ]);
    expect(apportion([0, 5], [0.9, 0.1])).toEqual([
      [0, 0],
      [4, 1],
    ]);
  });

  it("rounds whole targets to themselves in spite of binary fractions", () => {
    expect(apportion([100], [0.29, 0.71])).toEqual([[29, 71]]);
    expect(apportion([10, 20], [0.7, 0.1, 0.2])).toEqual([
      [7, 1, 2],
      [14, 2, 4],
    ]);
  });

  it("keeps its tables, of folds and of other shares: these very ones must come out in every later version", () => {
    expect(apportion([9, 13, 6, 22], new Array<number>(7).fill(1 / 7))).toEqual([
      [1, 2, 1, 1, 1, 1, 2],
      [2, 1, 2, 2, 2, 2, 2],
      [1, 1, 1, 1, 1, 1, 0],
      [4, 3, 3, 3, 3, 3, 3],
    ]);
    expect(apportion([11, 7, 16, 3, 9, 18, 27], [0.4, 0.25, 0.2, 0.1, 0.05])).toEqual([
      [4, 3, 2, 1, 1],
      [3, 1, 1, 1, 1],
      [7, 4, 3, 1, 1],
      [1, 1, 1, 0, 0],
      [3, 2, 2, 1, 1],
      [7, 4, 4, 2, 1],
      [11, 7, 5, 3, 1],
    ]);
  });

  it("fits rows and columns of 1,000 folds and 20 classes, each cell rounded down or up", () => {
    const folds = 1000;
    const sizes = Array.from({ length: 20 }, (_, k) => 300 + 157 * k);
    const shares = new Array<number>(folds).fill(1 / folds);
    const table = apportion(sizes, shares);
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    expect(table.map(sum)).toEqual(sizes);
    expect(shares.map((_, part) => sum(table.map((row) => row[part]!)))).toEqual(largestRemainder(sum(sizes), shares));
    const off = (size: number, row: readonly number[]) => Math.max(...row.map((n) => Math.abs(n - size / folds)));
    expect(Math.max(...table.map((row, k) => off(sizes[k]!, row)))).toBeLessThan(1);
  });
});

describe("cramersV", () => {
  it("has the values of scipy.stats.contingency.association(method='cramer')", () => {
    expect(
      cramersV([
        [10, 20],
        [30, 40],
      ]),
    ).toBeCloseTo(0.08908708063747479, 12);
    expect(
      cramersV([
        [50, 0],
        [0, 50],
      ]),
    ).toBe(1);
    expect(
      cramersV([
        [5, 10, 0],
        [10, 20, 0],
        [0, 0, 0],
      ]),
    ).toBe(0);
    expect(cramersV([[3, 4]])).toBe(0);
    expect(cramersV([])).toBe(0);
  });
});
