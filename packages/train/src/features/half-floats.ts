/** Half precision (IEEE 754 binary16) as bits in a Uint16Array, for features that are kept in half of the memory. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Rounded to nearest, ties to even; from 65520 on a number becomes an infinity, and NaN stays NaN. */
export function toHalves(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = halfOf(values[i]!);
  return halves;
}

/** Whether the bits are those of a number, not of an infinity or NaN. */
export function isFiniteHalf(half: number): boolean {
  return (half & 0x7c00) !== 0x7c00;
}

/** Writes the numbers that `halves` are to `target`, from the place `at` on; exact. */
export function fromHalves(halves: Uint16Array, target: Float32Array, at = 0): void {
  numbers ??= Float32Array.from({ length: 0x10000 }, (_, half) => numberOf(half));
  for (let i = 0; i < halves.length; i++) target[at + i] = numbers[halves[i]!]!;
}

/** What each of the 65,536 halves is: an epoch reads tens of millions of them. */
let numbers: Float32Array | undefined;

function halfOf(value: number): number {
  float[0] = value;
  const single = bits[0]!;
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520, which lies halfway between the largest half and what would follow it.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
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

function numberOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
