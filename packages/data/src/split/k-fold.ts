import type { Dataset } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { byCodeUnit, divide } from "./divide.ts";
import type { Groups } from "./groups.ts";
import { partCounts, type Split } from "./split.ts";

/** How {@link kFold} divides. */
export interface KFoldOptions {
  /** Number of folds, an integer of at least 2. Default 5. */
  readonly folds?: number;
  /** Keep the class shares in every fold. Default true. */
  readonly stratify?: boolean;
  /** Any finite number. Default 42. */
  readonly seed?: number;
  /** Images that must stay together, as for `split`. */
  readonly groups?: Groups;
}

/**
 * K-fold cross-validation: every labelled image validates in exactly one of the folds and trains in all others. Each
 * fold is a {@link Split} without a test part, so that whatever takes a split takes a fold. Fold sizes, overall and
 * within each class (`stratify`), differ by one image at most where no groups forbid it; with groups, no group is in
 * two folds. A pure function of the set of ids and labels, the options and the seed.
 *
 * Throws a DataError: OPTION_INVALID; NO_LABELS; CLASS_TOO_SMALL where a class has fewer images (or groups) than there
 * are folds.
 */
export function kFold(dataset: Pick<Dataset, "classes" | "entries">, options: KFoldOptions = {}): Split[] {
  const { folds = 5, stratify = true, seed = 42, groups } = options;
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= 1000)) {
    throw new DataError("OPTION_INVALID", `kFold: folds is ${folds}: use an integer from 2 to 1000`);
  }
  const ratios = new Array<number>(folds).fill(1 / folds);
  const { parts, labels } = divide(dataset, { caller: "kFold", ratios, stratify, seed, groups });
  return parts.map((validation, index): Split => {
    const train = parts.filter((_, other) => other !== index).flat();
    const made = {
      version: 1 as const,
      seed,
      ratios: [1 - 1 / folds, 1 / folds],
      stratify,
      train: train.sort(byCodeUnit),
      validation,
      test: [],
    };
    return { ...made, ...partCounts(made, labels, dataset.classes.length), fold: { index, of: folds } };
  });
}
