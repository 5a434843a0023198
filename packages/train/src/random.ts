/** A whole number in [0, 2^32) that depends on all of `keys`: FNV-1a over them, then the finalizer of MurmurHash3. */
export function seedFrom(...keys: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const key of keys) hash = Math.imul(hash ^ (key | 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Numbers in [0, 1): the generator mulberry32 (T. Ettinger). */
export function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The numbers 0 to n - 1 in an order that `keys` fix: Fisher-Yates. */
export function shuffledIndices(n: number, ...keys: readonly number[]): Uint32Array {
  const next = uniforms(seedFrom(...keys));
  const indices = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    const kept = indices[i]!;
    indices[i] = indices[j]!;
    indices[j] = kept;
  }
  return indices;
}
