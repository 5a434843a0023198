import type { CassavaClassifier } from "./classifier.ts";
import { multiplyAdds } from "./graph/shapes.ts";
import { elementCount } from "./weights/weights.ts";

/** Sizes of a classifier. */
export interface ClassifierSummary {
  readonly backbone: string;
  readonly inputSize: number;
  /** Width of the pooled features. */
  readonly features: number;
  readonly parameters: number;
  readonly trainableParameters: number;
  /** Multiply-adds of the backbone's convolutions for one image. */
  readonly multiplyAdds: number;
}

/** Counts the parameters and multiply-adds of a classifier. */
export function summary(model: CassavaClassifier): ClassifierSummary {
  const { backbone } = model;
  const above = new Map(model.weights.map((weight) => [weight.name, weight]));
  const below = [...backbone.weights].filter(([name]) => !above.has(name));
  const count = (shapes: readonly (readonly number[])[]) => shapes.reduce((sum, shape) => sum + elementCount(shape), 0);
  return {
    backbone: backbone.spec.name,
    inputSize: backbone.inputSize,
    features: backbone.spec.features,
    parameters: count([...below.map(([, { shape }]) => shape), ...model.weights.map(({ variable }) => variable.shape)]),
    trainableParameters: count(model.weights.filter((w) => w.trainable).map(({ variable }) => variable.shape)),
    multiplyAdds: multiplyAdds(backbone.graph, [backbone.inputSize, backbone.inputSize, 3]),
  };
}
