/** Repeatable noise on the integer lattice, for textures: the value at a point needs no state, only the point. */

/**
 * A uniform number in [0, 1) for a pair of integers.
 * Mixing: the two-round 32-bit hash `16 21f0aaad 15 d35a2d97 15` of C. Wellons's hash prospector.
 */
export function latticeHash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ seed;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0xd35a2d97);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}

/** Smooth value noise in [0, 1) with features about one unit wide: lattice values joined by smoothstep. */
export function valueNoise(x: number, y: number, seed: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const u = smoothstep(x - x0);
  const v = smoothstep(y - y0);
  const top = latticeHash(x0, y0, seed) * (1 - u) + latticeHash(x0 + 1, y0, seed) * u;
  const bottom = latticeHash(x0, y0 + 1, seed) * (1 - u) + latticeHash(x0 + 1, y0 + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

/** 3t² - 2t³ on [0, 1], constant outside. */
export function smoothstep(t: number): number {
  const c = clamp01(t);
  return c * c * (3 - 2 * c);
}

/** `t` limited to [0, 1]. */
export function clamp01(t: number): number {
  return Math.min(1, Math.max(0, t));
}
