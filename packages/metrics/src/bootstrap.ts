import {
  type ConfusionMatrix,
  type ConfusionOptions,
  confusionMatrix,
  confusionSums,
} from "./classification/confusion.ts";
import { MetricsError } from "./errors.ts";
import type { Interval } from "./interval.ts";
import { createRandom, drawBinomial, type Random } from "./random.ts";
import { checkConfidence, checkCount, checkNotEmpty } from "./validate.ts";

/** A score of a confusion matrix, such as `balancedAccuracyScore`. */
export type ConfusionStatistic = (matrix: ConfusionMatrix) => number;

/** Options of {@link bootstrapInterval} and {@link pairedBootstrap}. */
export interface BootstrapOptions {
  /** Number of resamples, at least 1. */
  readonly resamples?: number;
  /** Seed of the draws: the same seed gives the same interval. An integer; its low 32 bits count. */
  readonly seed?: number;
  /** Keep the number of samples of each true class; otherwise those vary too. */
  readonly stratify?: boolean;
  /** In (0, 1). */
  readonly confidence?: number;
}

/** An interval by resampling. */
export interface BootstrapInterval extends Interval {
  /** Standard deviation of the statistic over the resamples. */
  readonly standardError: number;
  /** Resamples in which the statistic was NaN; they are left out of the interval. */
  readonly undefinedResamples: number;
}

/**
 * Percentile bootstrap interval of a statistic of the confusion matrix (Efron & Tibshirani, An Introduction to the Bootstrap, ch. 13).
 *
 * It draws confusion cells, not rows. This is exact, not an approximation: the statistic depends on the resample only through
 * the counts of its cells; drawing n_t rows of true class t independently, with replacement, each row falls in cell (t, p) with
 * probability counts[t, p] / n_t; so the counts of row t are multinomial with exactly these parameters, and independent of the
 * other rows'. (Without `stratify` the same holds of all cells at once.) The cost does not depend on n.
 *
 * Takes a matrix of whole counts, or true and predicted labels. Throws EMPTY, MATRIX_INVALID for weighted counts, OPTION_INVALID.
 */
export function bootstrapInterval(
  matrix: ConfusionMatrix,
  statistic: ConfusionStatistic,
  options?: BootstrapOptions,
): BootstrapInterval;
export function bootstrapInterval(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  statistic: ConfusionStatistic,
  options: BootstrapOptions & Pick<ConfusionOptions, "classes">,
): BootstrapInterval;
export function bootstrapInterval(
  ...args:
    | [ConfusionMatrix, ConfusionStatistic, BootstrapOptions?]
    | [ArrayLike<number>, ArrayLike<number>, ConfusionStatistic, BootstrapOptions & Pick<ConfusionOptions, "classes">]
): BootstrapInterval {
  if (args.length === 4) {
    const [yTrue, yPred, statistic, options] = args;
    return bootstrapInterval(confusionMatrix(yTrue, yPred, { classes: options.classes }), statistic, options);
  }
  const [matrix, statistic, options] = args;
  return bootstrapIntervals(matrix, { statistic }, options).statistic;
}

/** Intervals of several statistics over the same resamples. */
export const bootstrapIntervals = <Name extends string>(
  matrix: ConfusionMatrix,
  statistics: Readonly<Record<Name, ConfusionStatistic>>,
  options: BootstrapOptions = {},
): Record<Name, BootstrapInterval> => {
  checkNotEmpty(confusionSums(matrix).total);
  const { classes } = matrix;
  const cells = [...matrix.counts.entries()].map(([cell, count]) => ({ group: Math.floor(cell / classes), count }));
  const read = (counts: Float64Array): ConfusionMatrix => ({ classes, counts });
  return resample(cells, statistics, read, options);
};

/** A cell of a table of counts; `group` is the true class. Cells of one group are adjacent. */
export interface BootstrapCell {
  readonly group: number;
  readonly count: number;
}

/** Resamples the counts of `cells` and summarizes each statistic of `read(counts)`. */
export const resample = <Name extends string, Value>(
  cells: readonly BootstrapCell[],
  statistics: Readonly<Record<Name, (value: Value) => number>>,
  read: (counts: Float64Array) => Value,
  { resamples = 1000, seed = 0, stratify = true, confidence = 0.95 }: BootstrapOptions,
): Record<Name, BootstrapInterval> => {
  checkConfidence(confidence);
  checkCount("resamples", resamples, 1);
  for (const { count } of cells)
    if (!Number.isSafeInteger(count) || count < 0)
      throw new MetricsError(
        "MATRIX_INVALID",
        `a cell counts ${count} samples: a bootstrap needs whole counts, not weights`,
      );
  const counts = Float64Array.from(cells, (cell) => cell.count);
  const groups = stratify ? ranges(cells) : [[0, cells.length] as const];
  const names = Object.keys(statistics) as Name[];
  const drawn = names.map(() => new Float64Array(resamples));
  const random = createRandom(seed);
  for (let r = 0; r < resamples; r++) {
    const sample = new Float64Array(counts.length);
    for (const [start, end] of groups) drawMultinomial(counts, start, end, sample, random);
    const value = read(sample);
    for (const [i, name] of names.entries()) drawn[i]![r] = statistics[name](value);
  }
  const whole = read(counts);
  const entries = names.map((name, i) => [name, summarize(statistics[name](whole), drawn[i]!, confidence)] as const);
  return Object.fromEntries(entries) as Record<Name, BootstrapInterval>;
};

const ranges = (cells: readonly BootstrapCell[]): (readonly [start: number, end: number])[] => {
  const starts = cells.flatMap((cell, i) => (i === 0 || cells[i - 1]!.group !== cell.group ? [i] : []));
  return starts.map((start, i) => [start, starts[i + 1] ?? cells.length] as const);
};

/** Multinomial counts as successive binomials, each cell conditional on those before it. */
const drawMultinomial = (counts: Float64Array, start: number, end: number, out: Float64Array, random: Random): void => {
  let weight = 0;
  for (let i = start; i < end; i++) weight += counts[i]!;
  let left = weight;
  for (let i = start; i < end && left > 0; i++) {
    out[i] = counts[i] === weight ? left : drawBinomial(left, counts[i]! / weight, random);
    left -= out[i]!;
    weight -= counts[i]!;
  }
};

const summarize = (estimate: number, drawn: Float64Array, confidence: number): BootstrapInterval => {
  const sorted = drawn.filter((value) => !Number.isNaN(value)).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sorted.length - 1);
  return {
    estimate,
    low: quantile(sorted, (1 - confidence) / 2),
    high: quantile(sorted, (1 + confidence) / 2),
    confidence,
    standardError: Math.sqrt(variance),
    undefinedResamples: drawn.length - sorted.length,
  };
};

/** Linear interpolation between order statistics (numpy's default); NaN of nothing. */
const quantile = (sorted: Float64Array, share: number): number => {
  if (sorted.length === 0) return Number.NaN;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (position - below);
};
