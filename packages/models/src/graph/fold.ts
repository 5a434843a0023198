import type { WeightArray, Weights } from "../weights/weights.ts";
import type {
  Activation,
  BatchNormNode,
  Conv2dNode,
  DepthwiseConv2dNode,
  FusedActivation,
  Graph,
  GraphNode,
} from "./graph.ts";
import { readerCounts } from "./graph.ts";

/** A graph with its weights. */
export interface WeightedGraph {
  readonly graph: Graph;
  readonly weights: Weights;
}

/**
 * The same function with fewer steps, for inference: each batch normalization (with its moving statistics) is folded into the
 * convolution before it, then each activation into the convolution before it, wherever nothing else reads the tensor between
 * them. kernel' = kernel * gamma / sqrt(variance + epsilon), bias' = (bias - mean) * gamma / sqrt(variance + epsilon) + beta.
 */
export function foldForInference({ graph, weights }: WeightedGraph): WeightedGraph {
  const readers = readerCounts(graph);
  const folded = new Map(weights);
  const nodes: GraphNode[] = [];
  /** Position in `nodes` of the convolution that now computes the tensor of this name. */
  const producers = new Map<string, number>();
  /** Tensors that have another name since their node was folded away. */
  const renamed = new Map<string, string>();
  const current = (name: string) => renamed.get(name) ?? name;

  for (const original of graph.nodes) {
    const node = withInputs(original, current);
    if (node.op === "batchNorm" || node.op === "activation") {
      const at = producers.get(node.input);
      const before = (original as { input: string }).input;
      const convolution = at === undefined ? undefined : (nodes[at] as Conv2dNode | DepthwiseConv2dNode);
      const fused = node.op === "batchNorm" || isFused(node.activation) ? node : undefined;
      if (convolution?.activation === "linear" && readers.get(before) === 1 && fused !== undefined) {
        if (fused.op === "batchNorm") {
          foldBatchNorm(convolution, fused, folded);
          nodes[at!] = { ...convolution, bias: true };
        } else {
          nodes[at!] = { ...convolution, activation: fused.activation as FusedActivation };
        }
        renamed.set(node.name, node.input);
        continue;
      }
    }
    if (node.op === "dropout") {
      renamed.set(node.name, node.input);
      continue;
    }
    if (node.op === "conv2d" || node.op === "depthwiseConv2d") producers.set(node.name, nodes.length);
    nodes.push(node);
  }
  return { graph: { input: graph.input, output: current(graph.output), nodes }, weights: folded };
}

function withInputs(node: GraphNode, current: (name: string) => string): GraphNode {
  if (node.op === "add") return { ...node, inputs: [current(node.inputs[0]), current(node.inputs[1])] };
  return node.op === "concat" ? { ...node, inputs: node.inputs.map(current) } : { ...node, input: current(node.input) };
}

function isFused(activation: Activation): activation is FusedActivation {
  return activation === "linear" || activation === "relu" || activation === "relu6";
}

function foldBatchNorm(
  convolution: Conv2dNode | DepthwiseConv2dNode,
  norm: BatchNormNode,
  weights: Map<string, WeightArray>,
): void {
  const [scale, shift] = affineOf(norm, weights);
  const kernelName = `${convolution.name}/kernel`;
  const biasName = `${convolution.name}/bias`;
  const channels = scale.length;
  const kernel = weights.get(kernelName)!;
  // The output channel is the last dimension of both kinds of kernel: [k, k, in, out] and [k, k, channels, 1].
  weights.set(kernelName, { shape: kernel.shape, data: kernel.data.map((value, i) => value * scale[i % channels]!) });
  const bias = convolution.bias ? weights.get(biasName)!.data : new Float32Array(channels);
  weights.set(biasName, { shape: [channels], data: bias.map((value, c) => value * scale[c]! + shift[c]!) });
  for (const role of ["gamma", "beta", "moving_mean", "moving_variance"]) weights.delete(`${norm.name}/${role}`);
}

/** Scale and shift that a batch normalization applies in inference, computed in double precision. */
export function affineOf(norm: BatchNormNode, weights: Weights): readonly [scale: Float64Array, shift: Float64Array] {
  const [gamma, beta, mean, variance] = ["gamma", "beta", "moving_mean", "moving_variance"].map(
    (role) => weights.get(`${norm.name}/${role}`)!.data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c]! + norm.epsilon));
  const shift = Float64Array.from(beta, (b, c) => b - mean[c]! * scale[c]!);
  return [scale, shift];
}
