import { describe, expect, it } from "vitest";
import { fromHalves, isFiniteHalf, toHalves } from "../src/features/half-floats.ts";

const halves = (...values: number[]): number[] => [...toHalves(Float32Array.from(values))];
const numbers = (...bits: number[]): number[] => {
  const target = new Float32Array(bits.length);
  fromHalves(Uint16Array.from(bits), target);
  return [...target];
};

describe("half floats", () => {
  it("have the bits of IEEE 754", () => {
    expect(halves(0, -0, 1, -2, 0.5, 65504, 1 / 3)).toEqual([0, 0x8000, 0x3c00, 0xc000, 0x3800, 0x7bff, 0x3555]);
    // Subnormals: the smallest, the largest, and what lies halfway below the smallest (to even: 0) or just above that.
    expect(halves(2 ** -24, 1023 * 2 ** -24, 2 ** -25, 1.0001 * 2 ** -25, -(2 ** -24))).toEqual([
      1, 0x3ff, 0, 1, 0x8001,
    ]);
    expect(halves(1023.75 * 2 ** -24)).toEqual([0x400]);
    // Ties go to even, and a carry runs into the exponent.
    expect(halves(1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 - 2 ** -11)).toEqual([0x3c00, 0x3c02, 0x4000]);
  });

  it("overflow to infinity from halfway beyond the largest, and keep NaN", () => {
    expect(halves(65519.99, 65520, -65520, 1e30)).toEqual([0x7bff, 0x7c00, 0xfc00, 0x7c00]);
    expect(halves(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN)).toEqual([0x7c00, 0xfc00, 0x7e00]);
    expect(numbers(0x7c00, 0xfc00, 0x7e00)).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
    expect([0, 0x7bff, 0x8001, 0x7c00, 0xfc00, 0x7e00].map(isFiniteHalf)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it("of all 65,536 bit patterns come back as they were", () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
    const values = new Float32Array(all.length);
    fromHalves(all, values);
    // All NaNs become one.
    const wanted = all.map((half) => (!isFiniteHalf(half) && half & 0x3ff ? (half & 0x8000) | 0x7e00 : half));
    const back = toHalves(values).map((half) => (half === 0x7e00 || half === 0xfe00 ? 0x7e00 : half));
    expect(back).toEqual(wanted.map((half) => (half === 0xfe00 ? 0x7e00 : half)));
  });

  it("differ from the number by half a unit of the eleventh bit at most", () => {
    const values = Float32Array.from({ length: 20_000 }, (_, i) => Math.sin(i) * 2 ** ((i % 30) - 15));
    const rounded = new Float32Array(values.length);
    fromHalves(toHalves(values), rounded);
    const excess = values.map(
      (value, i) => Math.abs(rounded[i]! - value) - Math.max(2 ** -11 * Math.abs(value), 2 ** -25),
    );
    expect(Math.max(...excess)).toBeLessThanOrEqual(0);
  });
});
