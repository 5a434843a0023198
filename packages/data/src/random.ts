import { DataError } from "./errors.ts";

/** A stream of random numbers. Drawing from one stream never changes another. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-53. */
  next(): number;
  /** Uniform integer in 0 … n-1, without modulo bias. `n` is an integer from 1 to 2^32; a DataError (OPTION_INVALID) otherwise. */
  int(n: number): number;
  /** Standard normal: mean 0, variance 1. */
  normal(): number;
}

/**
 * The stream that belongs to `seed` and `keys`: a pure function of them, the same on every platform, and independent of
 * the stream of any other seed or keys. Thus `random(seed, "augment", epoch, id)` gives each example of each epoch its
 * own numbers, whoever asks, in whatever order. Numbers and strings are different keys (`1` is not `"1"`), and
 * `("ab", "c")` is not `("a", "bc")`. `-0` is `0`. Every number that is not NaN is a seed of its own, fractions too.
 *
 * Generator: sfc32 of C. Doty-Humphrey's PractRand, 128 bits of state, period at least 2^32 and 2^127 on average.
 * State: MurmurHash3_x86_128 (A. Appleby) of the seed and keys, then twelve steps that are thrown away, as PractRand does.
 */
export function random(seed: number, ...keys: (string | number)[]): Random {
  let [a, b, c, counter] = murmur3(keyWords([seed, ...keys]));
  const bits = (): number => {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out >>> 0;
  };
  for (let k = 0; k < 12; k++) bits();

  const next = (): number => ((bits() >>> 6) * 2 ** 27 + (bits() >>> 5)) / 2 ** 53;
  const int = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new DataError("OPTION_INVALID", `random: int(${n}): use an integer from 1 to 2^32, the number of values`);
    }
    // Draws at or above the largest multiple of n would favour small results: draw again (less than twice on average).
    const limit = 2 ** 32 - (2 ** 32 % n);
    let value = bits();
    while (value >= limit) value = bits();
    return value % n;
  };

  // Marsaglia's polar method gives two values at a time; it needs no sine, whose last bit differs between platforms.
  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    let u: number;
    let v: number;
    let s: number;
    do {
      u = 2 * next() - 1;
      v = 2 * next() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const factor = Math.sqrt((-2 * portableLog(s)) / s);
    spare = v * factor;
    return u * factor;
  };
  return { next, int, normal };
}

/** The items in random order, every order equally likely (Fisher-Yates); `items` is left as it is. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const out = items.slice();
  for (let last = out.length - 1; last > 0; last--) {
    const other = random.int(last + 1);
    const item = out[last]!;
    out[last] = out[other]!;
    out[other] = item;
  }
  return out;
}

/**
 * ln(x) for 0 < x <= 1 from additions, multiplications and divisions alone: `Math.log` may differ in its last bit from
 * one engine to the next. With x = m 2^-k and m in [0.7, 1.4], ln m = 2 artanh((m - 1) / (m + 1)); relative error < 1e-13.
 */
function portableLog(x: number): number {
  let m = x;
  let k = 0;
  while (m < 0.7) {
    m *= 2;
    k++;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let series = 0;
  for (let odd = 21; odd >= 1; odd -= 2) series = series * square + 1 / odd;
  return 2 * s * series - k * Math.LN2;
}

/** One word sequence per key sequence: each key has a tag, and a string has its length. */
function keyWords(keys: readonly (string | number)[]): number[] {
  const words: number[] = [];
  const view = new DataView(new ArrayBuffer(8));
  for (const key of keys) {
    if (typeof key === "number") {
      view.setFloat64(0, key + 0);
      words.push(1, view.getUint32(0), view.getUint32(4));
    } else {
      words.push(2, key.length);
      for (let k = 0; k < key.length; k++) words.push(key.charCodeAt(k));
    }
  }
  return words;
}

function rotl(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** The finalizer of MurmurHash3: every bit of the input changes every bit of the output with probability one half. */
function finalMix(x: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** MurmurHash3_x86_128 with seed 0 of the words as little-endian bytes, padded with zero words to whole 16-byte blocks. */
export function murmur3(words: readonly number[]): [number, number, number, number] {
  const [c1, c2, c3, c4] = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  for (let k = 0; k < words.length; k += 4) {
    h1 ^= Math.imul(rotl(Math.imul(words[k] ?? 0, c1), 15), c2);
    h1 = (Math.imul(rotl(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotl(Math.imul(words[k + 1] ?? 0, c2), 16), c3);
    h2 = (Math.imul(rotl(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotl(Math.imul(words[k + 2] ?? 0, c3), 17), c4);
    h3 = (Math.imul(rotl(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotl(Math.imul(words[k + 3] ?? 0, c4), 18), c1);
    h4 = (Math.imul(rotl(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const bytes = Math.ceil(words.length / 4) * 16;
  const spread = () => {
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = (h2 + h1) | 0;
    h3 = (h3 + h1) | 0;
    h4 = (h4 + h1) | 0;
  };
  h1 ^= bytes;
  h2 ^= bytes;
  h3 ^= bytes;
  h4 ^= bytes;
  spread();
  h1 = finalMix(h1);
  h2 = finalMix(h2);
  h3 = finalMix(h3);
  h4 = finalMix(h4);
  spread();
  return [h1 >>> 0, h2 >>> 0, h3 >>> 0, h4 >>> 0];
}
