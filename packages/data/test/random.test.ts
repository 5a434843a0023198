import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDataError } from "../src/errors.ts";
import { murmur3, type Random, random, shuffled } from "../src/random.ts";

const draw = (stream: Random, n: number) => Array.from({ length: n }, () => stream.next());

/** Kolmogorov's statistic against the uniform distribution. */
function kolmogorov(values: readonly number[]): number {
  const sorted = values.slice().sort((a, b) => a - b);
  const n = sorted.length;
  return Math.max(...sorted.map((x, k) => Math.max(Math.abs(x - k / n), Math.abs(x - (k + 1) / n))));
}

/** Correlation of two sequences of equal length. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  const dot = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    x.reduce((sum, value, k) => sum + (value - mx) * (y[k]! - my), 0);
  return dot(a, ma, b, mb) / Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb));
}

describe("random", () => {
  it("hashes as MurmurHash3_x86_128 does", () => {
    // mmh3 (Python) of the sixteen bytes "abcdefghijklmnop", seed 0: 2776d29f 5612b990 218bcee4 45ba93d1, little-endian words.
    const words = murmur3([0x64636261, 0x68676665, 0x6c6b6a69, 0x706f6e6d]);
    expect(words).toEqual([0x9fd27627, 0x90b91256, 0xe4ce8b21, 0xd193ba45]);
  });

  it("gives the same stream for the same seed and keys, whoever asks, and another for any other", () => {
    const keys: (string | number)[][] = [[], ["a"], ["ab", "c"], ["a", "bc"], [1], ["1"], [0.5], [1, 2], [2, 1]];
    const streams = keys.map((key) => draw(random(7, ...key), 4).join());
    expect(new Set(streams).size).toBe(keys.length);
    expect(keys.map((key) => draw(random(7, ...key), 4).join())).toEqual(streams);
    expect(draw(random(-0), 2)).toEqual(draw(random(0), 2));
    expect(draw(random(8), 2)).not.toEqual(draw(random(7), 2));
  });

  it("keeps its numbers from version to version", () => {
    expect(draw(random(42, "augment", 3, "a.jpg"), 3)).toMatchInlineSnapshot(`
      [
        0.3957015468743743,
        0.2311324570325931,
        0.8259224159162769,
      ]
    `);
  });

  it("is uniform: chi-squared of 20 bins, n = 100,000", () => {
    const counts = new Array<number>(20).fill(0);
    for (const value of draw(random(1), 100_000)) counts[Math.floor(value * 20)]!++;
    const chi = counts.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0);
    // 19 degrees of freedom: 99.99 % lie below 49.2; the seed is fixed.
    expect(chi).toBeLessThan(49.2);
  });

  it("is normal: mean, variance and share beyond two deviations, n = 100,000", () => {
    const stream = random(2);
    const values = Array.from({ length: 100_000 }, () => stream.normal());
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const beyond = values.filter((value) => Math.abs(value) > 2).length / values.length;
    // Each within four standard errors.
    expect(Math.abs(mean)).toBeLessThan(0.0127);
    expect(Math.abs(variance - 1)).toBeLessThan(0.018);
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(0.0027);
  });

  it("draws integers of every value and no other, and refuses an empty range", () => {
    const stream = random(3);
    const values = Array.from({ length: 1000 }, () => stream.int(7));
    expect([...new Set(values)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const n of [0, -1, 1.5, 2 ** 33, Number.NaN]) expect(() => stream.int(n)).toThrow(/use an integer from 1/);
  });

  it("agrees with another implementation of sfc32 and of the hash", () => {
    // A reference in Python, written from the published algorithms.
    expect(draw(random(1), 3)).toEqual([0.6693795136315058, 0.7547581883360319, 0.010976406341924871]);
    expect(draw(random(42, "augment", 3, "a.jpg"), 2)).toEqual([0.3957015468743743, 0.2311324570325931]);
  });

  // A perfect generator stays within these bounds with probability .999 or more; the seeds are fixed.
  it("is uniform across streams: Kolmogorov-Smirnov of the first draws of 20,000 neighbouring keys", () => {
    const firsts = Array.from({ length: 20_000 }, (_, k) => random(5, "epoch", k).next());
    expect(kolmogorov(firsts)).toBeLessThan(1.95 / Math.sqrt(20_000));
  });

  it("has no correlation between neighbouring draws, streams or seeds, n = 20,000", () => {
    const bound = 3.3 / Math.sqrt(20_000);
    const one = draw(random(6), 20_001);
    expect(Math.abs(correlation(one.slice(0, -1), one.slice(1)))).toBeLessThan(bound);
    expect(Math.abs(correlation(one, draw(random(7), 20_001)))).toBeLessThan(bound);
    const firsts = Array.from({ length: 20_001 }, (_, k) => random(k).next());
    expect(Math.abs(correlation(firsts.slice(0, -1), firsts.slice(1)))).toBeLessThan(bound);
  });

  it("has no modulo bias: chi-squared of three thirds of 3 * 2^30, n = 30,000", () => {
    const stream = random(9);
    const counts = [0, 0, 0];
    // 2^32 mod 3 * 2^30 is 2^30: a plain modulo would give the first third twice the share of the others.
    for (let k = 0; k < 30_000; k++) counts[Math.floor(stream.int(3 * 2 ** 30) / 2 ** 30)]!++;
    const chi = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chi).toBeLessThan(13.8);
  });

  it("refuses with an error of this package's family", () => {
    let caught: unknown;
    try {
      random(1).int(0);
    } catch (error) {
      caught = error;
    }
    expect(isDataError(caught, "OPTION_INVALID")).toBe(true);
  });
});

describe("shuffled", () => {
  it("is a permutation that leaves its input alone", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        const before = [...items];
        const out = shuffled(items, random(seed));
        expect(items).toEqual(before);
        expect([...out].sort()).toEqual([...items].sort());
      }),
    );
  });

  it("gives every order of three alike, n = 60,000", () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 60_000; i++) {
      const order = shuffled([0, 1, 2], random(i)).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 5 degrees of freedom: 99.99 % lie below 25.7; the seeds are fixed.
    expect(chi).toBeLessThan(25.7);
  });
});
