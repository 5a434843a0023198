import { MetricsError } from "../errors.ts";
import { checkClasses, checkLabels, checkLength, checkWeights } from "../validate.ts";

/**
 * How often each true class was predicted as each class: a mergeable value, and all that most scores need.
 * `counts[t * classes + p]` is the number (or the summed weight) of samples of true class `t` predicted as `p`.
 */
export interface ConfusionMatrix {
  readonly classes: number;
  /** `[classes, classes]`, row-major; rows are true classes. */
  readonly counts: Float64Array;
}

/** Options of {@link confusionMatrix}. */
export interface ConfusionOptions {
  /** Number of classes; labels are integers in `[0, classes)`. */
  readonly classes: number;
  /** `[n]` sample weights, finite and not negative; 1 each where left out. */
  readonly weights?: ArrayLike<number>;
}

/** The confusion matrix of no samples: the neutral element of {@link mergeConfusion}. */
export const emptyConfusion = (classes: number): ConfusionMatrix => {
  checkClasses(classes);
  return { classes, counts: new Float64Array(classes * classes) };
};

/**
 * Counts samples by true and predicted class, as scikit-learn's `confusion_matrix` with `labels=range(classes)`.
 * Throws LENGTH_MISMATCH, LABEL_OUT_OF_RANGE (with the index), WEIGHT_INVALID or OPTION_INVALID.
 */
export const confusionMatrix = (
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  { classes, weights }: ConfusionOptions,
): ConfusionMatrix => {
  const matrix = emptyConfusion(classes);
  checkLength("yPred", yPred.length, yTrue.length, "yTrue");
  checkLabels("yTrue", yTrue, classes);
  checkLabels("yPred", yPred, classes);
  checkWeights(weights, yTrue.length);
  for (let i = 0; i < yTrue.length; i++) {
    const cell = yTrue[i]! * classes + yPred[i]!;
    matrix.counts[cell] = matrix.counts[cell]! + (weights === undefined ? 1 : weights[i]!);
  }
  return matrix;
};

/** The matrix of the samples of both: associative and commutative. Throws MATRIX_INVALID where the classes differ. */
export const mergeConfusion = (a: ConfusionMatrix, b: ConfusionMatrix): ConfusionMatrix => {
  if (a.classes !== b.classes)
    throw new MetricsError(
      "MATRIX_INVALID",
      `cannot merge a matrix of ${a.classes} classes with one of ${b.classes}: count both over the same classes`,
    );
  return { classes: a.classes, counts: a.counts.map((count, cell) => count + b.counts[cell]!) };
};

/** What the shares of a normalized matrix are shares of: the true class, the predicted class, or all samples. */
export type ConfusionNormalization = "true" | "pred" | "all";

/** Shares instead of counts, as scikit-learn's `normalize`: an empty row, column or matrix gives 0, not NaN. */
export const normalizeConfusion = (matrix: ConfusionMatrix, over: ConfusionNormalization): ConfusionMatrix => {
  const { classes, counts } = matrix;
  const { trueSums, predSums, total } = confusionSums(matrix);
  return {
    classes,
    counts: counts.map((count, cell) => {
      const whole =
        over === "true" ? trueSums[Math.floor(cell / classes)]! : over === "pred" ? predSums[cell % classes]! : total;
      return whole === 0 ? 0 : count / whole;
    }),
  };
};

/** Row sums, column sums, diagonal and total of a matrix. */
export interface ConfusionSums {
  readonly trueSums: Float64Array;
  readonly predSums: Float64Array;
  readonly hits: Float64Array;
  readonly total: number;
}

/** The sums that every score starts from. Throws MATRIX_INVALID where the number of counts does not fit. */
export const confusionSums = ({ classes, counts }: ConfusionMatrix): ConfusionSums => {
  if (counts.length !== classes * classes)
    throw new MetricsError(
      "MATRIX_INVALID",
      `a matrix of ${classes} classes has ${counts.length} counts, not ${classes ** 2}`,
    );
  const trueSums = new Float64Array(classes);
  const predSums = new Float64Array(classes);
  const hits = new Float64Array(classes);
  let total = 0;
  for (let t = 0; t < classes; t++) {
    for (let p = 0; p < classes; p++) {
      const count = counts[t * classes + p]!;
      trueSums[t] = trueSums[t]! + count;
      predSums[p] = predSums[p]! + count;
      total += count;
    }
    hits[t] = counts[t * classes + t]!;
  }
  return { trueSums, predSums, hits, total };
};

/** One kind of mistake. */
export interface Confusion {
  /** True class index. */
  readonly actual: number;
  /** Predicted class index. */
  readonly predicted: number;
  readonly count: number;
  /** Share of the true class that was predicted so, in (0, 1]. */
  readonly share: number;
}

/** Options of {@link mostConfused}. */
export interface MostConfusedOptions {
  /** At most so many pairs. */
  readonly limit?: number;
}

/** The most frequent mistakes, by count, then by class indices. Pairs that never occur are left out. */
export const mostConfused = (matrix: ConfusionMatrix, { limit = 10 }: MostConfusedOptions = {}): Confusion[] => {
  const { trueSums } = confusionSums(matrix);
  const pairs: Confusion[] = [];
  for (const [cell, count] of matrix.counts.entries()) {
    const actual = Math.floor(cell / matrix.classes);
    const predicted = cell % matrix.classes;
    if (actual !== predicted && count > 0) pairs.push({ actual, predicted, count, share: count / trueSums[actual]! });
  }
  return pairs.sort((a, b) => b.count - a.count).slice(0, limit);
};
