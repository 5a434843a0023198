import { DataError } from "../errors.ts";
import { random, shuffled } from "../random.ts";
import { largestRemainder } from "../split/apportion.ts";
import { DEFAULT_DIFFICULTY } from "./difficulty.ts";
import { copiesOf, noisyLabels } from "./faults.ts";

/** What to draw. */
export interface SyntheticLeavesOptions {
  /** Number of leaves, 1 or more. */
  readonly count?: number;
  /** Any number but NaN. Other seeds give other leaves and another order of the classes. */
  readonly seed?: number;
  /** Height and width in pixels, 16 to 1024. */
  readonly size?: number;
  /** 0 (marks are bold and scenes alike) to 1 (marks are faint and few, scenes differ a lot). */
  readonly difficulty?: number;
  /** Five numbers from 0, in proportion to which the classes are dealt out; they need not add up to 1. */
  readonly shares?: readonly number[];
  /**
   * In place of `shares`: images of the most frequent class for each of the rarest, at least 1 (all classes alike). The
   * five shares fall geometrically in the competition's order: 3, 4, 2, 1, 0 (long tail; Y. Cui and others, 2019).
   */
  readonly imbalance?: number;
  /** Share of the leaves whose label names another class than was drawn, all others alike; 0 to 1. Default 0. */
  readonly labelNoise?: number;
  /**
   * Share of the leaves that are the picture of another leaf of their class, pixel for pixel, under their own name; 0 to
   * 1. Default 0.
   */
  readonly duplicates?: number;
  /** Share of the leaves that are so, but with another exposure and fresh noise of the camera; 0 to 1. Default 0. */
  readonly nearDuplicates?: number;
  /**
   * A coloured tag in the upper left corner, as of a camera or a clinic, that has nothing to do with leaves: on this
   * share of them its colour tells the label, on the others it is drawn by lot; 0 to 1. Default 0: no tag at all.
   */
  readonly shortcut?: number;
}

/** The competition's class counts over its 21,397 photographs. */
const CASSAVA_SHARES: readonly number[] = [1087, 2189, 2386, 13158, 2577].map((count) => count / 21397);

/** What is decided about the whole set before the first leaf is drawn. */
export interface LeafPlan {
  /** Class of leaf i. */
  readonly labels: readonly number[];
  readonly seed: number;
  readonly size: number;
  readonly difficulty: number;
  /** Label that leaf i is given; differs from its class where labels are noisy. */
  readonly stated: readonly number[];
  /** Leaf whose picture leaf i is; absent where it has its own. */
  readonly copies: ReadonlyMap<number, { readonly of: number; readonly near: boolean }>;
  readonly shortcut: number;
}

/** Classes by falling frequency in the competition. */
const byFrequency = [3, 4, 2, 1, 0];

/** Shares that fall geometrically from `imbalance` to 1. */
function longTail(imbalance: number): number[] {
  const shares = new Array<number>(byFrequency.length).fill(0);
  for (const [rank, label] of byFrequency.entries()) shares[label] = imbalance ** (1 - rank / (byFrequency.length - 1));
  return shares;
}

/** Checks the options and deals out the classes. Throws a DataError (OPTION_INVALID). */
export function leafPlan({
  count = 1600,
  seed = 1,
  size = 64,
  difficulty = DEFAULT_DIFFICULTY,
  imbalance,
  shares = imbalance === undefined ? CASSAVA_SHARES : longTail(imbalance),
  labelNoise = 0,
  duplicates = 0,
  nearDuplicates = 0,
  shortcut = 0,
}: SyntheticLeavesOptions): LeafPlan {
  check(Number.isInteger(count) && count >= 1, "count", count, "an integer of at least 1");
  check(!Number.isNaN(seed), "seed", seed, "a number");
  check(Number.isInteger(size) && size >= 16 && size <= 1024, "size", size, "an integer from 16 to 1024, in pixels");
  check(difficulty >= 0 && difficulty <= 1, "difficulty", difficulty, "a number from 0 to 1");
  if (imbalance !== undefined) check(imbalance >= 1 && imbalance < Infinity, "imbalance", imbalance, "a number from 1");
  const portions = { labelNoise, duplicates, nearDuplicates, shortcut };
  for (const [name, value] of Object.entries(portions))
    check(value >= 0 && value <= 1, name as keyof typeof portions, value, "a number from 0 to 1");
  check(duplicates + nearDuplicates <= 1, "duplicates", duplicates, "shares of copies that add up to 1 at most");
  const sum = shares.reduce((total, share) => total + share, 0);
  const fits = shares.length === CASSAVA_SHARES.length && shares.every((share) => share >= 0);
  check(fits && sum > 0 && sum < Infinity, "shares", shares.join(", "), "five numbers from 0, not all 0");
  const counts = largestRemainder(
    count,
    shares.map((share) => share / sum),
  );
  const ordered = counts.flatMap((n, label) => new Array<number>(n).fill(label));
  const labels = shuffled(ordered, random(seed, "labels"));
  return {
    labels,
    seed,
    size,
    difficulty,
    stated: noisyLabels(labels, labelNoise, seed),
    copies: copiesOf(labels, { duplicates, nearDuplicates }, seed),
    shortcut,
  };
}

function check(valid: boolean, name: keyof SyntheticLeavesOptions, value: number | string, use: string): void {
  if (!valid) throw new DataError("OPTION_INVALID", `syntheticLeaves: ${name} is ${value}: use ${use}`);
}
