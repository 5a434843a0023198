import { checkClasses, checkCount, checkLabels, checkNotEmpty, checkProbabilities } from "./validate.ts";

/** Options of {@link calibrationCurve}. */
export interface CalibrationCurveOptions {
  /** Number of bins, at least 1. */
  readonly bins?: number;
  /** Bins of equal width, or of about equal numbers of samples. */
  readonly strategy?: "uniform" | "quantile";
}

/** Predicted against observed shares, one entry for each bin that is not empty. */
export interface CalibrationCurve {
  /** Share of positives in the bin. */
  readonly probTrue: Float64Array;
  /** Mean predicted probability in the bin. */
  readonly probPred: Float64Array;
  /** Number of samples in the bin. */
  readonly counts: Float64Array;
}

/**
 * Calibration curve of a binary classifier (scikit-learn `calibration_curve`). `yTrue` is 0 or 1, `probabilities` the `[n]`
 * probabilities of 1. A probability on an edge belongs to the bin below; empty bins are left out.
 * Throws EMPTY, LENGTH_MISMATCH, LABEL_OUT_OF_RANGE, PROBABILITY_INVALID, OPTION_INVALID.
 */
export const calibrationCurve = (
  yTrue: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { bins = 5, strategy = "uniform" }: CalibrationCurveOptions = {},
): CalibrationCurve => {
  checkCount("bins", bins, 1);
  checkLabels("yTrue", yTrue, 2);
  checkProbabilities(probabilities, yTrue.length, 1, Infinity);
  checkNotEmpty(yTrue.length);
  const edges = strategy === "quantile" ? quantileEdges(probabilities, bins) : uniformEdges(bins);
  const table = binTable(bins);
  for (let i = 0; i < yTrue.length; i++) {
    const p = probabilities[i]!;
    table.add(
      countBelow(edges, (edge) => edge < p),
      p,
      yTrue[i]!,
    );
  }
  return table.summary();
};

/** Options of {@link expectedCalibrationError}. */
export interface CalibrationErrorOptions {
  /** Number of classes, at least 2. */
  readonly classes: number;
  /** Number of bins of equal width, at least 1. */
  readonly bins?: number;
  /**
   * The bin of a confidence on an edge: the one below (Guo et al.), or the one above (torchmetrics; there a confidence of
   * exactly 1 has a bin of its own).
   */
  readonly edges?: "right-inclusive" | "left-inclusive";
  /** Mean over the samples, or the worst bin. */
  readonly norm?: "mean" | "max";
}

/**
 * Expected calibration error of the most probable class: the gap between confidence and accuracy, averaged over bins of
 * confidence by their share of the samples; in [0, 1]. `probabilities` is row-major `[n, classes]`.
 * Source: Guo et al., On Calibration of Modern Neural Networks, 2017. Throws as `logLoss`.
 */
export const expectedCalibrationError = (
  yTrue: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { classes, bins = 15, edges: side = "right-inclusive", norm = "mean" }: CalibrationErrorOptions,
): number => {
  checkClasses(classes, 2);
  checkCount("bins", bins, 1);
  checkLabels("yTrue", yTrue, classes);
  checkProbabilities(probabilities, yTrue.length, classes, Infinity);
  checkNotEmpty(yTrue.length);
  const inner = uniformEdges(bins);
  const table = binTable(bins + 1);
  for (let i = 0; i < yTrue.length; i++) {
    let best = 0;
    for (let c = 1; c < classes; c++)
      if (probabilities[i * classes + c]! > probabilities[i * classes + best]!) best = c;
    const confidence = probabilities[i * classes + best]!;
    const bin =
      side === "right-inclusive"
        ? countBelow(inner, (edge) => edge < confidence)
        : confidence === 1
          ? bins
          : countBelow(inner, (edge) => edge <= confidence);
    table.add(bin, confidence, best === yTrue[i] ? 1 : 0);
  }
  const { probTrue, probPred, counts } = table.summary();
  const gaps = probTrue.map((share, bin) => Math.abs(share - probPred[bin]!));
  return norm === "max"
    ? Math.max(...gaps)
    : gaps.reduce((sum, gap, bin) => sum + gap * (counts[bin]! / yTrue.length), 0);
};

/** Samples by bin; `summary` leaves empty bins out. */
const binTable = (bins: number) => {
  const counts = new Float64Array(bins);
  const confidences = new Float64Array(bins);
  const hits = new Float64Array(bins);
  return {
    add: (bin: number, confidence: number, hit: number): void => {
      counts[bin] = counts[bin]! + 1;
      confidences[bin] = confidences[bin]! + confidence;
      hits[bin] = hits[bin]! + hit;
    },
    summary: (): CalibrationCurve => {
      const means = (sums: Float64Array) =>
        sums.map((sum, bin) => sum / counts[bin]!).filter((_, bin) => counts[bin]! > 0);
      return { probTrue: means(hits), probPred: means(confidences), counts: counts.filter((n) => n > 0) };
    },
  };
};

/** Inner edges, as numpy's `linspace(0, 1, bins + 1)[1:-1]` rounds them. */
const uniformEdges = (bins: number): Float64Array =>
  Float64Array.from({ length: bins - 1 }, (_, i) => (i + 1) * (1 / bins));

/** Inner quantiles, as numpy's `percentile` interpolates and rounds them. */
const quantileEdges = (probabilities: ArrayLike<number>, bins: number): Float64Array => {
  const sorted = Float64Array.from(probabilities).sort();
  return uniformEdges(bins).map((share) => {
    const position = ((share * 100) / 100) * (sorted.length - 1);
    const below = Math.floor(position);
    const from = sorted[below]!;
    const to = sorted[Math.min(below + 1, sorted.length - 1)]!;
    const t = position - below;
    return t >= 0.5 ? to - (to - from) * (1 - t) : from + (to - from) * t;
  });
};

/** Number of leading edges for which `isBelow` holds. */
const countBelow = (edges: Float64Array, isBelow: (edge: number) => boolean): number => {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(edges[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
};
