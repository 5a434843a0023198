import { type ScoreArguments, scoreInput } from "./score-input.ts";

/** For scores without options of their own. */
export type NoOptions = Record<never, never>;

/** Share of samples predicted right, in [0, 1] (scikit-learn `accuracy_score`). Throws EMPTY. */
export const accuracyScore = (...args: ScoreArguments<NoOptions>): number => {
  const { sums } = scoreInput(args);
  return sum(sums.hits) / sums.total;
};

/** Options of {@link balancedAccuracyScore}. */
export interface BalancedAccuracyOptions {
  /** Rescales so that chance is 0 and perfection 1; NaN or -Infinity where only one class occurs. */
  readonly adjusted?: boolean;
}

/**
 * Mean recall over the classes that occur, in [0, 1] (scikit-learn `balanced_accuracy_score`); classes without a true sample
 * are left out. Throws EMPTY.
 */
export const balancedAccuracyScore = (...args: ScoreArguments<BalancedAccuracyOptions>): number => {
  const { sums, options } = scoreInput(args);
  let recalls = 0;
  let present = 0;
  for (const [c, support] of sums.trueSums.entries()) {
    if (support === 0) continue;
    recalls += sums.hits[c]! / support;
    present++;
  }
  const score = recalls / present;
  if (options.adjusted !== true) return score;
  const chance = 1 / present;
  return (score - chance) / (1 - chance);
};

/** Options of {@link cohenKappaScore}. */
export interface CohenKappaOptions {
  /** Cost of a mistake between classes i and j: 1, `|i - j|` or `(i - j)²`, for classes in an order. */
  readonly weighting?: "none" | "linear" | "quadratic";
}

/**
 * Cohen's kappa, agreement beyond chance, in [-1, 1] (scikit-learn `cohen_kappa_score`); NaN where both sides use one
 * and the same label. Throws EMPTY. Source: Artstein & Poesio, Inter-Coder Agreement for Computational Linguistics, 2008.
 */
export const cohenKappaScore = (...args: ScoreArguments<CohenKappaOptions>): number => {
  const { matrix, sums, options } = scoreInput(args);
  let observed = 0;
  let expected = 0;
  for (const [cell, count] of matrix.counts.entries()) {
    const t = Math.floor(cell / matrix.classes);
    const p = cell % matrix.classes;
    if (t === p) continue;
    const distance = Math.abs(t - p);
    const cost = options.weighting === "linear" ? distance : options.weighting === "quadratic" ? distance ** 2 : 1;
    observed += cost * count;
    expected += cost * ((sums.trueSums[t]! * sums.predSums[p]!) / sums.total);
  }
  return expected === 0 ? Number.NaN : 1 - observed / expected;
};

/**
 * Matthews' correlation of truth and prediction, R_K for more than two classes, in [-1, 1] (scikit-learn
 * `matthews_corrcoef`); 0 where either side is constant. Throws EMPTY.
 * Source: Gorodkin 2004; Jurman, Riccadonna & Furlanello 2012.
 */
export const matthewsCorrcoef = (...args: ScoreArguments<NoOptions>): number => {
  const { sums } = scoreInput(args);
  const n = sums.total;
  const spread = (margin: Float64Array) => n * n - dot(margin, margin);
  const product = spread(sums.predSums) * spread(sums.trueSums);
  if (product === 0) return 0;
  return (sum(sums.hits) * n - dot(sums.trueSums, sums.predSums)) / Math.sqrt(product);
};

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, value, i) => total + value * b[i]!, 0);
