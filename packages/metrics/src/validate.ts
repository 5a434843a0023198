import { MetricsError } from "./errors.ts";

/** Checks the number of classes that an option names. */
export const checkClasses = (classes: number, least = 1): void => {
  if (!Number.isInteger(classes) || classes < least)
    throw new MetricsError("OPTION_INVALID", `classes is ${classes}: pass an integer of at least ${least}`);
};

/** Checks that a fraction lies strictly between 0 and 1. */
export const checkConfidence = (confidence: number): void => {
  if (!(confidence > 0 && confidence < 1))
    throw new MetricsError(
      "OPTION_INVALID",
      `confidence is ${confidence}: pass a fraction between 0 and 1, such as 0.95`,
    );
};

/** Checks that an option is an integer in `[least, infinity)`. */
export const checkCount = (name: string, value: number, least: number): void => {
  if (!Number.isSafeInteger(value) || value < least)
    throw new MetricsError("OPTION_INVALID", `${name} is ${value}: pass an integer of at least ${least}`);
};

/** Checks that two arrays that run over the same samples do. */
export const checkLength = (name: string, length: number, expected: number, why: string): void => {
  if (length !== expected)
    throw new MetricsError(
      "LENGTH_MISMATCH",
      `${name} has ${length} entries where ${why} needs ${expected}: pass one for each`,
    );
};

/** Checks that there is at least one sample. */
export const checkNotEmpty = (n: number): void => {
  if (!(n > 0)) throw new MetricsError("EMPTY", "there is no sample to score: pass at least one (of positive weight)");
};

/** Checks that every label is an integer in `[0, classes)`. */
export const checkLabels = (name: string, labels: ArrayLike<number>, classes: number): void => {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!(label >= 0 && label < classes && Number.isInteger(label)))
      throw new MetricsError(
        "LABEL_OUT_OF_RANGE",
        `${name}[${i}] is ${label}: labels are integers from 0 to ${classes - 1}, as classes is ${classes}`,
        { index: i },
      );
  }
};

/** Checks that amounts are finite and not negative. Returns their sum. */
export const checkAmounts = (name: string, amounts: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < amounts.length; i++) {
    const amount = amounts[i]!;
    if (!(amount >= 0 && amount < Infinity))
      throw new MetricsError("WEIGHT_INVALID", `${name}[${i}] is ${amount}: pass a finite number of at least 0`, {
        index: i,
      });
    sum += amount;
  }
  return sum;
};

/** Checks sample weights: one for each sample, finite, not negative. Returns their sum, or `n` without weights. */
export const checkWeights = (weights: ArrayLike<number> | undefined, n: number): number => {
  if (weights === undefined) return n;
  checkLength("weights", weights.length, n, "yTrue");
  return checkAmounts("weights", weights);
};

/** Checks that every score is finite. */
export const checkScores = (name: string, scores: ArrayLike<number>): void => {
  for (let i = 0; i < scores.length; i++)
    if (!Number.isFinite(scores[i]!))
      throw new MetricsError("SCORE_INVALID", `${name}[${i}] is ${scores[i]}: scores must be finite`, { index: i });
};

/**
 * Checks row-major `[n, classes]` probabilities: each in [0, 1], each row summing to 1 within `sumTolerance`
 * (scikit-learn only warns of the latter).
 */
export const checkProbabilities = (
  probabilities: ArrayLike<number>,
  n: number,
  classes: number,
  sumTolerance: number,
): void => {
  checkLength("probabilities", probabilities.length, n * classes, `${n} samples of ${classes} classes`);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const p = probabilities[i * classes + c]!;
      if (!(p >= 0 && p <= 1))
        throw new MetricsError(
          "PROBABILITY_INVALID",
          `the probability of class ${c} for sample ${i} is ${p}, outside [0, 1]: pass the output of a softmax, not logits`,
          { index: i },
        );
      sum += p;
    }
    if (Math.abs(sum - 1) > sumTolerance)
      throw new MetricsError(
        "PROBABILITY_INVALID",
        `the probabilities of sample ${i} sum to ${sum}, not to 1: pass the output of a softmax, or raise sumTolerance`,
        { index: i },
      );
  }
};
