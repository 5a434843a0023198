import { ModelsError } from "../errors.ts";

/** The largest number that float16 holds. */
export const FLOAT16_MAX = 65504;

/** Numbers from here on would round to infinity. */
const FLOAT16_END = 65520;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * IEEE 754 half precision, as bits, rounded to nearest, ties to even.
 *
 * @throws {ModelsError} `OPTION_INVALID`: a number of `name` is too large for it.
 */
export function toFloat16(values: Float32Array, name: string): Uint16Array {
  return Uint16Array.from(values, (value) => {
    if (!(Math.abs(value) < FLOAT16_END)) {
      throw new ModelsError("OPTION_INVALID", `${name} holds ${value}, which float16 cannot: export it as float32`);
    }
    return halfOf(value);
  });
}

function halfOf(value: number): number {
  float[0] = value;
  const single = bits[0]!;
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  // Below 2^-14 halves are whole multiples of 2^-24; scaling by it is exact, and rounds where it must.
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(float[0]!) * 2 ** 24);
  // Exponents are biased by 127 and by 15; 13 of the 23 bits of the fraction go. A carry runs into the exponent, as it should.
  const shifted = magnitude - ((127 - 15) << 23);
  return sign | ((shifted + 0xfff + ((shifted >>> 13) & 1)) >>> 13);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** The numbers that halves are; `halves` are bits as {@link toFloat16} makes them, infinities and NaN included. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, numberOf);
}

function numberOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
