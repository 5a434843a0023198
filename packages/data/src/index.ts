export type {
  Batch,
  BatchSource,
  ClassInfo,
  Dataset,
  DatasetEntry,
  DatasetProblem,
  EncodedBatch,
  Store,
} from "@cassava/contracts";
export { type Hash64, type PerceptualHash, perceptualDistance, perceptualHash } from "./audit/perceptual-hash.ts";
export { type AuditOptions, audit, duplicateGroups, lookAlikeGroups } from "./audit.ts";
export type {
  AuditNames,
  AuditReport,
  DuplicateGroup,
  NearDuplicateGroup,
  OutlierReport,
  UnreadableImage,
} from "./audit-report.ts";
export {
  type Augmentation,
  type AugmentationOptions,
  augmentation,
  parseAugmentation,
} from "./augment/augmentation.ts";
export type { ColourStep } from "./augment/colour.ts";
export { type AugmentPlanOptions, augmentPlan } from "./augment/draw-plan.ts";
export type { ErasedRectangle } from "./augment/erase.ts";
export type { AffineMatrix } from "./augment/matrix.ts";
export { type MixUp, type MixUpOptions, type MixUpPlace, mixUp, mixUpBatches } from "./augment/mix-up.ts";
export { type AugmentPlan, applyPlan } from "./augment/plan.ts";
export {
  type AugmentStep,
  type Bounds,
  type FlipMode,
  type RandomErasingOptions,
  randomBrightness,
  randomContrast,
  randomCrop,
  randomErasing,
  randomFlip,
  randomHue,
  randomRotation,
  randomSaturation,
  randomShear,
  randomTranslation,
  randomZoom,
} from "./augment/steps.ts";
export type { Fill, FillMode } from "./augment/warp.ts";
export type { SkippedImage } from "./batches/groups.ts";
export type { AugmentOptions } from "./batches/views.ts";
export { type MemoryDatasetOptions, type MemoryImage, memoryDataset } from "./dataset.ts";
export { DataError, type DataErrorCode, type DataErrorFields, isDataError } from "./errors.ts";
export { isImageName } from "./files/image-names.ts";
export { type UnreadFiles, unreadFiles } from "./files/unread-files.ts";
export type { ImageDecoder, ImageOrigin, RgbImage } from "./image/image.ts";
export { type ImageLoader, imageLoader, type LoadTarget } from "./image/image-loader.ts";
export { resizeBilinear } from "./image/resize.ts";
export { type ImageBatchesOptions, imageBatches } from "./image-batches.ts";
export { type LabelCsvOptions, type LabelRow, parseLabelCsv } from "./label-csv.ts";
export { parseLabelMap, serializeLabelMap } from "./labels.ts";
export { type Random, random, shuffled } from "./random.ts";
export {
  type BalancedSamplerOptions,
  balancedSampler,
  type Sampler,
  type WeightedSamplerOptions,
  weightedSampler,
} from "./samplers.ts";
export type { RecordFeatures } from "./shards/shard-dataset.ts";
export type { Association } from "./split/cramers-v.ts";
export { type GroupCsvOptions, type Groups, mergeGroups, parseGroupCsv } from "./split/groups.ts";
export { type KFoldOptions, kFold } from "./split/k-fold.ts";
export { type PartName, partNames } from "./split/parts.ts";
export { parseRatios, type SplitPreset, splitPresets } from "./split/ratios.ts";
export { type Split, type SplitOptions, split } from "./split/split.ts";
export { type SplitByShardOptions, splitByShard } from "./split/split-by-shard.ts";
export { checkSplit, type ParseSplitOptions, parseSplit, type SplitCheck, serializeSplit } from "./split/split-file.ts";
export { memoryStore } from "./store.ts";
export { type BufferedShuffleOptions, bufferedShuffle } from "./stream-shuffle.ts";
export {
  SYNTHETIC_CLASSES,
  type SyntheticLeaf,
  type SyntheticLeavesOptions,
  syntheticLeaf,
  syntheticLeaves,
} from "./synthetic/leaves.ts";
