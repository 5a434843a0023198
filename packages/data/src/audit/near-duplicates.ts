import { type Hash64, type PerceptualHash, perceptualDistance } from "./perceptual-hash.ts";

/** Two hashes that are near each other, by their positions, the smaller first. */
export interface NearPair {
  readonly a: number;
  readonly b: number;
  /** Bits in which they differ: {@link perceptualDistance}. */
  readonly distance: number;
}

/** Largest distance that {@link nearPairs} is made for: beyond it the buckets grow too large to be of use. */
export const mostDistance = 10;

/**
 * All pairs of pictures within `threshold` bits of each other, none left out: 64 bits that differ in `threshold` places
 * are equal in at least one of `threshold` + 1 bands, so only pictures that share a band of `across` are compared (multi-index hashing;
 * M. Norouzi, A. Punjani and D. Fleet, 2012). Equal hashes are joined first: each is reported with the first of its kind
 * only, at distance 0. The buckets are small
 * where the bands are wide: 21,397 hashes take seconds at most up to threshold 6, and tens of seconds at 8.
 *
 * @param threshold an integer from 0 to {@link mostDistance}
 */
export function nearPairs(hashes: readonly PerceptualHash[], threshold: number): NearPair[] {
  const pairs: NearPair[] = [];
  const firstOf = new Map<string, number>();
  const distinct: number[] = [];
  for (const [at, { across, down }] of hashes.entries()) {
    const key = `${across},${down}`;
    const first = firstOf.get(key);
    if (first !== undefined) {
      pairs.push({ a: first, b: at, distance: 0 });
      continue;
    }
    firstOf.set(key, at);
    distinct.push(at);
  }
  const bands = bandsOf(threshold + 1);
  for (const [band, cut] of bands.entries()) {
    const buckets = new Map<number, number[]>();
    for (const at of distinct) {
      const hash = hashes[at]!;
      const value = cut(hash.across);
      const bucket = buckets.get(value);
      if (bucket === undefined) {
        buckets.set(value, [at]);
        continue;
      }
      for (const other of bucket) {
        const distance = perceptualDistance(hashes[other]!, hash);
        if (distance > threshold) continue;
        // A pair that shares several bands is taken in the first of them.
        const seen = bands.slice(0, band).some((earlier) => earlier(hashes[other]!.across) === earlier(hash.across));
        if (!seen) pairs.push({ a: other, b: at, distance });
      }
      bucket.push(at);
    }
  }
  return pairs.sort((x, y) => x.a - y.a || x.b - y.b);
}

/** Cuts 64 bits into `count` bands of nearly equal width, each a function of the hash. */
function bandsOf(count: number): ((hash: Hash64) => number)[] {
  return Array.from({ length: count }, (_, band) => {
    const start = Math.floor((64 * band) / count);
    const end = Math.floor((64 * (band + 1)) / count);
    return (hash: Hash64): number => {
      const high = bitsOf(hash[0], start, Math.min(end, 32));
      const low = bitsOf(hash[1], Math.max(start, 32) - 32, end - 32);
      return high * 2 ** Math.max(0, end - Math.max(start, 32)) + low;
    };
  });
}

/** Bits `start` to `end` of 32, counted from the highest; 0 where there are none. */
function bitsOf(value: number, start: number, end: number): number {
  const width = end - start;
  if (width <= 0) return 0;
  return (value << start) >>> (32 - width);
}

/** Positions that are joined by pairs, directly or over others, in rising order; groups by their first position. */
export function joinPairs(pairs: readonly NearPair[]): number[][] {
  const links = new Map<number, number[]>();
  const link = (from: number, to: number): void => {
    const known = links.get(from);
    if (known === undefined) links.set(from, [to]);
    else known.push(to);
  };
  for (const { a, b } of pairs) {
    link(a, b);
    link(b, a);
  }
  const seen = new Set<number>();
  const groups: number[][] = [];
  for (const start of [...links.keys()].sort((a, b) => a - b)) {
    if (seen.has(start)) continue;
    seen.add(start);
    const group = [start];
    for (const at of group) {
      for (const next of links.get(at)!) {
        if (seen.has(next)) continue;
        seen.add(next);
        group.push(next);
      }
    }
    groups.push(group.sort((a, b) => a - b));
  }
  return groups;
}
