import type { Dataset } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { apportion } from "./apportion.ts";
import { type Groups, groupMap } from "./groups.ts";
import { place } from "./place.ts";

/** How {@link divide} divides. */
export interface DivideOptions {
  /** Who is asked, for messages. */
  readonly caller: string;
  /** Shares of the parts, which add up to 1; two or more. */
  readonly ratios: readonly number[];
  readonly stratify: boolean;
  readonly seed: number;
  readonly groups: Groups | undefined;
}

/**
 * Divides the labelled images into parts; a pure function of the set of ids and labels, the options and the seed.
 * Returns the ids of each part, sorted by code unit, and the label of each id. Throws a DataError: OPTION_INVALID,
 * NO_LABELS, CLASS_TOO_SMALL where a class (or, not stratified, the whole set) is missing from a part.
 */
export function divide(
  dataset: Pick<Dataset, "classes" | "entries">,
  { caller, ratios, stratify, seed, groups }: DivideOptions,
): { parts: string[][]; labels: Map<string, number> } {
  if (!Number.isFinite(seed)) throw new DataError("OPTION_INVALID", `${caller}: seed is ${seed}: use a finite number`);
  const labels = labelsOf(dataset, caller);
  const ids = [...labels.keys()].sort(byCodeUnit);
  const stratum = (id: string): number => (stratify ? labels.get(id)! : 0);
  const sizes: number[] = new Array(stratify ? dataset.classes.length : 1).fill(0);
  for (const id of ids) sizes[stratum(id)]!++;

  const together = groupMap(groups, dataset.entries);
  const parts = place(ids, { stratum, need: apportion(sizes, ratios), groups: together, seed });
  const seen = parts.map((part) => new Set(part.map(stratum)));
  for (const [k, size] of sizes.entries()) {
    if (size === 0 || seen.every((strata) => strata.has(k))) continue;
    const what = stratify ? `class "${dataset.classes[k]!.name}"` : "the data set";
    const where = groups === undefined ? "" : " in too few separate groups";
    const message = `${caller}: ${what} has ${size} labelled images${where}, not enough for ${ratios.length} parts: add images, use fewer parts, or leave the class out`;
    throw new DataError("CLASS_TOO_SMALL", message);
  }
  return { parts: parts.map((part) => part.sort(byCodeUnit)), labels };
}

/** Labels by id of all labelled images. Throws a DataError (NO_LABELS) where there is none. */
function labelsOf({ entries }: Pick<Dataset, "entries">, caller: string): Map<string, number> {
  const labels = new Map<string, number>();
  for (const { id, label } of entries) if (label !== undefined) labels.set(id, label);
  if (labels.size > 0) return labels;
  throw new DataError(
    "NO_LABELS",
    `${caller}: no image of this data set is labelled: give it labels (train.csv, target)`,
  );
}

/** Sort order that no locale changes. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
