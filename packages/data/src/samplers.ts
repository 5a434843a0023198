import type { Dataset, DatasetEntry } from "@cassava/contracts";
import { entriesOf } from "./dataset.ts";
import { DataError } from "./errors.ts";
import { type Random, random, shuffled } from "./random.ts";

/** Which images make an epoch, in which order: `ids` of `imageBatches`. */
export interface Sampler {
  /** Number of images in every epoch. */
  readonly size: number;
  /** The images of one epoch, a pure function of it; an id may occur more than once. Epochs count from 0. */
  ids(epoch: number): readonly string[];
}

/** How {@link balancedSampler} draws. */
export interface BalancedSamplerOptions {
  readonly seed: number;
  /** The images to draw from, such as the training part of a split. Default: all of the data set. */
  readonly ids?: readonly string[];
  /** Images in an epoch, at least 1. Default: as many as there are to draw from. */
  readonly size?: number;
}

/**
 * Every class that occurs in equal shares (they differ by at most one image, the first classes get more), in random order.
 * Each class goes through all of its images, in an order that is new for every pass, before one comes again, also from one
 * epoch to the next: a large class is seen whole over several epochs, a small one several times in each.
 *
 * Throws a DataError: OPTION_INVALID, ID_UNKNOWN, NO_LABELS where an image has no label, NO_IMAGES.
 */
export function balancedSampler(dataset: Dataset, { seed, ids, size }: BalancedSamplerOptions): Sampler {
  const entries = drawable(dataset, ids, "balancedSampler");
  const total = checkedSize("balancedSampler", size ?? entries.length);
  const classes = new Map<number, string[]>();
  for (const { id, label } of entries) {
    if (label === undefined) {
      const message = `balancedSampler: "${id}" has no label: leave it out of ids`;
      throw new DataError("NO_LABELS", message, { id });
    }
    const members = classes.get(label);
    if (members === undefined) classes.set(label, [id]);
    else members.push(id);
  }
  const ordered = [...classes].sort(([a], [b]) => a - b);
  const shares = ordered.map((_, k) => Math.floor(total / ordered.length) + (k < total % ordered.length ? 1 : 0));
  return {
    size: total,
    ids(epoch) {
      const drawn = ordered.flatMap(([label, members], k) => {
        const share = shares[k]!;
        return stretch(members, epoch * share, share, (pass) => random(seed, "balanced", label, pass));
      });
      return shuffled(drawn, random(seed, "balanced order", epoch));
    },
  };
}

/** `count` items from `start` on of an endless row of passes through `items`, each pass in its own random order. */
function stretch<T>(items: readonly T[], start: number, count: number, chanceOf: (pass: number) => Random): T[] {
  const out: T[] = [];
  for (let at = start; at < start + count; ) {
    const pass = Math.floor(at / items.length);
    const from = at - pass * items.length;
    const part = shuffled(items, chanceOf(pass)).slice(from, from + start + count - at);
    for (const item of part) out.push(item);
    at += part.length;
  }
  return out;
}

/** How {@link weightedSampler} draws. */
export interface WeightedSamplerOptions {
  readonly seed: number;
  /** Of one image: a finite number >= 0; its chance is its share of the sum. */
  readonly weight: (entry: DatasetEntry) => number;
  /** The images to draw from. Default: all of the data set. */
  readonly ids?: readonly string[];
  /** Images in an epoch, at least 1. Default: as many as there are to draw from. */
  readonly size?: number;
}

/**
 * Draws every image of an epoch by its weight, with replacement, as `torch.utils.data.WeightedRandomSampler` does.
 *
 * Throws a DataError: OPTION_INVALID (also for weights that are negative, not finite, or all 0), ID_UNKNOWN, NO_IMAGES.
 */
export function weightedSampler(dataset: Dataset, { seed, weight, ids, size }: WeightedSamplerOptions): Sampler {
  const entries = drawable(dataset, ids, "weightedSampler");
  const total = checkedSize("weightedSampler", size ?? entries.length);
  const sums = new Float64Array(entries.length);
  let sum = 0;
  for (const [at, entry] of entries.entries()) {
    const value = weight(entry);
    if (!(Number.isFinite(value) && value >= 0)) {
      const message = `weightedSampler: the weight of "${entry.id}" is ${value}: use a finite number from 0`;
      throw new DataError("OPTION_INVALID", message, { id: entry.id });
    }
    sum += value;
    sums[at] = sum;
  }
  if (sum === 0) {
    throw new DataError("OPTION_INVALID", "weightedSampler: all weights are 0: give an image a weight above 0");
  }
  return {
    size: total,
    ids(epoch) {
      const chance = random(seed, "weighted", epoch);
      return Array.from({ length: total }, () => entries[firstAbove(sums, chance.next() * sum)]!.id);
    },
  };
}

/** The first position whose running sum is above `value`: one of weight 0 is never it. */
function firstAbove(sums: Float64Array, value: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function drawable(dataset: Dataset, ids: readonly string[] | undefined, caller: string): readonly DatasetEntry[] {
  const entries = entriesOf(dataset, ids, caller);
  if (entries.length > 0) return entries;
  throw new DataError("NO_IMAGES", `${caller}: there is no image to draw from: give at least one id`);
}

function checkedSize(caller: string, size: number): number {
  if (Number.isInteger(size) && size >= 1) return size;
  throw new DataError("OPTION_INVALID", `${caller}: size is ${size}: use an integer of at least 1`);
}
