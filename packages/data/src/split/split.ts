import type { Dataset } from "@cassava/contracts";
import { cramersV } from "./cramers-v.ts";
import { divide } from "./divide.ts";
import type { Groups } from "./groups.ts";
import { type PartName, partNames } from "./parts.ts";
import { ratiosOf, type SplitPreset } from "./ratios.ts";

/** Which images train, validate and test. JSON-serializable; `serializeSplit` and `parseSplit` are its file format. */
export interface Split {
  readonly version: 1;
  readonly seed: number;
  /** Shares of train, validation and, where there are three, test; they add up to 1. */
  readonly ratios: readonly number[];
  readonly stratify: boolean;
  /** Ids of labelled images, sorted by code unit. The three lists are disjoint. */
  readonly train: readonly string[];
  readonly validation: readonly string[];
  /** Empty where there are two ratios. */
  readonly test: readonly string[];
  /** Number of images of each class (by class index) in each part. */
  readonly counts: Readonly<Record<PartName, readonly number[]>>;
  /**
   * Association of part and class: 0 where every part has the same class shares, 1 where the part tells the class.
   * Cramér's V without bias correction, sqrt(chi² / (n · min(parts - 1, classes - 1))).
   */
  readonly cramersV: number;
  /** Which fold of how many this is: the one whose images validate, from 0. Absent unless `kFold` made it. */
  readonly fold?: { readonly index: number; readonly of: number };
  /** The unit that was divided, where it is not the image. */
  readonly by?: "shard";
  /** What to know before a result on this split is believed; absent where there is nothing. */
  readonly warnings?: readonly string[];
}

/** What {@link split} needs beside the data set. */
export interface SplitOptions {
  /**
   * Two (train, validation) or three (train, validation, test) positive shares that add up to 1, or a preset: "85/15",
   * "70/30", "60/20/20".
   */
  readonly ratios: readonly number[] | SplitPreset;
  /** Keep the class shares in every part. Default true. */
  readonly stratify?: boolean;
  /** Any finite number. Default 42. */
  readonly seed?: number;
  /**
   * Images that must stay together (duplicates, photographs of one plant): by id, where an id that is absent stands
   * alone, or as a function of the entry. `duplicateGroups`, `parseGroupCsv` and `mergeGroups` make them.
   */
  readonly groups?: Groups;
}

/**
 * Splits the labelled images. The result is a pure function of the *set* of ids and labels, the options and the seed:
 * neither the order of the entries nor where they are stored matters, so shards and a CSV of one data set split alike.
 *
 * Sizes follow the method of largest remainders, overall and within each class at once: every count is its target
 * rounded down or up, and of all roundings that add up both ways the one nearest to the targets is taken. Where a class
 * is so rare that a share rounds to nothing, one image is moved there: stratified, every class is in every part. Groups
 * are placed first, the largest first; the images that stand alone then fill what is missing.
 *
 * Throws a DataError: OPTION_INVALID for unusable ratios or seed, NO_LABELS where nothing is labelled, CLASS_TOO_SMALL
 * where a class (or, not stratified, the whole set) has too few images or groups to be in every part.
 */
export function split(dataset: Pick<Dataset, "classes" | "entries">, options: SplitOptions): Split {
  const { stratify = true, seed = 42, groups } = options;
  const ratios = ratiosOf(options.ratios);
  const { parts, labels } = divide(dataset, { caller: "split", ratios, stratify, seed, groups });
  const [train = [], validation = [], test = []] = partNames.map((_, part) => parts[part] ?? []);
  const made = { version: 1 as const, seed, ratios, stratify, train, validation, test };
  return { ...made, ...partCounts(made, labels, dataset.classes.length) };
}

/** Class counts of the parts by the labels of the data set, and how far they are apart. */
export function partCounts(
  parts: Pick<Split, PartName>,
  labels: ReadonlyMap<string, number>,
  classes: number,
): Pick<Split, "counts" | "cramersV"> {
  const countsOf = (ids: readonly string[]): number[] => {
    const counts: number[] = new Array(classes).fill(0);
    for (const id of ids) counts[labels.get(id)!]!++;
    return counts;
  };
  const counts = {
    train: countsOf(parts.train),
    validation: countsOf(parts.validation),
    test: countsOf(parts.test),
  };
  return { counts, cramersV: cramersV([counts.train, counts.validation, counts.test]) };
}
