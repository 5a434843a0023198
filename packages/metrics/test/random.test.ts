import { describe, expect, it } from "vitest";
import { createRandom, drawBinomial } from "../src/random.ts";

/** Binomial probabilities by their recurrence from the mode, normalized. */
const binomial = (n: number, p: number): number[] => {
  const mode = Math.floor((n + 1) * p);
  const mass = new Array<number>(n + 1).fill(0);
  mass[mode] = 1;
  for (let k = mode; k < n; k++) mass[k + 1] = (mass[k]! * (n - k) * p) / ((k + 1) * (1 - p));
  for (let k = mode; k > 0; k--) mass[k - 1] = (mass[k]! * k * (1 - p)) / ((n - k + 1) * p);
  const total = mass.reduce((sum, value) => sum + value, 0);
  return mass.map((value) => value / total);
};

describe("the generator", () => {
  it("gives the same numbers for the same seed, others for the next", () => {
    const first = (seed: number) => Array.from({ length: 4 }, createRandom(seed));
    expect(first(7)).toEqual(first(7));
    expect(first(7)).not.toEqual(first(8));
    expect(first(0)).toMatchInlineSnapshot(`
      [
        0.6750985024813072,
        0.051309421615726936,
        0.8656132793409693,
        0.8719876062005216,
      ]
    `);
  });

  it("fills [0, 1) evenly: chi-squared over 100 cells of 100,000 draws, seed 5", () => {
    const random = createRandom(5);
    const cells = new Float64Array(100);
    for (let i = 0; i < 100_000; i++) {
      const cell = Math.floor(random() * 100);
      cells[cell] = cells[cell]! + 1;
    }
    const statistic = cells.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 0.1 % and 99.9 % points with 99 degrees of freedom.
    expect(statistic).toBeGreaterThan(60);
    expect(statistic).toBeLessThan(149);
  });
});

describe("binomial draws", () => {
  // Inversion (mean below 10), rejection, and the reflection of p > 1/2, with means near the switch.
  it.each([
    [5, 0.3],
    [40, 0.2],
    [1000, 0.0099],
    [1000, 0.0101],
    [60, 0.5],
    [300, 0.93],
    [13158, 0.61],
    [21397, 0.002],
  ])("of %i trials at %f follow the distribution: chi-squared of 50,000 draws, seed 11", (n, p) => {
    const random = createRandom(11);
    const draws = 50_000;
    const observed = new Float64Array(n + 1);
    for (let i = 0; i < draws; i++) {
      const k = drawBinomial(n, p, random);
      observed[k] = observed[k]! + 1;
    }
    // Neighbouring values are pooled until a cell expects 20 draws.
    let statistic = 0;
    let cells = 0;
    let expectedInCell = 0;
    let observedInCell = 0;
    let left = draws;
    for (const [k, mass] of binomial(n, p).entries()) {
      expectedInCell += mass * draws;
      observedInCell += observed[k]!;
      if (expectedInCell < 20 || left - expectedInCell < 20) continue;
      statistic += (observedInCell - expectedInCell) ** 2 / expectedInCell;
      left -= expectedInCell;
      cells++;
      expectedInCell = 0;
      observedInCell = 0;
    }
    statistic += (observedInCell - expectedInCell) ** 2 / expectedInCell;
    // A chi-squared variable with `cells` degrees of freedom, by Wilson and Hilferty's cube root: |z| < 3.5.
    const z = (Math.cbrt(statistic / cells) - (1 - 2 / (9 * cells))) / Math.sqrt(2 / (9 * cells));
    expect(Math.abs(z)).toBeLessThan(3.5);
  });

  it("are certain at the ends", () => {
    const random = createRandom(1);
    expect([drawBinomial(0, 0.5, random), drawBinomial(9, 0, random), drawBinomial(9, 1, random)]).toEqual([0, 0, 9]);
  });
});
