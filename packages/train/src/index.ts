/** The training loop over the part of a network above its cut, and what goes with it. */
export type {
  Callback,
  CallbackResult,
  Classifier,
  EpochEvent,
  EpochLogs,
  Store,
  TrainingRun,
} from "@cassava/contracts";
export {
  type LinearClassifier,
  type LogisticRegressionOptions,
  logisticRegression,
} from "./baselines/logistic-regression.ts";
export { rawPixels } from "./baselines/raw-pixels.ts";
export { type EarlyStoppingOptions, earlyStopping } from "./callbacks/early-stopping.ts";
export { terminateOnNaN } from "./callbacks/terminate-on-nan.ts";
export { isTrainError, TrainError, type TrainErrorCode } from "./errors.ts";
export type { BatchEvent, EpochEndEvent, History, StopEvent, TrainEvent } from "./events.ts";
export {
  type ExtractFeaturesOptions,
  type ExtractProgress,
  extractFeatures,
  type FeatureSet,
} from "./features/extract-features.ts";
export {
  type FeatureBatch,
  type FeatureBatchesOptions,
  type FeatureSource,
  featureBatches,
  imageFeatures,
} from "./features/feature-source.ts";
export { type FitOptions, type FitResult, fit, type Run } from "./fit.ts";
export { balancedClassWeights, type CrossentropyOptions, crossentropy, type Loss } from "./losses.ts";
export { type AdamOptions, type AdamWOptions, adam, adamW } from "./optimizers/adam.ts";
export type { Optimizer, OptimizerUpdate, Slots, UpdateContext } from "./optimizers/optimizer.ts";
export { type SgdOptions, sgd } from "./optimizers/sgd.ts";
export { type Predictions, predict } from "./predict.ts";
export { type CosineScheduleOptions, constantSchedule, cosineSchedule, type Schedule } from "./schedules.ts";
