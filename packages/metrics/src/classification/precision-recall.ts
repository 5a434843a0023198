import { MetricsError } from "../errors.ts";
import type { ConfusionSums } from "./confusion.ts";
import { type ScoreArguments, scoreInput } from "./score-input.ts";

/** How the scores of the classes become one: from summed counts, as a plain mean, or as a mean weighted by support. */
export type Average = "micro" | "macro" | "weighted";

/** Options shared by the scores of precision and recall. */
export interface PrecisionRecallBase {
  /** Weight of recall against precision, at least 0; 1 gives F1, 0 precision, Infinity recall. */
  readonly beta?: number;
  /** The value of 0 / 0: 0 (scikit-learn's "warn"), 1 or NaN. NaN entries are left out of averages. */
  readonly zeroDivision?: number;
  /** Report and average these class indices only, in this order; all where left out. */
  readonly labels?: readonly number[];
  /** Whether averages count a class that occurs neither in truth nor in prediction (scikit-learn) or drop it (torchmetrics). */
  readonly absent?: "count" | "drop";
}

/** Options of {@link precisionRecallFscore}. */
export interface PrecisionRecallOptions extends PrecisionRecallBase {
  /** `"none"` gives one score for each class. */
  readonly average?: "none" | Average;
}

/** Scores of each class, in the order of `labels`. */
export interface ClassScores {
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  readonly fscore: Float64Array;
  /** Number (or weight) of true samples. */
  readonly support: Float64Array;
}

/** Scores averaged over the classes. */
export interface AveragedScores {
  readonly precision: number;
  readonly recall: number;
  readonly fscore: number;
  /** Number (or weight) of true samples of the averaged classes. */
  readonly support: number;
}

/**
 * Precision, recall and F-beta with their support, for each class (`average: "none"`, the default) or averaged, as scikit-learn's
 * `precision_recall_fscore_support`. F-beta is `(1 + β²) TP / ((1 + β²) TP + β² FN + FP)`, so it is undefined only where
 * TP + FP + FN = 0. Throws EMPTY, OPTION_INVALID, LABEL_OUT_OF_RANGE.
 */
export function precisionRecallFscore<Options extends PrecisionRecallOptions = { readonly average: "none" }>(
  ...args: ScoreArguments<Options>
): Options extends { readonly average: Average } ? AveragedScores : ClassScores;
export function precisionRecallFscore(...args: ScoreArguments<PrecisionRecallOptions>): AveragedScores | ClassScores {
  const { sums, options } = scoreInput(args);
  const { average = "none" } = options;
  return average === "none" ? classScores(sums, options) : averagedScores(sums, average, options);
}

/** Options of {@link f1Score}. */
export interface F1Options extends Omit<PrecisionRecallBase, "beta"> {
  /** scikit-learn's own default, `"binary"`, is class 1 of two: `labels: [1]` here. */
  readonly average?: Average;
}

/** F1, the harmonic mean of precision and recall, averaged: in [0, 1] (scikit-learn `f1_score`); macro by default. Throws EMPTY. */
export const f1Score = (...args: ScoreArguments<F1Options>): number => {
  const { sums, options } = scoreInput(args);
  return averagedScores(sums, options.average ?? "macro", options).fscore;
};

/** One score for each class. */
export const classScores = (sums: ConfusionSums, options: PrecisionRecallBase = {}): ClassScores => {
  const labels = chosen(sums, options.labels);
  return scores(pick(sums.hits, labels), pick(sums.predSums, labels), pick(sums.trueSums, labels), options);
};

/** Scores averaged over the classes. */
export const averagedScores = (
  sums: ConfusionSums,
  average: Average,
  options: PrecisionRecallBase = {},
): AveragedScores => {
  const occurs = (label: number) => sums.trueSums[label]! + sums.predSums[label]! > 0;
  const labels = chosen(sums, options.labels).filter((label) => options.absent !== "drop" || occurs(label));
  const hits = pick(sums.hits, labels);
  const predicted = pick(sums.predSums, labels);
  const actual = pick(sums.trueSums, labels);
  const total = (values: Float64Array) => Float64Array.of(values.reduce((sum, value) => sum + value, 0));
  const each =
    average === "micro"
      ? scores(total(hits), total(predicted), total(actual), options)
      : scores(hits, predicted, actual, options);
  const weights = average === "weighted" ? actual : undefined;
  return {
    precision: nanAverage(each.precision, weights),
    recall: nanAverage(each.recall, weights),
    fscore: nanAverage(each.fscore, weights),
    support: total(actual)[0]!,
  };
};

const scores = (
  hits: Float64Array,
  predicted: Float64Array,
  actual: Float64Array,
  { beta = 1, zeroDivision = 0 }: PrecisionRecallBase,
): ClassScores => {
  if (!(beta >= 0)) throw new MetricsError("OPTION_INVALID", `beta is ${beta}: pass a number of at least 0`);
  if (zeroDivision !== 0 && zeroDivision !== 1 && !Number.isNaN(zeroDivision))
    throw new MetricsError("OPTION_INVALID", `zeroDivision is ${zeroDivision}: pass 0, 1 or NaN`);
  const divide = (a: number, b: number) => (b === 0 ? zeroDivision : a / b);
  const beta2 = beta ** 2;
  const precision = hits.map((hit, c) => divide(hit, predicted[c]!));
  const recall = hits.map((hit, c) => divide(hit, actual[c]!));
  const fscore =
    beta === Infinity
      ? recall
      : beta === 0
        ? precision
        : hits.map((hit, c) => divide((1 + beta2) * hit, beta2 * actual[c]! + predicted[c]!));
  return { precision, recall, fscore, support: actual };
};

/** Mean of the values that are not NaN; plain where all of their weights are 0 (scikit-learn `_nanaverage`). */
const nanAverage = (values: Float64Array, weights: Float64Array | undefined): number => {
  let sum = 0;
  let weighted = 0;
  let count = 0;
  let weight = 0;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
    weighted += value * (weights?.[i] ?? 1);
    weight += weights?.[i] ?? 1;
  }
  return weight === 0 ? sum / count : weighted / weight;
};

const chosen = (sums: ConfusionSums, labels: readonly number[] | undefined): readonly number[] => {
  const classes = sums.hits.length;
  if (labels === undefined) return Array.from({ length: classes }, (_, c) => c);
  for (const label of labels)
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new MetricsError(
        "LABEL_OUT_OF_RANGE",
        `labels names class ${label}: the matrix has classes 0 to ${classes - 1}`,
      );
  return labels;
};

const pick = (values: Float64Array, labels: readonly number[]): Float64Array =>
  Float64Array.from(labels, (label) => values[label]!);
