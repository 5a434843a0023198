/** Backbones with pretrained weights, heads, and classifiers with one cut between what is frozen and what is trained. */
export type {
  Batch,
  ClassInfo,
  Classifier,
  FrozenEngine,
  FrozenPart,
  FrozenSpec,
  NamedWeight,
  PreprocessingContract,
  Store,
} from "@cassava/contracts";
export type { BackboneSpec, WeightFile } from "./backbones/backbone.ts";
export { type Backbone, type LoadBackboneOptions, loadBackbone, type Pooling } from "./backbones/load-backbone.ts";
export { backboneSpec, backbones } from "./backbones/registry.ts";
export { checkContract } from "./check-contract.ts";
export { type CassavaClassifier, type ClassifierOptions, createClassifier } from "./classifier.ts";
export { isModelsError, ModelsError, type ModelsErrorCode, type ModelsErrorOptions } from "./errors.ts";
export {
  type ExportLayersModelOptions,
  exportLayersModel,
  type FileHashes,
  type WeightsGroup,
} from "./export/layers-model.ts";
export type { Json } from "./export/layers-topology.ts";
export type { LayersWeight } from "./export/layers-weights.ts";
export { type ExportOnnxOptions, exportOnnx } from "./export/onnx-classifier.ts";
export { type FrozenSource, type FrozenThreads, frozenPartOf } from "./frozen-part.ts";
export type { Graph, GraphNode } from "./graph/graph.ts";
export { stagesOf } from "./graph/graph.ts";
export { denseHead, type HeadSpec } from "./head.ts";
export { type PreprocessingMode, preprocess, preprocessingSteps } from "./preprocessing.ts";
export {
  type ClassifierDescription,
  describeClassifier,
  type LoadClassifierOptions,
  loadClassifier,
  type SaveClassifierOptions,
  saveClassifier,
} from "./save-classifier.ts";
export { type ClassifierSummary, type LayerSummary, summary } from "./summary.ts";
export { untrainedWeights } from "./untrained-weights.ts";
export type { DownloadProgress } from "./weights/download.ts";
export { type KerasWeightsOptions, readKerasWeights } from "./weights/keras-h5.ts";
export type { WeightArray, Weights } from "./weights/weights.ts";
