/**
 * Sine from additions and multiplications alone, error below 1e-5. `Math.sin` may differ in its last bits from one engine
 * to the next, and a seed must paint the same pixels everywhere. Taylor's polynomial of degree 15 on [-π, π].
 */
export function sine(x: number): number {
  const r = x - 2 * Math.PI * Math.round(x / (2 * Math.PI));
  const q = r * r;
  let series = 1;
  for (let k = 14; k >= 2; k -= 2) series = 1 - (series * q) / (k * (k + 1));
  return r * series;
}

/** {@link sine} a quarter turn on. */
export function cosine(x: number): number {
  return sine(x + Math.PI / 2);
}
