/**
 * A small generator of random choices (mulberry32): equal seeds give equal inputs.
 * @param {number} seed
 */
export const createRandom = (seed) => {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  /** An integer from 0 to `bound` - 1. */
  const below = (/** @type {number} */ bound) => Math.floor((next() / 2 ** 32) * bound);
  return {
    next,
    below,
    /** @template T @param {readonly T[]} options @returns {T} */
    pick: (options) => /** @type {T} */ (options[below(options.length)]),
    /** @param {number} length */
    bytes: (length) => Uint8Array.from({ length }, next),
  };
};

/** @typedef {ReturnType<typeof createRandom>} Random */
