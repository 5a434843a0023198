import { MetricsError } from "../errors.ts";
import { checkCount, checkLabels, checkLength, checkNotEmpty, checkScores, checkWeights } from "../validate.ts";
import { precisionRecallOfCounts } from "./precision-recall-curve.ts";
import { areaUnderCurve, rocOfCounts } from "./roc.ts";
import { countAtThresholds, type ThresholdCounts } from "./thresholds.ts";

/** How one-against-the-rest scores become one; micro pools the decisions of all classes. */
export type RankingAverage = "macro" | "weighted" | "micro";

/** Options of {@link averagePrecisionScore} and {@link averagePrecisionPerClass}. */
export interface RankingOptions {
  /** Columns of `scores`: 1 is one score for the positive class of labels 0 and 1. */
  readonly classes?: number;
  /** Ignored where `classes` is 1. */
  readonly average?: RankingAverage;
  /** `[n]` sample weights, finite and not negative. */
  readonly weights?: ArrayLike<number>;
}

/** Options of {@link rocAucScore}. */
export interface RocAucOptions extends RankingOptions {
  /** Each class against the rest, or each pair of classes (Hand & Till, 2001: insensitive to imbalance; no weights, no micro). */
  readonly multiClass?: "ovr" | "ovo";
}

/**
 * Area under the ROC curve, in [0, 1] (scikit-learn `roc_auc_score`). `scores` is `[n]` for `classes: 1`, else row-major
 * `[n, classes]`; they need not be probabilities. NaN where a class is absent (or is all there is), but one-against-one uses
 * the classes present, and `average: "weighted"` leaves classes without weight out.
 * Throws EMPTY, LENGTH_MISMATCH, LABEL_OUT_OF_RANGE, SCORE_INVALID, WEIGHT_INVALID, OPTION_INVALID.
 */
export const rocAucScore = (
  yTrue: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: RocAucOptions = {},
): number => {
  const { classes = 1, multiClass = "ovr", average = "macro", weights } = options;
  if (multiClass === "ovr" || classes === 1) return oneVersusRest(yTrue, scores, options, areaOfCounts);
  if (weights !== undefined || average === "micro")
    throw new MetricsError(
      "OPTION_INVALID",
      `one-against-one knows no weights and no micro average: use multiClass "ovr"`,
    );
  checkInput(yTrue, scores, classes, undefined);
  const present = Array.from({ length: classes }, (_, c) => c).filter((c) => Array.prototype.includes.call(yTrue, c));
  let sum = 0;
  let total = 0;
  for (const [rank, a] of present.entries())
    for (const b of present.slice(rank + 1)) {
      const rows = Array.from({ length: yTrue.length }, (_, i) => i).filter((i) => yTrue[i] === a || yTrue[i] === b);
      const area = (positive: number) =>
        areaOfCounts(
          countAtThresholds(
            rows.length,
            (i) => yTrue[rows[i]!] === positive,
            (i) => scores[rows[i]! * classes + positive]!,
          ),
        );
      const weight = average === "weighted" ? rows.length : 1;
      sum += (weight * (area(a) + area(b))) / 2;
      total += weight;
    }
  return sum / total;
};

/** Area under the ROC curve of each class against the rest; NaN for a class that is absent or all there is. Throws as {@link rocAucScore}. */
export const rocAucPerClass = (
  yTrue: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: RankingOptions,
): Float64Array => perClass(yTrue, scores, options, areaOfCounts);

/**
 * Average precision, the step-wise area under the precision-recall curve, in [0, 1] (scikit-learn `average_precision_score`);
 * 0 without a positive sample. `scores` as for {@link rocAucScore}; macro by default. Throws as {@link rocAucScore}.
 */
export const averagePrecisionScore = (
  yTrue: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: RankingOptions = {},
): number => oneVersusRest(yTrue, scores, options, averagePrecisionOfCounts);

/** Average precision of each class against the rest; 0 for an absent class. Throws as {@link rocAucScore}. */
export const averagePrecisionPerClass = (
  yTrue: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: RankingOptions,
): Float64Array => perClass(yTrue, scores, options, averagePrecisionOfCounts);

type BinaryScore = (counts: ThresholdCounts) => number;

const areaOfCounts: BinaryScore = (counts) => {
  if (!(counts.truePositives.at(-1)! > 0 && counts.falsePositives.at(-1)! > 0)) return Number.NaN;
  const { falsePositiveRate, truePositiveRate } = rocOfCounts(counts, true);
  return areaUnderCurve(falsePositiveRate, truePositiveRate);
};

const averagePrecisionOfCounts: BinaryScore = (counts) => {
  const { precision, recall } = precisionRecallOfCounts(counts, false);
  let sum = 0;
  for (let i = 0; i + 1 < recall.length; i++) sum += (recall[i]! - recall[i + 1]!) * precision[i]!;
  return sum;
};

const oneVersusRest = (
  yTrue: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: RankingOptions,
  score: BinaryScore,
): number => {
  const { classes = 1, average = "macro", weights } = options;
  if (average === "micro" && classes > 1) {
    checkInput(yTrue, scores, classes, weights);
    const owner = (cell: number) => Math.floor(cell / classes);
    const repeated = weights && Float64Array.from({ length: scores.length }, (_, cell) => weights[owner(cell)]!);
    const isPositive = (cell: number) => yTrue[owner(cell)] === cell % classes;
    return score(countAtThresholds(scores.length, isPositive, (cell) => scores[cell]!, repeated));
  }
  const each = perClass(yTrue, scores, options, score);
  if (classes === 1) return each[0]!;
  const shares = new Float64Array(classes).fill(average === "weighted" ? 0 : 1);
  if (average === "weighted")
    for (let i = 0; i < yTrue.length; i++) shares[yTrue[i]!] = shares[yTrue[i]!]! + (weights?.[i] ?? 1);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return each.reduce((sum, value, c) => sum + (shares[c] === 0 ? 0 : value * shares[c]!), 0) / total;
};

const perClass = (
  yTrue: ArrayLike<number>,
  scores: ArrayLike<number>,
  { classes = 1, weights }: RankingOptions,
  score: BinaryScore,
): Float64Array => {
  checkInput(yTrue, scores, classes, weights);
  return Float64Array.from({ length: classes }, (_, c) => {
    const positive = classes === 1 ? 1 : c;
    const isPositive = (i: number) => yTrue[i] === positive;
    return score(countAtThresholds(yTrue.length, isPositive, (i) => scores[i * classes + c]!, weights));
  });
};

const checkInput = (
  yTrue: ArrayLike<number>,
  scores: ArrayLike<number>,
  classes: number,
  weights: ArrayLike<number> | undefined,
): void => {
  checkCount("classes", classes, 1);
  checkLength("scores", scores.length, yTrue.length * classes, `${yTrue.length} samples of ${classes} columns`);
  checkLabels("yTrue", yTrue, classes === 1 ? 2 : classes);
  checkScores("scores", scores);
  checkNotEmpty(checkWeights(weights, yTrue.length));
};
