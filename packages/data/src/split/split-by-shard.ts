import type { ClassInfo, Dataset } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { associationOf } from "./cramers-v.ts";
import { divide } from "./divide.ts";
import { type PartName, partNames } from "./parts.ts";
import { ratiosOf } from "./ratios.ts";
import { partCounts, type Split, type SplitOptions } from "./split.ts";

/** How {@link splitByShard} divides. */
export type SplitByShardOptions = Pick<SplitOptions, "ratios" | "seed">;

/**
 * Splits whole shards: no file is in two parts. It is what one does who splits a list of TFRecord files, as the students of
 * the article did; classes are *not* kept in proportion. What that costs is measured and said in `warnings`: Cramér's V
 * and the chi-square p of class by part, the class whose share differs most, classes that a part lacks, and parts whose
 * size the shards put far from its ratio. Shards are drawn by the seed; unlike `split`, the result depends on which
 * image lies in which shard (but not on the shards' names or order).
 *
 * Throws a DataError: OPTION_INVALID where the data set is not made of shards, or for unusable ratios or seed; NO_LABELS;
 * CLASS_TOO_SMALL where there are fewer shards than parts.
 */
export function splitByShard(dataset: Pick<Dataset, "classes" | "entries">, options: SplitByShardOptions): Split {
  const { seed = 42 } = options;
  const ratios = ratiosOf(options.ratios);
  const loose = dataset.entries.find(({ record }) => record === undefined);
  if (loose !== undefined) {
    const message = `splitByShard: "${loose.id}" of ${loose.file} lies in no shard: use split, which needs none`;
    throw new DataError("OPTION_INVALID", message, { id: loose.id, file: loose.file });
  }
  const shardOf = new Map(dataset.entries.map(({ id, file }) => [id, file]));
  const { parts, labels } = divide(dataset, {
    caller: "splitByShard",
    ratios,
    stratify: false,
    seed,
    groups: shardOf,
  });
  const [train = [], validation = [], test = []] = parts;
  const made = { version: 1 as const, seed, ratios, stratify: false, train, validation, test };
  const counts = partCounts(made, labels, dataset.classes.length);
  const shards = parts.map((ids) => new Set(ids.map((id) => shardOf.get(id)!)).size);
  const warnings = warningsOf(counts.counts, dataset.classes, ratios, shards);
  return { ...made, ...counts, by: "shard", warnings };
}

/** A part whose share of the images is so far from its ratio is said: 2 percentage points. */
const farFromRatio = 0.02;

function warningsOf(
  counts: Split["counts"],
  classes: readonly ClassInfo[],
  ratios: readonly number[],
  shards: readonly number[],
): string[] {
  const parts = partNames.slice(0, ratios.length);
  const sizes = parts.map((part) => counts[part].reduce((sum, count) => sum + count, 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const { cramersV, chiSquare, degreesOfFreedom, pValue } = associationOf(parts.map((part) => counts[part]));
  const { name, low, high } = widestGap(counts, parts, sizes, classes);
  const chance =
    pValue < 0.01
      ? "more than chance explains"
      : "no more than chance explains, but not kept equal as by stratification";
  const warnings = [
    `split by shard (${shards.join("/")} shards): class shares differ between the parts, Cramér's V ${cramersV.toFixed(4)}, chi-square ${chiSquare.toFixed(2)} with ${degreesOfFreedom} degrees of freedom, p = ${pValue.toPrecision(2)}: ${chance}; "${name}" is ${percent(high.share)} of ${high.part} but ${percent(low.share)} of ${low.part}. split with stratify keeps them equal.`,
  ];
  for (const part of parts) {
    for (const { index, name } of classes) {
      const there = parts.some((other) => counts[other][index]! > 0);
      if (there && counts[part][index] === 0) warnings.push(`the ${part} part has no image of class "${name}".`);
    }
  }
  for (const [p, part] of parts.entries()) {
    const share = sizes[p]! / total;
    if (Math.abs(share - ratios[p]!) < farFromRatio) continue;
    warnings.push(
      `the ${part} part has ${percent(share)} of the images in place of ${percent(ratios[p]!)}: whole shards come no nearer.`,
    );
  }
  return warnings;
}

interface PartShare {
  readonly part: PartName;
  readonly share: number;
}

/** The class whose share differs most between two parts. */
function widestGap(
  counts: Split["counts"],
  parts: readonly PartName[],
  sizes: readonly number[],
  classes: readonly ClassInfo[],
): { name: string; low: PartShare; high: PartShare } {
  const gaps = classes.map(({ index, name }) => {
    const shares = parts.map((part, p): PartShare => ({ part, share: counts[part][index]! / sizes[p]! }));
    shares.sort((a, b) => a.share - b.share);
    return { name, low: shares[0]!, high: shares.at(-1)! };
  });
  return gaps.reduce((most, gap) => (gap.high.share - gap.low.share > most.high.share - most.low.share ? gap : most));
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
