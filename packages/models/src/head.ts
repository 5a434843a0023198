import { ModelsError } from "./errors.ts";
import type { Activation, Graph, GraphNode } from "./graph/graph.ts";

/** Dense layers over the features of a backbone; the last one gives logits. */
export interface HeadSpec {
  /** Widths of the hidden layers; none makes the head linear. */
  readonly units: readonly number[];
  /** Share of a hidden layer's outputs dropped in training, [0, 1), after each hidden layer. */
  readonly dropout: number;
  /** Whether each hidden layer is normalized before its activation, by the statistics of the batch in training. */
  readonly batchNorm: boolean;
  /** Of the hidden layers. */
  readonly activation: Exclude<Activation, "relu6">;
}

/** The stage that a head's layers belong to. */
export const HEAD_STAGE = "head";

/** The layer that gives the logits, [n, classes]. */
export const LOGITS = "head_logits";

const ACTIVATIONS: readonly HeadSpec["activation"][] = ["relu", "elu", "tanh", "swish", "linear"];
/** Keras's defaults for `BatchNormalization`. */
const BATCH_NORM = { epsilon: 1e-3, momentum: 0.99 };

/**
 * A head of dense layers, each with an activation and dropout, then logits. Without `units` it is linear.
 *
 * @param options `units`: default [256]; `dropout`: default 0.3; `batchNorm`: default false; `activation`: default `relu`.
 * @throws {ModelsError} `OPTION_INVALID`
 */
export function denseHead(options: Partial<HeadSpec> = {}): HeadSpec {
  const { units = [256], dropout = 0.3, batchNorm = false, activation = "relu" } = options;
  const bad = units.find((width) => !Number.isInteger(width) || width < 1);
  if (bad !== undefined) throw new ModelsError("OPTION_INVALID", `head units must be whole numbers from 1; got ${bad}`);
  if (!(dropout >= 0 && dropout < 1)) {
    throw new ModelsError("OPTION_INVALID", `dropout must be in [0, 1); got ${dropout}`);
  }
  if (!ACTIVATIONS.includes(activation)) {
    throw new ModelsError("OPTION_INVALID", `there is no activation "${activation}": take ${ACTIVATIONS.join(", ")}`);
  }
  return { units: [...units], dropout, batchNorm, activation };
}

/** The backbone's graph with a head on top; `features` is the shape of the backbone's output, [c] or [h, w, c]. */
export function withHead(backbone: Graph, head: HeadSpec, features: readonly number[], classes: number): Graph {
  const nodes: GraphNode[] = [];
  const stage = HEAD_STAGE;
  let input = backbone.output;
  const push = (node: GraphNode) => {
    nodes.push(node);
    input = node.name;
  };
  if (features.length > 1) push({ op: "flatten", name: "head_flatten", stage, input });
  for (const [index, units] of head.units.entries()) {
    const layer = index + 1;
    push({ op: "dense", name: `head_dense_${layer}`, stage, input, units });
    if (head.batchNorm) push({ op: "batchNorm", name: `head_bn_${layer}`, stage, input, ...BATCH_NORM });
    if (head.activation !== "linear") {
      push({ op: "activation", name: `head_activation_${layer}`, stage, input, activation: head.activation });
    }
    if (head.dropout > 0) push({ op: "dropout", name: `dropout_${layer}`, stage, input, rate: head.dropout });
  }
  push({ op: "dense", name: LOGITS, stage, input, units: classes });
  return { input: backbone.input, output: LOGITS, nodes: [...backbone.nodes, ...nodes] };
}

/**
 * The bias of the logits under which the softmax of no evidence is the share of each class: log(share). A class without images
 * counts as one image.
 */
export function priorBias(classCounts: readonly number[]): Float32Array {
  const counts = classCounts.map((count) => Math.max(count, 1));
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float32Array.from(counts, (count) => Math.log(count / total));
}
