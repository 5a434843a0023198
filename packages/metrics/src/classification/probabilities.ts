import {
  checkClasses,
  checkCount,
  checkLabels,
  checkLength,
  checkNotEmpty,
  checkProbabilities,
  checkScores,
  checkWeights,
} from "../validate.ts";

/** Options shared by the scores of probabilities. */
export interface ProbabilityOptions {
  /** Number of classes, at least 2; labels are integers in `[0, classes)`. */
  readonly classes: number;
  /** `[n]` sample weights, finite and not negative; 1 each where left out. */
  readonly weights?: ArrayLike<number>;
  /** How far a row may sum from 1 before it is an error; Infinity accepts any, as scikit-learn does with a warning. */
  readonly sumTolerance?: number;
}

/**
 * Mean negative logarithm of the probability of the true class, in nats, at least 0 (scikit-learn `log_loss`).
 * `probabilities` is row-major `[n, classes]`. Probabilities are clipped at the epsilon of their type: 0 costs 36.04 nats in a
 * Float64Array or plain array, 15.94 in a Float32Array. The arithmetic is in float64 for both.
 * Throws EMPTY, LENGTH_MISMATCH, LABEL_OUT_OF_RANGE, PROBABILITY_INVALID, WEIGHT_INVALID.
 */
export const logLoss = (
  yTrue: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: ProbabilityOptions,
): number => {
  const total = checkInput(yTrue, probabilities, options);
  return summedLogLoss(yTrue, probabilities, options) / total;
};

/**
 * Share of the log loss of the label shares that the model removes: 1 is perfect, 0 knows only the shares, negative is worse
 * (scikit-learn `d2_log_loss_score`); NaN for fewer than two samples. Throws as {@link logLoss}.
 */
export const d2LogLossScore = (
  yTrue: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: ProbabilityOptions,
): number => {
  const total = checkInput(yTrue, probabilities, options);
  if (yTrue.length < 2) return Number.NaN;
  const counts = new Float64Array(options.classes);
  for (let i = 0; i < yTrue.length; i++) counts[yTrue[i]!] = counts[yTrue[i]!]! + (options.weights?.[i] ?? 1);
  let baseline = 0;
  for (const count of counts) if (count > 0) baseline -= count * Math.log(clip(count / total, Number.EPSILON));
  return 1 - summedLogLoss(yTrue, probabilities, options) / baseline;
};

/** Options of {@link brierScore}. */
export interface BrierOptions extends ProbabilityOptions {
  /** Halve the sum over the classes; `"auto"` halves it for two classes, where it is then the squared error of one. */
  readonly scaleByHalf?: boolean | "auto";
}

/**
 * Mean squared distance between the probabilities and the one-hot truth, in [0, 1] halved and [0, 2] in full
 * (scikit-learn `brier_score_loss`). Throws as {@link logLoss}.
 */
export const brierScore = (
  yTrue: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: BrierOptions,
): number => {
  const total = checkInput(yTrue, probabilities, options);
  const { classes, weights, scaleByHalf = "auto" } = options;
  let sum = 0;
  for (let i = 0; i < yTrue.length; i++) {
    let distance = 0;
    for (let c = 0; c < classes; c++) distance += ((yTrue[i] === c ? 1 : 0) - probabilities[i * classes + c]!) ** 2;
    sum += distance * (weights?.[i] ?? 1);
  }
  const halve = scaleByHalf === "auto" ? classes < 3 : scaleByHalf;
  return (sum / total) * (halve ? 0.5 : 1);
};

/** Options of {@link topKAccuracy}. */
export interface TopKOptions {
  /** Number of classes, at least 2. */
  readonly classes: number;
  /** How many of the best classes count as a hit. */
  readonly k?: number;
  /** `[n]` sample weights. */
  readonly weights?: ArrayLike<number>;
  /** Which class goes first among equal scores: scikit-learn's `top_k_accuracy_score` takes the highest index, argmax the lowest. */
  readonly ties?: "highest" | "lowest";
}

/**
 * Share of samples whose true class is among the `k` best scores (2 by default), in [0, 1] (scikit-learn
 * `top_k_accuracy_score`); 1 where `k >= classes`. `scores` is row-major `[n, classes]`, probabilities or logits.
 * Throws EMPTY, LENGTH_MISMATCH, LABEL_OUT_OF_RANGE, SCORE_INVALID, WEIGHT_INVALID.
 */
export const topKAccuracy = (
  yTrue: ArrayLike<number>,
  scores: ArrayLike<number>,
  { classes, k = 2, weights, ties = "highest" }: TopKOptions,
): number => {
  checkClasses(classes, 2);
  checkCount("k", k, 1);
  checkLength("scores", scores.length, yTrue.length * classes, `${yTrue.length} samples of ${classes} classes`);
  checkLabels("yTrue", yTrue, classes);
  checkScores("scores", scores);
  const total = checkWeights(weights, yTrue.length);
  checkNotEmpty(total);
  let hits = 0;
  for (let i = 0; i < yTrue.length; i++) {
    const label = yTrue[i]!;
    const own = scores[i * classes + label]!;
    let ahead = 0;
    for (let c = 0; c < classes; c++) {
      const score = scores[i * classes + c]!;
      if (score > own || (score === own && (ties === "highest" ? c > label : c < label))) ahead++;
    }
    if (ahead < k) hits += weights?.[i] ?? 1;
  }
  return hits / total;
};

/**
 * The class of the best score of each row; the lowest index among equal scores, as argmax. `scores` is row-major `[n, classes]`.
 * Throws LENGTH_MISMATCH where the length is no multiple of `classes`, SCORE_INVALID.
 */
export const predictedClasses = (scores: ArrayLike<number>, classes: number): Int32Array => {
  checkClasses(classes);
  const n = Math.floor(scores.length / classes);
  checkLength("scores", scores.length, n * classes, `rows of ${classes} classes`);
  checkScores("scores", scores);
  return Int32Array.from({ length: n }, (_, i) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (scores[i * classes + c]! > scores[i * classes + best]!) best = c;
    return best;
  });
};

/** One sample that the model got most wrong. */
export interface TopLoss {
  /** Position of the sample, from 0. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** In nats. */
  readonly loss: number;
  /** Probability of the true class. */
  readonly probability: number;
  /** Probability of the predicted class. */
  readonly confidence: number;
}

/** Options of {@link topLosses}. */
export interface TopLossesOptions extends Omit<ProbabilityOptions, "weights"> {
  /** How many samples. */
  readonly limit?: number;
}

/** The samples of highest log loss (10 by default), worst first, then by index. Throws as {@link logLoss}. */
export const topLosses = (
  yTrue: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: TopLossesOptions,
): TopLoss[] => {
  checkInput(yTrue, probabilities, options);
  const { classes, limit = 10 } = options;
  const epsilon = epsilonOf(probabilities);
  const predicted = predictedClasses(probabilities, classes);
  const losses = Float64Array.from(yTrue, (label, i) => -Math.log(clip(probabilities[i * classes + label]!, epsilon)));
  const order = Array.from(losses.keys()).sort((a, b) => losses[b]! - losses[a]! || a - b);
  return order.slice(0, limit).map((index) => ({
    index,
    label: yTrue[index]!,
    predicted: predicted[index]!,
    loss: losses[index]!,
    probability: probabilities[index * classes + yTrue[index]!]!,
    confidence: probabilities[index * classes + predicted[index]!]!,
  }));
};

const checkInput = (
  yTrue: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { classes, weights, sumTolerance = 1e-3 }: ProbabilityOptions,
): number => {
  checkClasses(classes, 2);
  checkLabels("yTrue", yTrue, classes);
  checkProbabilities(probabilities, yTrue.length, classes, sumTolerance);
  const total = checkWeights(weights, yTrue.length);
  checkNotEmpty(total);
  return total;
};

const summedLogLoss = (
  yTrue: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { classes, weights }: ProbabilityOptions,
): number => {
  const epsilon = epsilonOf(probabilities);
  let sum = 0;
  for (let i = 0; i < yTrue.length; i++)
    sum -= Math.log(clip(probabilities[i * classes + yTrue[i]!]!, epsilon)) * (weights?.[i] ?? 1);
  return sum;
};

const epsilonOf = (probabilities: ArrayLike<number>): number =>
  probabilities instanceof Float32Array ? 2 ** -23 : Number.EPSILON;

const clip = (probability: number, epsilon: number): number => Math.min(Math.max(probability, epsilon), 1 - epsilon);
