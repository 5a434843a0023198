import { checkLabels, checkLength, checkNotEmpty, checkScores, checkWeights } from "../validate.ts";

/** Options of the binary curves. */
export interface CurveOptions {
  /** `[n]` sample weights, finite and not negative; 1 each where left out. */
  readonly weights?: ArrayLike<number>;
  /** Leave out thresholds that do not change the shape of the curve. */
  readonly dropIntermediate?: boolean;
}

/** True and false positives at each distinct score, from the highest score down. */
export interface ThresholdCounts {
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
  /** Decreasing. */
  readonly thresholds: Float64Array;
}

/** Counts at each threshold (scikit-learn `confusion_matrix_at_thresholds`); `isPositive(i)` says whether sample i is positive. */
export const countAtThresholds = (
  n: number,
  isPositive: (i: number) => boolean,
  score: (i: number) => number,
  weights?: ArrayLike<number>,
): ThresholdCounts => {
  const order = Array.from({ length: n }, (_, i) => i).filter((i) => weights === undefined || weights[i]! > 0);
  order.sort((a, b) => score(b) - score(a));
  const truePositives: number[] = [];
  const falsePositives: number[] = [];
  const thresholds: number[] = [];
  let hits = 0;
  let misses = 0;
  for (const [rank, i] of order.entries()) {
    if (isPositive(i)) hits += weights?.[i] ?? 1;
    else misses += weights?.[i] ?? 1;
    if (rank + 1 < order.length && score(order[rank + 1]!) === score(i)) continue;
    truePositives.push(hits);
    falsePositives.push(misses);
    thresholds.push(score(i));
  }
  return {
    truePositives: Float64Array.from(truePositives),
    falsePositives: Float64Array.from(falsePositives),
    thresholds: Float64Array.from(thresholds),
  };
};

/** Checks 0/1 labels and scores of a binary curve, and counts at its thresholds. */
export const binaryCounts = (
  yTrue: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
): ThresholdCounts => {
  checkLength("scores", scores.length, yTrue.length, "yTrue");
  checkLabels("yTrue", yTrue, 2);
  checkScores("scores", scores);
  checkNotEmpty(checkWeights(weights, yTrue.length));
  return countAtThresholds(
    yTrue.length,
    (i) => yTrue[i] === 1,
    (i) => scores[i]!,
    weights,
  );
};

/** The thresholds at the given places. */
export const keepThresholds = (counts: ThresholdCounts, keep: (i: number) => boolean): ThresholdCounts => ({
  truePositives: counts.truePositives.filter((_, i) => keep(i)),
  falsePositives: counts.falsePositives.filter((_, i) => keep(i)),
  thresholds: counts.thresholds.filter((_, i) => keep(i)),
});
