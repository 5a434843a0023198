/** Backbones with pretrained weights, heads, and classifiers with one cut between what is frozen and what is trained. */
export type {
  Batch,
  ClassInfo,
  Classifier,
  FrozenPart,
  NamedWeight,
  PreprocessingContract,
  Store,
} from "@cassava/contracts";
export type { BackboneSpec } from "./backbones/backbone.ts";
export { type Backbone, type LoadBackboneOptions, loadBackbone } from "./backbones/load-backbone.ts";
export { backboneSpec, backbones } from "./backbones/registry.ts";
export { type CassavaClassifier, type ClassifierOptions, createClassifier } from "./classifier.ts";
export { isModelsError, ModelsError, type ModelsErrorCode, type ModelsErrorOptions } from "./errors.ts";
export type { Graph, GraphNode } from "./graph/graph.ts";
export { stagesOf } from "./graph/graph.ts";
export { denseHead, type HeadSpec } from "./head.ts";
export { type PreprocessingMode, preprocess } from "./preprocessing.ts";
export { loadClassifier, saveClassifier } from "./save-classifier.ts";
export { type ClassifierSummary, summary } from "./summary.ts";
export { type KerasWeightsOptions, readKerasWeights } from "./weights/keras-h5.ts";
export type { WeightArray, Weights } from "./weights/weights.ts";
