import { binaryCounts, type CurveOptions, keepThresholds, type ThresholdCounts } from "./thresholds.ts";

/** Precision against recall; the last point, precision 1 and recall 0, has no threshold. */
export interface PrecisionRecallCurve {
  readonly precision: Float64Array;
  /** Decreasing from 1 to 0; 1 but for the last point without a positive sample. */
  readonly recall: Float64Array;
  /** Increasing; one fewer than points. */
  readonly thresholds: Float64Array;
}

/**
 * Precision-recall curve of scores for the positive class (scikit-learn `precision_recall_curve`). `yTrue` is 0 or 1. All thresholds
 * are kept unless `dropIntermediate` is true. Throws EMPTY, LENGTH_MISMATCH, LABEL_OUT_OF_RANGE, SCORE_INVALID, WEIGHT_INVALID.
 */
export const precisionRecallCurve = (
  yTrue: ArrayLike<number>,
  scores: ArrayLike<number>,
  { weights, dropIntermediate = false }: CurveOptions = {},
): PrecisionRecallCurve => precisionRecallOfCounts(binaryCounts(yTrue, scores, weights), dropIntermediate);

/** The curve of counts. */
export const precisionRecallOfCounts = (all: ThresholdCounts, dropIntermediate: boolean): PrecisionRecallCurve => {
  const last = all.thresholds.length - 1;
  const moves = (i: number) =>
    i === 0 ||
    i === last ||
    all.truePositives[i] !== all.truePositives[i - 1] ||
    all.truePositives[i + 1] !== all.truePositives[i];
  const { truePositives, falsePositives, thresholds } =
    dropIntermediate && last >= 2 ? keepThresholds(all, moves) : all;
  const whole = truePositives.at(-1)!;
  const precision = truePositives.map((hits, i) => (hits === 0 ? 0 : hits / (hits + falsePositives[i]!)));
  const recall = truePositives.map((hits) => (whole === 0 ? 1 : hits / whole));
  return {
    precision: reversedWith(precision, 1),
    recall: reversedWith(recall, 0),
    thresholds: thresholds.slice().reverse(),
  };
};

const reversedWith = (values: Float64Array, last: number): Float64Array => {
  const out = new Float64Array(values.length + 1);
  out.set(values.reverse());
  out[values.length] = last;
  return out;
};
