import { DataError } from "../errors.ts";
import { random, shuffled } from "../random.ts";
import { largestRemainder } from "../split/apportion.ts";
import { DEFAULT_DIFFICULTY } from "./difficulty.ts";

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
}

/** Checks the options and deals out the classes. Throws a DataError (OPTION_INVALID). */
export function leafPlan({
  count = 1600,
  seed = 1,
  size = 64,
  difficulty = DEFAULT_DIFFICULTY,
  shares = CASSAVA_SHARES,
}: SyntheticLeavesOptions): LeafPlan {
  check(Number.isInteger(count) && count >= 1, "count", count, "an integer of at least 1");
  check(!Number.isNaN(seed), "seed", seed, "a number");
  check(Number.isInteger(size) && size >= 16 && size <= 1024, "size", size, "an integer from 16 to 1024, in pixels");
  check(difficulty >= 0 && difficulty <= 1, "difficulty", difficulty, "a number from 0 to 1");
  const sum = shares.reduce((total, share) => total + share, 0);
  const fits = shares.length === CASSAVA_SHARES.length && shares.every((share) => share >= 0);
  check(fits && sum > 0 && sum < Infinity, "shares", shares.join(", "), "five numbers from 0, not all 0");
  const counts = largestRemainder(
    count,
    shares.map((share) => share / sum),
  );
  const ordered = counts.flatMap((n, label) => new Array<number>(n).fill(label));
  return { labels: shuffled(ordered, random(seed, "labels")), seed, size, difficulty };
}

function check(valid: boolean, name: keyof SyntheticLeavesOptions, value: number | string, use: string): void {
  if (!valid) throw new DataError("OPTION_INVALID", `syntheticLeaves: ${name} is ${value}: use ${use}`);
}
