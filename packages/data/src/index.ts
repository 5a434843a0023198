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
export { type AuditOptions, audit, duplicateGroups } from "./audit.ts";
export type { AuditNames, AuditReport, DuplicateGroup, UnreadableImage } from "./audit-report.ts";
export { type MemoryDatasetOptions, type MemoryImage, memoryDataset } from "./dataset.ts";
export { DataError, type DataErrorCode, type DataErrorFields, isDataError } from "./errors.ts";
export type { ImageDecoder, ImageOrigin, RgbImage } from "./image/image.ts";
export { resizeBilinear } from "./image/resize.ts";
export { type ImageBatchesOptions, imageBatches } from "./image-batches.ts";
export { type LabelCsvOptions, type LabelRow, parseLabelCsv } from "./label-csv.ts";
export { parseLabelMap, serializeLabelMap } from "./labels.ts";
export { type Random, random, shuffled } from "./random.ts";
export { type PartName, partNames } from "./split/parts.ts";
export { parseRatios } from "./split/ratios.ts";
export { type Split, type SplitOptions, split } from "./split/split.ts";
export { checkSplit, type ParseSplitOptions, parseSplit, type SplitCheck, serializeSplit } from "./split/split-file.ts";
export { memoryStore } from "./store.ts";
export {
  SYNTHETIC_CLASSES,
  type SyntheticLeaf,
  type SyntheticLeavesOptions,
  syntheticLeaf,
  syntheticLeaves,
} from "./synthetic/leaves.ts";
