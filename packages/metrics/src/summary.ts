import { type BootstrapInterval, type BootstrapOptions, bootstrapIntervals } from "./bootstrap.ts";
import { expectedCalibrationError } from "./calibration.ts";
import { labelEntropy, majorityShare } from "./classification/baseline.ts";
import { confusionMatrix, confusionSums, mostConfused } from "./classification/confusion.ts";
import { classScores, f1Score } from "./classification/precision-recall.ts";
import { d2LogLossScore, logLoss, predictedClasses } from "./classification/probabilities.ts";
import { balancedAccuracyScore, cohenKappaScore, matthewsCorrcoef } from "./classification/scores.ts";
import { type Interval, wilsonInterval } from "./interval.ts";
import { checkClasses, checkNotEmpty } from "./validate.ts";

/** Input of {@link evaluateClassification}. */
export interface EvaluateClassificationInput extends Omit<BootstrapOptions, "stratify"> {
  /** `[n]` true class indices. */
  readonly labels: ArrayLike<number>;
  /** `[n, classes]` probabilities, row-major. */
  readonly probabilities: ArrayLike<number>;
  /** Names of the classes, at least 2, in the order of their indices. */
  readonly classes: readonly string[];
}

/** An estimate with its interval; `null` is undefined (JSON has no NaN). */
export interface SummaryInterval {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** One class of a summary. */
export interface ClassSummary {
  readonly name: string;
  /** Number of true samples. */
  readonly support: number;
  /** In [0, 1]; 0 where the class was never predicted. */
  readonly precision: number;
  /** In [0, 1], with Wilson's interval; undefined without a true sample. */
  readonly recall: SummaryInterval;
  /** In [0, 1]; 0 where the class neither occurs nor was predicted. */
  readonly f1: number;
}

/** One kind of mistake, by class names. */
export interface ConfusedPair {
  readonly actual: string;
  readonly predicted: string;
  readonly count: number;
  /** Share of the true class, in (0, 1]. */
  readonly share: number;
}

/** A classifier on one split: plain JSON, the same before and after a round trip. */
export interface ClassificationSummary {
  readonly n: number;
  readonly classes: readonly string[];
  /** Confidence of all intervals, in (0, 1). */
  readonly confidence: number;
  /** With Wilson's interval. */
  readonly accuracy: SummaryInterval;
  /** With stratified bootstrap intervals, as the next three. */
  readonly balancedAccuracy: SummaryInterval;
  readonly macroF1: SummaryInterval;
  readonly mcc: SummaryInterval;
  readonly kappa: SummaryInterval;
  /** In nats. */
  readonly logLoss: number;
  /** 0 is a model that knows only the label shares; undefined for one sample. */
  readonly d2LogLoss: number | null;
  /** Of the most probable class; 15 bins, in [0, 1]. */
  readonly calibrationError: number;
  /** Accuracy of always answering the most frequent class. */
  readonly majorityShare: number;
  /** Log loss of always answering the label shares, in nats. */
  readonly labelEntropy: number;
  readonly perClass: readonly ClassSummary[];
  /** Rows are true classes. */
  readonly confusion: readonly (readonly number[])[];
  /** The ten most frequent mistakes. */
  readonly mostConfused: readonly ConfusedPair[];
}

/**
 * Everything that is said about a classifier on one split, from its probabilities. The predicted class is the most
 * probable one, the lowest index among equals. Throws EMPTY, LENGTH_MISMATCH, LABEL_OUT_OF_RANGE, PROBABILITY_INVALID, OPTION_INVALID.
 */
export const evaluateClassification = ({
  labels,
  probabilities,
  classes: names,
  confidence = 0.95,
  ...bootstrap
}: EvaluateClassificationInput): ClassificationSummary => {
  const classes = names.length;
  checkClasses(classes, 2);
  checkNotEmpty(labels.length);
  const loss = logLoss(labels, probabilities, { classes });
  const matrix = confusionMatrix(labels, predictedClasses(probabilities, classes), { classes });
  const sums = confusionSums(matrix);
  const each = classScores(sums);
  const correct = sums.hits.reduce((sum, hits) => sum + hits, 0);
  const intervals = bootstrapIntervals(
    matrix,
    { balancedAccuracy: balancedAccuracyScore, macroF1: f1Score, mcc: matthewsCorrcoef, kappa: cohenKappaScore },
    { ...bootstrap, confidence },
  );
  return {
    n: labels.length,
    classes: [...names],
    confidence,
    accuracy: toJson(wilsonInterval(correct, labels.length, { confidence })),
    balancedAccuracy: toJson(intervals.balancedAccuracy),
    macroF1: toJson(intervals.macroF1),
    mcc: toJson(intervals.mcc),
    kappa: toJson(intervals.kappa),
    logLoss: loss,
    d2LogLoss: orNull(d2LogLossScore(labels, probabilities, { classes })),
    calibrationError: expectedCalibrationError(labels, probabilities, { classes }),
    majorityShare: majorityShare(sums.trueSums),
    labelEntropy: labelEntropy(sums.trueSums),
    perClass: names.map((name, c) => ({
      name,
      support: sums.trueSums[c]!,
      precision: each.precision[c]!,
      recall: toJson(wilsonInterval(sums.hits[c]!, sums.trueSums[c]!, { confidence })),
      f1: each.fscore[c]!,
    })),
    confusion: names.map((_, t) => Array.from(matrix.counts.subarray(t * classes, (t + 1) * classes))),
    mostConfused: mostConfused(matrix).map(({ actual, predicted, count, share }) => ({
      actual: names[actual]!,
      predicted: names[predicted]!,
      count,
      share,
    })),
  };
};

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

const toJson = ({ estimate, low, high }: Interval | BootstrapInterval): SummaryInterval => ({
  estimate: orNull(estimate),
  low: orNull(low),
  high: orNull(high),
});
