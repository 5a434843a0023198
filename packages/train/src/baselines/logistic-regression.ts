import { TrainError } from "../errors.ts";
import type { FeatureSet } from "../features/feature-set.ts";
import { minimize } from "./lbfgs.ts";

/** Options of {@link logisticRegression}. */
export interface LogisticRegressionOptions {
  /** Inverse strength of the L2 penalty, scikit-learn's `C`; default 1. */
  readonly c?: number;
  /** Start from what another strength found on the same images, which is quicker; the result is the same. */
  readonly start?: LinearClassifier | undefined;
  /** Default 200. */
  readonly maxIterations?: number;
  /** Largest entry of the gradient of the mean loss at which it is done; default 1e-5. */
  readonly tolerance?: number;
}

/** A linear classifier that was fitted. */
export interface LinearClassifier {
  /** `[classes, width]` on standardized features, then `[classes]` intercepts. */
  readonly weights: Float64Array;
  /** `[n, classes]` probabilities, row-major. */
  predict(set: FeatureSet): Float32Array;
}

/**
 * Multinomial logistic regression on standardized features: scikit-learn's objective, C * sum of losses + |W|² / 2 with the
 * intercepts free, in float64. A baseline, and the probe that says what is linearly readable in features.
 *
 * @throws {TrainError} `LABELS_MISSING`
 */
export function logisticRegression(train: FeatureSet, options: LogisticRegressionOptions = {}): LinearClassifier {
  const { c = 1, start, maxIterations = 200, tolerance = 1e-5 } = options;
  const { labels, width } = train;
  if (!labels) throw new TrainError("LABELS_MISSING", "logistic regression needs the label of every image");
  const classes = train.classes.length;
  const n = labels.length;
  const { mean, deviation } = columnStatistics(train);
  const x = standardize(train, mean, deviation);
  const weights = start?.weights.slice() ?? new Float64Array((width + 1) * classes);
  const errors = new Float64Array(n * classes);

  minimize(
    (w, gradient) => {
      const penalty = 1 / (c * n);
      let value = 0;
      scores(x, w, width, classes, errors);
      for (let i = 0; i < n; i++) {
        const row = errors.subarray(i * classes, (i + 1) * classes);
        value += (logSumExp(row) - row[labels[i]!]!) / n;
        softmaxInPlace(row);
        row[labels[i]!]! -= 1;
      }
      gradient.fill(0);
      addOuterProducts(x, errors, width, classes, gradient);
      const free = width * classes;
      for (let j = 0; j < gradient.length; j++) {
        gradient[j]! /= n;
        if (j >= free) continue;
        gradient[j]! += penalty * w[j]!;
        value += 0.5 * penalty * w[j]! ** 2;
      }
      return value;
    },
    weights,
    { maxIterations, tolerance },
  );

  return {
    weights,
    predict(set) {
      const rows = set.ids.length;
      const out = new Float64Array(rows * classes);
      scores(standardize(set, mean, deviation), weights, width, classes, out);
      for (let i = 0; i < rows; i++) softmaxInPlace(out.subarray(i * classes, (i + 1) * classes));
      return Float32Array.from(out);
    },
  };
}

function columnStatistics({ features, width, ids }: FeatureSet): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (let k = 0; k < features.length; k++) mean[k % width]! += features[k]! / ids.length;
  for (let k = 0; k < features.length; k++)
    deviation[k % width]! += (features[k]! - mean[k % width]!) ** 2 / ids.length;
  // A constant column stays constant: it is centred to 0, and any scale will do.
  return { mean, deviation: deviation.map((variance) => Math.sqrt(variance) || 1) };
}

function standardize({ features, width }: FeatureSet, mean: Float64Array, deviation: Float64Array): Float32Array {
  return features.map((value, k) => (value - mean[k % width]!) / deviation[k % width]!);
}

/** `out` [n, classes] = x W + b; the weights are [classes, width], then the intercepts: one run of memory for each sum. */
function scores(x: Float32Array, w: Float64Array, width: number, classes: number, out: Float64Array): void {
  for (let i = 0, row = 0; row < x.length; i += classes, row += width) {
    for (let c = 0; c < classes; c++) {
      const from = c * width;
      let sum = w[classes * width + c]!;
      for (let j = 0; j < width; j++) sum += x[row + j]! * w[from + j]!;
      out[i + c] = sum;
    }
  }
}

/** gradient += [x, 1]ᵀ errors */
function addOuterProducts(
  x: Float32Array,
  errors: Float64Array,
  width: number,
  classes: number,
  gradient: Float64Array,
): void {
  for (let i = 0, row = 0; row < x.length; i += classes, row += width) {
    for (let c = 0; c < classes; c++) {
      const from = c * width;
      const error = errors[i + c]!;
      for (let j = 0; j < width; j++) gradient[from + j]! += x[row + j]! * error;
      gradient[classes * width + c]! += error;
    }
  }
}

function logSumExp(row: Float64Array): number {
  const top = row.reduce((a, b) => Math.max(a, b));
  return top + Math.log(row.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

function softmaxInPlace(row: Float64Array): void {
  const total = logSumExp(row);
  for (let c = 0; c < row.length; c++) row[c] = Math.exp(row[c]! - total);
}
