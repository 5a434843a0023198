import { MetricsError } from "../errors.ts";
import { checkLength } from "../validate.ts";
import { binaryCounts, type CurveOptions, keepThresholds, type ThresholdCounts } from "./thresholds.ts";

/** A receiver operating characteristic. */
export interface RocCurve {
  /** Increasing from 0 to 1; NaN without a negative sample. */
  readonly falsePositiveRate: Float64Array;
  /** Increasing from 0 to 1; NaN without a positive sample. */
  readonly truePositiveRate: Float64Array;
  /** Decreasing from Infinity: a sample is called positive where its score is at least the threshold. */
  readonly thresholds: Float64Array;
}

/**
 * ROC curve of scores for the positive class (scikit-learn `roc_curve`). `yTrue` is 0 or 1. Points in between and collinear with others
 * are dropped unless `dropIntermediate` is false. Throws EMPTY, LENGTH_MISMATCH, LABEL_OUT_OF_RANGE, SCORE_INVALID, WEIGHT_INVALID.
 */
export const rocCurve = (
  yTrue: ArrayLike<number>,
  scores: ArrayLike<number>,
  { weights, dropIntermediate = true }: CurveOptions = {},
): RocCurve => rocOfCounts(binaryCounts(yTrue, scores, weights), dropIntermediate);

/** The curve of counts. */
export const rocOfCounts = (all: ThresholdCounts, dropIntermediate: boolean): RocCurve => {
  const last = all.thresholds.length - 1;
  const bends = (values: Float64Array, i: number) => values[i + 1]! - 2 * values[i]! + values[i - 1]! !== 0;
  const isCorner = (i: number) => i === 0 || i === last || bends(all.falsePositives, i) || bends(all.truePositives, i);
  const { truePositives, falsePositives, thresholds } =
    dropIntermediate && last >= 2 ? keepThresholds(all, isCorner) : all;
  const rate = (counts: Float64Array) => {
    const whole = counts.at(-1)!;
    return prepend(0, counts).map((count) => (whole > 0 ? count / whole : Number.NaN));
  };
  return {
    falsePositiveRate: rate(falsePositives),
    truePositiveRate: rate(truePositives),
    thresholds: prepend(Infinity, thresholds),
  };
};

const prepend = (first: number, rest: Float64Array): Float64Array => {
  const out = new Float64Array(rest.length + 1);
  out[0] = first;
  out.set(rest, 1);
  return out;
};

/**
 * Area under a curve by the trapezoidal rule; `x` must be monotone (scikit-learn `auc`).
 * Throws LENGTH_MISMATCH, EMPTY for fewer than two points, SCORE_INVALID where `x` turns.
 */
export const areaUnderCurve = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  checkLength("y", y.length, x.length, "x");
  if (x.length < 2) throw new MetricsError("EMPTY", `a curve of ${x.length} points has no area: pass at least two`);
  let area = 0;
  let rises = false;
  let falls = false;
  for (let i = 1; i < x.length; i++) {
    const width = x[i]! - x[i - 1]!;
    rises ||= width > 0;
    falls ||= width < 0;
    if (rises && falls)
      throw new MetricsError("SCORE_INVALID", `x[${i}] is ${x[i]} after ${x[i - 1]}: x must only rise or only fall`, {
        index: i,
      });
    area += (width * (y[i]! + y[i - 1]!)) / 2;
  }
  return falls ? -area : area;
};
