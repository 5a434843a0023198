export {
  type BootstrapInterval,
  type BootstrapOptions,
  bootstrapInterval,
  type ConfusionStatistic,
} from "./bootstrap.ts";
export {
  type CalibrationCurve,
  type CalibrationCurveOptions,
  type CalibrationErrorOptions,
  calibrationCurve,
  expectedCalibrationError,
} from "./calibration.ts";
export { labelEntropy, majorityShare } from "./classification/baseline.ts";
export {
  type Confusion,
  type ConfusionMatrix,
  type ConfusionNormalization,
  type ConfusionOptions,
  confusionMatrix,
  emptyConfusion,
  type MostConfusedOptions,
  mergeConfusion,
  mostConfused,
  normalizeConfusion,
} from "./classification/confusion.ts";
export {
  type Average,
  type AveragedScores,
  type ClassScores,
  type F1Options,
  f1Score,
  type PrecisionRecallBase,
  type PrecisionRecallOptions,
  precisionRecallFscore,
} from "./classification/precision-recall.ts";
export {
  type BrierOptions,
  brierScore,
  d2LogLossScore,
  logLoss,
  type ProbabilityOptions,
  predictedClasses,
  type TopKOptions,
  type TopLoss,
  type TopLossesOptions,
  topKAccuracy,
  topLosses,
} from "./classification/probabilities.ts";
export {
  type ClassificationReport,
  type ClassificationReportOptions,
  type ClassificationReportRow,
  classificationReport,
  type FormatReportOptions,
  formatReport,
} from "./classification/report.ts";
export type { ScoreArguments } from "./classification/score-input.ts";
export {
  accuracyScore,
  type BalancedAccuracyOptions,
  balancedAccuracyScore,
  type CohenKappaOptions,
  cohenKappaScore,
  matthewsCorrcoef,
  type NoOptions,
} from "./classification/scores.ts";
export { type McNemarResult, mcnemarTest, pairedBootstrap } from "./compare.ts";
export { isMetricsError, MetricsError, type MetricsErrorCode, type MetricsErrorOptions } from "./errors.ts";
export { holmAdjusted } from "./holm.ts";
export { type Interval, type WilsonOptions, wilsonInterval } from "./interval.ts";
export { type PrecisionRecallCurve, precisionRecallCurve } from "./ranking/precision-recall-curve.ts";
export {
  averagePrecisionPerClass,
  averagePrecisionScore,
  type RankingAverage,
  type RankingOptions,
  type RocAucOptions,
  rocAucPerClass,
  rocAucScore,
} from "./ranking/ranking-scores.ts";
export { areaUnderCurve, type RocCurve, rocCurve } from "./ranking/roc.ts";
export type { CurveOptions } from "./ranking/thresholds.ts";
export {
  type ClassificationSummary,
  type ClassSummary,
  type ConfusedPair,
  type EvaluateClassificationInput,
  evaluateClassification,
  type SummaryInterval,
} from "./summary.ts";
export {
  applyTemperature,
  type FitTemperatureOptions,
  fitTemperature,
  logitsOfProbabilities,
  type TemperatureFit,
} from "./temperature.ts";
export {
  type Verdict,
  type VerdictBaseline,
  type VerdictComparison,
  type VerdictInput,
  type VerdictLevel,
  type VerdictScore,
  verdict,
} from "./verdict.ts";
