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
 * Of all pairs of pictures within `threshold` bits of each other, those that tell the groups of look-alikes apart: joined
 * ({@link joinPairs}) they give the groups that all pairs give, and in each group is a pair of the largest distance
 * there. At most one pair for each picture is kept, however many look alike: n frames of one video have n²/2
 * pairs.
 *
 * None is missed: 64 bits that differ in `threshold` places are equal in at least one of `threshold` + 1 bands, so only
 * pictures that share a band of `across` are compared (multi-index hashing; M. Norouzi, A. Punjani and D. Fleet, 2012).
 * Equal hashes are joined first: each is compared as the first of its kind only. The buckets are small where the bands
 * are wide: 21,397 hashes take seconds at most up to threshold 6, and tens of seconds at 8.
 *
 * @param threshold an integer from 0 to {@link mostDistance}
 */
export function nearPairs(hashes: readonly PerceptualHash[], threshold: number): NearPair[] {
  const groups = growingGroups(hashes.length);
  const firstOf = new Map<string, number>();
  const distinct: number[] = [];
  for (const [at, { across, down }] of hashes.entries()) {
    const key = `${across},${down}`;
    const first = firstOf.get(key);
    if (first !== undefined) {
      groups.add(first, at, 0);
      continue;
    }
    firstOf.set(key, at);
    distinct.push(at);
  }
  for (const cut of bandsOf(threshold + 1)) {
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
        // Bands share pairs: one that can neither join groups nor widen its own is not measured again.
        if (groups.reach(other, at) === threshold) continue;
        const distance = perceptualDistance(hashes[other]!, hash);
        if (distance <= threshold) groups.add(other, at, distance);
      }
      bucket.push(at);
    }
  }
  return groups.pairs();
}

/** Groups that grow by pairs, and a pair furthest apart in each (union-find; R. Tarjan, 1975). */
function growingGroups(size: number) {
  /** A position nearer to the first one of its group; the first points to itself. */
  const parent = Array.from({ length: size }, (_, at) => at);
  /** Pairs that joined two groups: fewer than there are positions. */
  const links: NearPair[] = [];
  /** By the first position of a group; nothing where it is alone. */
  const furthest: (NearPair | undefined)[] = new Array(size).fill(undefined);

  const firstOf = (at: number): number => {
    let first = at;
    while (parent[first] !== first) {
      // Halves the way for the next who asks.
      parent[first] = parent[parent[first]!]!;
      first = parent[first]!;
    }
    return first;
  };

  /** Takes a pair, `a` before `b`; the same pair may come again. */
  const add = (a: number, b: number, distance: number): void => {
    const [x, y] = [firstOf(a), firstOf(b)];
    const known = furthest[x];
    if (x === y) {
      if (known === undefined || distance > known.distance) furthest[x] = { a, b, distance };
      return;
    }
    let most: NearPair = { a, b, distance };
    links.push(most);
    for (const pair of [known, furthest[y]]) if (pair !== undefined && pair.distance > most.distance) most = pair;
    const [first, second] = x < y ? [x, y] : [y, x];
    parent[second] = first;
    furthest[second] = undefined;
    furthest[first] = most;
  };

  /** Bits between the furthest pair of the group that both are in; undefined where they are in two. */
  const reach = (a: number, b: number): number | undefined => {
    const first = firstOf(a);
    return first === firstOf(b) ? furthest[first]?.distance : undefined;
  };

  /** What joined the groups and the furthest of each, in rising order, none twice. */
  const pairs = (): NearPair[] =>
    [...new Set([...links, ...furthest.filter((pair) => pair !== undefined)])].sort((x, y) => x.a - y.a || x.b - y.b);

  return { add, reach, pairs };
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
