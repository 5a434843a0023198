/** The training loop over the part of a network above its cut, and what goes with it. */
export type {
  BatchEndEvent,
  Callback,
  CallbackResult,
  CallbackState,
  Classifier,
  EpochEvent,
  EpochLogs,
  EpochStartEvent,
  Store,
  TrainingRun,
} from "@cassava/contracts";
export { type LinearProbeOptions, linearProbe } from "./baselines/linear-probe.ts";
export {
  type LinearClassifier,
  type LogisticRegressionOptions,
  logisticRegression,
} from "./baselines/logistic-regression.ts";
export { rawPixels } from "./baselines/raw-pixels.ts";
export { type EarlyStoppingOptions, earlyStopping } from "./callbacks/early-stopping.ts";
export {
  learningRateScheduler,
  type ReduceLROnPlateauOptions,
  reduceLROnPlateau,
} from "./callbacks/learning-rate.ts";
export { csvLogger, jsonLogger, type WriteText } from "./callbacks/loggers.ts";
export { type ModelCheckpointOptions, modelCheckpoint } from "./callbacks/model-checkpoint.ts";
export { terminateOnNaN } from "./callbacks/terminate-on-nan.ts";
export { CHECKPOINT } from "./checkpoint/run-state.ts";
export { averagePredictions, crossValidate, type Fold } from "./cross-validate.ts";
export { isTrainError, TrainError, type TrainErrorCode } from "./errors.ts";
export type {
  BatchEvent,
  CheckpointEvent,
  EpochEndEvent,
  History,
  ResumeEvent,
  StopEvent,
  TrainEvent,
} from "./events.ts";
export {
  type ExtractFeaturesOptions,
  type ExtractProgress,
  extractFeatures,
} from "./features/extract-features.ts";
export {
  asFloat32,
  type FeaturePrecision,
  type FeatureSet,
  type FeatureValues,
  type ValuesOf,
} from "./features/feature-set.ts";
export {
  type FeatureBatch,
  type FeatureBatchesOptions,
  type FeatureSource,
  featureBatches,
  imageFeatures,
} from "./features/feature-source.ts";
export { firstBatches } from "./features/first-batches.ts";
export { type MixUpOptions, mixUpFeatures } from "./features/mix-up.ts";
export { type ViewBatchesOptions, viewBatches } from "./features/views.ts";
export {
  type FineTuneEvent,
  type FineTuneOptions,
  type FineTuneRun,
  type FineTuneStage,
  fineTune,
  fineTuneStages,
  type StagedClassifier,
} from "./fine-tune.ts";
export { type CheckpointOptions, type FitOptions, type FitResult, fit, type Run } from "./fit.ts";
export {
  balancedClassWeights,
  type CrossentropyOptions,
  crossentropy,
  type FocalCrossentropyOptions,
  focalCrossentropy,
} from "./losses/crossentropy.ts";
export type { Loss, Targets } from "./losses/loss.ts";
export {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRatePoint,
  type LearningRateSearch,
} from "./lr-finder.ts";
export { type DiagnoseTrainingOptions, diagnoseTraining } from "./observe/diagnose-training.ts";
export { observeTraining, type TrainingObserver } from "./observe/observe-training.ts";
export { type AdamOptions, type AdamWOptions, adam, adamW } from "./optimizers/adam.ts";
export type { Optimizer, OptimizerUpdate, Slots, UpdateContext } from "./optimizers/optimizer.ts";
export { type RmspropOptions, rmsprop } from "./optimizers/rmsprop.ts";
export { type SgdOptions, sgd } from "./optimizers/sgd.ts";
export type { ClipOptions, WeightGroup, WeightUpdateOptions } from "./optimizers/weight-updates.ts";
export { type Predictions, predict } from "./predict.ts";
export {
  type CosineScheduleOptions,
  cosineSchedule,
  type OneCycleScheduleOptions,
  oneCycleSchedule,
} from "./schedules/cosine.ts";
export {
  constantSchedule,
  type ExponentialScheduleOptions,
  exponentialSchedule,
  type PolynomialScheduleOptions,
  polynomialSchedule,
  type Schedule,
  type StepScheduleOptions,
  stepSchedule,
} from "./schedules/schedule.ts";
