import fc from "fast-check";
import { expect, it } from "vitest";
import { histogramBuckets } from "../src/tensorboard.ts";

it("holds every finite value in a bucket that it lies in, whatever the values", () => {
  const values = fc.array(
    fc.oneof(fc.double(), fc.constantFrom(0, 5e-324, 1e-323, Number.MAX_VALUE, -Number.MAX_VALUE)),
  );
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 40 }), (numbers, buckets) => {
      const made = histogramBuckets(numbers, buckets);
      const finite = numbers.filter(Number.isFinite);
      expect(made.length).toBe(buckets);
      expect(made.reduce((sum, { count }) => sum + count, 0)).toBe(finite.length);
      if (finite.length === 0) return;
      expect(made.at(-1)!.right === Math.max(...finite)).toBe(true);
      for (const { left, right } of made) expect(left <= right).toBe(true);
      for (let i = 1; i < made.length; i++) expect(made[i]!.left === made[i - 1]!.right).toBe(true);
    }),
  );
});

it("counts by hand", () => {
  expect(histogramBuckets([0, 1, 2, 3, 4], 2)).toEqual([
    { left: 0, right: 2, count: 2 },
    { left: 2, right: 4, count: 3 },
  ]);
  const point = { left: 2, right: 2, count: 0 };
  expect(histogramBuckets(Int32Array.of(2, 2, 2), 3)).toEqual([point, point, { ...point, count: 3 }]);
  expect(histogramBuckets([Number.NaN, Number.POSITIVE_INFINITY], 1)).toEqual([{ left: 0, right: 0, count: 0 }]);
  expect(histogramBuckets([1, 2]).length).toBe(30);
});

it.each([0, -1, 1.5, Number.NaN])("refuses %s buckets", (buckets) => {
  expect(() => histogramBuckets([1], buckets)).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
});
