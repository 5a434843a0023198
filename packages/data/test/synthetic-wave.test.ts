import { describe, expect, it } from "vitest";
import { latticeHash, smoothstep, valueNoise } from "../src/synthetic/noise.ts";
import { cosine, sine } from "../src/synthetic/wave.ts";

describe("wave", () => {
  it("stays within 1e-5 of Math.sin and Math.cos", () => {
    for (let k = -2000; k <= 2000; k++) {
      const x = k * 0.0137;
      expect(Math.abs(sine(x) - Math.sin(x))).toBeLessThan(1e-5);
      expect(Math.abs(cosine(x) - Math.cos(x))).toBeLessThan(1e-5);
    }
  });
});

describe("noise", () => {
  it("hashes lattice points to uniform numbers: ten equal bins, chi-square with 9 degrees of freedom, n = 10,000", () => {
    const counts = new Array<number>(10).fill(0);
    for (let y = 0; y < 100; y++) for (let x = 0; x < 100; x++) counts[Math.floor(latticeHash(x, y, 3) * 10)]!++;
    const statistic = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // Met by uniform numbers with probability .999.
    expect(statistic).toBeLessThan(27.9);
  });

  it("meets the lattice values and is continuous between them", () => {
    expect(valueNoise(4, 7, 9)).toBe(latticeHash(4, 7, 9));
    for (let k = 0; k < 500; k++) {
      const x = k * 0.02 - 5;
      // smoothstep rises by at most 1.5 a unit.
      expect(Math.abs(valueNoise(x + 0.001, 0.3, 1) - valueNoise(x, 0.3, 1))).toBeLessThan(0.0016);
    }
    expect([smoothstep(-1), smoothstep(0), smoothstep(0.5), smoothstep(1), smoothstep(2)]).toEqual([0, 0, 0.5, 1, 1]);
  });
});
