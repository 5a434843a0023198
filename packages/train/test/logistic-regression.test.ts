import { expect, it } from "vitest";
import { type FeatureSet, logisticRegression } from "../src/index.ts";
import { classes } from "./support.ts";

const n = 40;
const width = 4;
const value = (i: number, j: number) => Math.sin(1 + i * (j + 1) * 0.7) * (j + 1) + ((0.3 * i) % 3);
const features = Float32Array.from({ length: n * width }, (_, k) => value(Math.floor(k / width), k % width));
const set: FeatureSet = {
  classes: classes(3),
  ids: Array.from({ length: n }, (_, i) => `${i}`),
  features,
  labels: Int32Array.from({ length: n }, (_, i) => (i * 7 + (value(i, 0) > 0 ? 1 : 0)) % 3),
  width,
  shape: [width],
  cached: 0,
};

// Probabilities of the first three rows by scikit-learn 1.9.1: LogisticRegression(C, tol=1e-12) on standardized columns.
const expected: readonly [number, readonly number[]][] = [
  [0.1, [0.174967, 0.499825, 0.325208, 0.358044, 0.275983, 0.365973, 0.603588, 0.096559, 0.299853]],
  [1, [0.038609, 0.677254, 0.284136, 0.381033, 0.136232, 0.482735, 0.870343, 0.00254, 0.127117]],
  [100, [0.000601, 0.951739, 0.04766, 0.344942, 0.004174, 0.650884, 0.985219, 0, 0.014781]],
];

it.each(expected)("gives scikit-learn's probabilities at C = %d", (c, probabilities) => {
  const fitted = logisticRegression(set, { c, tolerance: 1e-9, maxIterations: 1000 });
  const found = [...fitted.predict(set).subarray(0, 9)];
  for (const [k, p] of probabilities.entries()) expect(found[k]).toBeCloseTo(p, 5);
});

it("does not care about the scale of a column, nor about a constant one", () => {
  const scaled = {
    ...set,
    features: features.map((v, k) => (k % width === 1 ? v * 1000 + 5 : k % width === 3 ? 7 : v)),
  };
  const plain = { ...set, features: features.map((v, k) => (k % width === 3 ? 0 : v)) };
  const a = logisticRegression(scaled, { tolerance: 1e-9 }).predict(scaled);
  const b = logisticRegression(plain, { tolerance: 1e-9 }).predict(plain);
  for (const [k, p] of a.entries()) expect(p).toBeCloseTo(b[k]!, 4);
});

it("comes to the same from another start", () => {
  const start = logisticRegression(set, { c: 0.1 });
  const [cold, warm] = [
    logisticRegression(set, { tolerance: 1e-9 }),
    logisticRegression(set, { tolerance: 1e-9, start }),
  ];
  for (const [k, p] of warm.predict(set).entries()) expect(p).toBeCloseTo(cold.predict(set)[k]!, 6);
});

it("refuses unlabeled images", () => {
  const { labels: _, ...unlabeled } = set;
  expect(() => logisticRegression(unlabeled)).toThrow(/label/);
});
