import type { CassavaClassifier } from "./classifier.ts";
import type { GraphNode } from "./graph/graph.ts";
import { nodeMultiplyAdds, tensorShapes, weightSpecs } from "./graph/shapes.ts";
import { elementCount } from "./weights/weights.ts";

/** One layer of a classifier, in the order in which it runs. */
export interface LayerSummary {
  readonly name: string;
  readonly op: GraphNode["op"];
  /** The unit of freezing that it belongs to; `head` for the layers above the backbone. */
  readonly stage: string;
  /** Of one image's output: [h, w, c] or [c]. */
  readonly shape: readonly number[];
  readonly parameters: number;
  /** Those that training changes by a gradient. */
  readonly trainableParameters: number;
  /** For one image; of convolutions and dense layers. */
  readonly multiplyAdds: number;
}

/** Sizes of a classifier. */
export interface ClassifierSummary {
  readonly backbone: string;
  readonly inputSize: number;
  /** Numbers of one image's features, where the head begins. */
  readonly features: number;
  readonly parameters: number;
  readonly trainableParameters: number;
  /** Multiply-adds of the convolutions and dense layers for one image. */
  readonly multiplyAdds: number;
  readonly layers: readonly LayerSummary[];
}

/** Layers, shapes, parameters and multiply-adds of a classifier, by where its cut is now. */
export function summary(model: CassavaClassifier): ClassifierSummary {
  const { backbone, graph } = model;
  const input = [backbone.inputSize, backbone.inputSize, 3];
  const shapes = tensorShapes(graph, input);
  const trained = new Set(model.weights.filter((weight) => weight.trainable).map(({ name }) => name));
  const sizes = new Map<string, { all: number; trained: number }>();
  for (const { name, node, shape } of weightSpecs(graph, input)) {
    const size = sizes.get(node) ?? { all: 0, trained: 0 };
    size.all += elementCount(shape);
    if (trained.has(name)) size.trained += elementCount(shape);
    sizes.set(node, size);
  }
  const layers = graph.nodes.map((node): LayerSummary => {
    const { name, op, stage } = node;
    const { all, trained } = sizes.get(name) ?? { all: 0, trained: 0 };
    const work = nodeMultiplyAdds(node, shapes);
    return {
      name,
      op,
      stage,
      shape: shapes.get(name)!,
      parameters: all,
      trainableParameters: trained,
      multiplyAdds: work,
    };
  });
  const sum = (of: (layer: LayerSummary) => number) => layers.reduce((total, layer) => total + of(layer), 0);
  return {
    backbone: backbone.spec.name,
    inputSize: backbone.inputSize,
    features: elementCount(shapes.get(backbone.graph.output)!),
    parameters: sum((layer) => layer.parameters),
    trainableParameters: sum((layer) => layer.trainableParameters),
    multiplyAdds: sum((layer) => layer.multiplyAdds),
    layers,
  };
}
