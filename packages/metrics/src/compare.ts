import { type BootstrapInterval, type BootstrapOptions, type ConfusionStatistic, resample } from "./bootstrap.ts";
import type { ConfusionMatrix } from "./classification/confusion.ts";
import { checkClasses, checkLabels, checkLength, checkNotEmpty } from "./validate.ts";

/** Two classifiers on the same samples. */
export interface McNemarResult {
  readonly n: number;
  readonly bothCorrect: number;
  /** Samples that only the first classifier got right. */
  readonly onlyA: number;
  /** Samples that only the second classifier got right. */
  readonly onlyB: number;
  readonly bothWrong: number;
  /** Accuracy of the first minus accuracy of the second, in [-1, 1]. */
  readonly difference: number;
  /** Two-sided exact p-value of "both are right equally often": conservative. */
  readonly pValue: number;
  /** Two-sided mid-p value: closer to its nominal level on the average. */
  readonly midP: number;
}

/**
 * McNemar's test of two classifiers on the same samples. `correctA[i]` and `correctB[i]` say whether each got sample i right
 * (booleans, or numbers of which 0 is wrong). Exact at any count: under the null hypothesis the discordant samples are fair coin
 * tosses. Source: Fagerland, Lydersen & Laake, BMC Medical Research Methodology 13:91, 2013. Throws EMPTY, LENGTH_MISMATCH.
 */
export const mcnemarTest = (
  correctA: ArrayLike<boolean | number>,
  correctB: ArrayLike<boolean | number>,
): McNemarResult => {
  const n = correctA.length;
  checkLength("correctB", correctB.length, n, "correctA");
  checkNotEmpty(n);
  let bothCorrect = 0;
  let onlyA = 0;
  let onlyB = 0;
  for (let i = 0; i < n; i++) {
    if (correctA[i] && correctB[i]) bothCorrect++;
    else if (correctA[i]) onlyA++;
    else if (correctB[i]) onlyB++;
  }
  const { cumulative, mass } = fairCoins(Math.min(onlyA, onlyB), onlyA + onlyB);
  const tied = onlyA === onlyB;
  return {
    n,
    bothCorrect,
    onlyA,
    onlyB,
    bothWrong: n - bothCorrect - onlyA - onlyB,
    difference: (onlyA - onlyB) / n,
    pValue: tied ? 1 : 2 * cumulative,
    midP: tied ? 1 - mass / 2 : 2 * cumulative - mass,
  };
};

/** P(X = k) and P(X <= k) of the heads among `n` fair coins. */
const fairCoins = (k: number, n: number): { mass: number; cumulative: number } => {
  let mass = 1;
  let exponent = -n;
  for (let i = 1; i <= k; i++) {
    mass *= (n - k + i) / i;
    if (mass > 2 ** 500) {
      mass *= 2 ** -500;
      exponent += 500;
    }
  }
  let ratio = 1;
  let sum = 1;
  for (let i = k; i > 0 && ratio > 1e-18; i--) {
    ratio *= i / (n - i + 1);
    sum += ratio;
  }
  // In two steps: 2 ** exponent alone may underflow where the product does not.
  const scale = (value: number) => value * 2 ** Math.ceil(exponent / 2) * 2 ** Math.floor(exponent / 2);
  return { mass: scale(mass), cumulative: scale(mass * sum) };
};

/**
 * Percentile bootstrap interval of `statistic(A) - statistic(B)` of two classifiers on the same samples: each resample keeps a
 * sample's two predictions together. It draws counts of (true, predicted by A, predicted by B), with the argument of
 * `bootstrapInterval`. Throws EMPTY, LENGTH_MISMATCH, LABEL_OUT_OF_RANGE, OPTION_INVALID.
 */
export const pairedBootstrap = (
  yTrue: ArrayLike<number>,
  predictedA: ArrayLike<number>,
  predictedB: ArrayLike<number>,
  statistic: ConfusionStatistic,
  options: BootstrapOptions & { readonly classes: number },
): BootstrapInterval => {
  const { classes } = options;
  checkClasses(classes);
  checkLength("predictedA", predictedA.length, yTrue.length, "yTrue");
  checkLength("predictedB", predictedB.length, yTrue.length, "yTrue");
  checkNotEmpty(yTrue.length);
  checkLabels("yTrue", yTrue, classes);
  checkLabels("predictedA", predictedA, classes);
  checkLabels("predictedB", predictedB, classes);
  const occurring = new Map<number, number>();
  for (let i = 0; i < yTrue.length; i++) {
    const key = (yTrue[i]! * classes + predictedA[i]!) * classes + predictedB[i]!;
    occurring.set(key, (occurring.get(key) ?? 0) + 1);
  }
  const cells = [...occurring]
    .sort(([a], [b]) => a - b)
    .map(([key, count]) => ({
      group: Math.floor(key / classes ** 2),
      a: Math.floor(key / classes) % classes,
      b: key % classes,
      count,
    }));
  const margin = (counts: Float64Array, side: "a" | "b"): ConfusionMatrix => {
    const out = new Float64Array(classes * classes);
    for (const [i, cell] of cells.entries()) {
      const at = cell.group * classes + cell[side];
      out[at] = out[at]! + counts[i]!;
    }
    return { classes, counts: out };
  };
  const difference = (counts: Float64Array) => statistic(margin(counts, "a")) - statistic(margin(counts, "b"));
  return resample(cells, { difference }, (counts) => counts, options).difference;
};
