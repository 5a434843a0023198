import { ModelsError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { weightSpecs } from "../graph/shapes.ts";
import { initialWeights } from "../initializers.ts";
import { assignWeights } from "../weights/assign.ts";
import type { Weights } from "../weights/weights.ts";
import type { BackboneSpec } from "./backbone.ts";
import { backboneSpec } from "./registry.ts";

/** The name of the pooling node; it belongs to the last stage, since there is nothing in it to train. */
export const POOLING = "avg_pool";

/** How {@link loadBackbone} builds a backbone. */
export interface LoadBackboneOptions {
  /** Pretrained weights by name, as `readKerasWeights` gives them, or `"none"`: random ones, to train from scratch. */
  readonly weights: Weights | "none";
  /** Height and width of the images, in pixels; default: that of the architecture. */
  readonly inputSize?: number | undefined;
  /** For weights `"none"`. Default 42. */
  readonly seed?: number;
  /** Where the weights come from, for errors and for the saved model. */
  readonly file?: string;
}

/** A network without a head, up to its pooled features, with its weights; no tensor is allocated yet. */
export interface Backbone {
  readonly spec: BackboneSpec;
  /** From [inputSize, inputSize, 3] to [features]. */
  readonly graph: Graph;
  readonly inputSize: number;
  readonly weights: Weights;
  readonly pretrained: boolean;
  /** The file that the weights were read from. */
  readonly file?: string;
}

/**
 * The backbone of this name (`resnet50`, …) with pretrained or random weights.
 *
 * @throws {ModelsError} `BACKBONE_UNKNOWN`, `INPUT_SIZE`, `WEIGHTS_MISMATCH` (weights of another architecture).
 */
export function loadBackbone(name: string, options: LoadBackboneOptions): Backbone {
  const spec = backboneSpec(name);
  const { weights, seed = 42, file, inputSize = spec.defaultInputSize } = options;
  if (!Number.isInteger(inputSize) || inputSize < spec.minimumInputSize) {
    const message = `${spec.name} takes square images of a whole number of pixels, at least ${spec.minimumInputSize}; got ${inputSize}`;
    throw new ModelsError("INPUT_SIZE", message);
  }
  const graph = pooled(spec.build());
  const specs = weightSpecs(graph, [inputSize, inputSize, 3]);
  const assigned =
    weights === "none" ? initialWeights(specs, seed) : assignWeights(specs, weights, { backbone: spec.name, file });
  const origin = file === undefined ? {} : { file };
  return { spec, graph, inputSize, weights: assigned, pretrained: weights !== "none", ...origin };
}

function pooled(graph: Graph): Graph {
  const pool = {
    op: "globalAveragePool",
    name: POOLING,
    stage: graph.nodes.at(-1)!.stage,
    input: graph.output,
  } as const;
  return { ...graph, output: POOLING, nodes: [...graph.nodes, pool] };
}
