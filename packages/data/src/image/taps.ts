/** Integer weights are scaled by this: 255 times the sum of the weights of a pixel stays below 2^31. */
const weightScale = 2 ** 22;

/** Which input positions make each output position of one axis, and with what weights. */
export interface Taps {
  /** Number of output positions. */
  readonly to: number;
  /** `[to]` first input position. */
  readonly first: Int32Array;
  /** `[to + 1]` where the weights of each output position start; they end where the next ones start. */
  readonly start: Int32Array;
  /** Weights times 2^22, rounded; those of one output position add up to about 2^22. */
  readonly integers: Int32Array;
  /** Weights times 2^-22, which undo the scale of sums that were made with `integers`. */
  readonly floats: Float64Array;
}

const made = new Map<string, Taps>();
const mostTables = 64;

/**
 * The table from `from` to `to` positions. The photographs of a data set mostly share one size: the latest tables are
 * kept.
 */
export function tapsOf(from: number, to: number): Taps {
  const key = `${from}>${to}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  if (made.size >= mostTables) made.delete(made.keys().next().value!);
  const taps = makeTaps(from, to);
  made.set(key, taps);
  return taps;
}

/**
 * A triangle of half-width `max(scale, 1)` around the half-pixel centre `(at + 0.5) * scale`, cut at the borders and
 * normalized: TensorFlow's ScaleAndTranslate with the triangle kernel and antialiasing.
 */
function makeTaps(from: number, to: number): Taps {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const first = new Int32Array(to);
  const start = new Int32Array(to + 1);
  const all: number[] = [];
  for (let at = 0; at < to; at++) {
    const centre = (at + 0.5) * scale;
    const low = Math.max(0, Math.floor(centre - support + 0.5));
    const high = Math.min(from, Math.floor(centre + support + 0.5));
    const weights: number[] = [];
    for (let k = low; k < high; k++) weights.push(Math.max(0, 1 - Math.abs(k + 0.5 - centre) / support));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    first[at] = low;
    for (const weight of weights) all.push(weight / sum);
    start[at + 1] = all.length;
  }
  return {
    to,
    first,
    start,
    floats: Float64Array.from(all, (weight) => weight / weightScale),
    integers: Int32Array.from(all, (weight) => Math.round(weight * weightScale)),
  };
}
