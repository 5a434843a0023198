/** The types that flow between the packages. They are inlined into every published declaration file. */

export type { Batch, BatchSource, EncodedBatch } from "./batch.ts";
export type {
  BatchEndEvent,
  Callback,
  CallbackResult,
  CallbackState,
  EpochEvent,
  EpochLogs,
  EpochStartEvent,
  TrainingRun,
} from "./callback.ts";
export type { Classifier, NamedWeight, PreprocessingContract } from "./classifier.ts";
export type { ClassInfo, Dataset, DatasetEntry, DatasetProblem } from "./dataset.ts";
export type { FrozenEngine, FrozenPart, FrozenSpec } from "./frozen.ts";
export type { LinearProbeScore, PixelTreatment, ProbeHost } from "./probe.ts";
export type { Store } from "./store.ts";
