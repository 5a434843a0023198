import * as tf from "@tensorflow/tfjs";
import {
  type Activation,
  type BatchNormNode,
  type Conv2dNode,
  type DepthwiseConv2dNode,
  type DropoutNode,
  type Graph,
  type GraphNode,
  inputsOf,
  readerCounts,
} from "./graph.ts";

/** What a batch normalization by its moving statistics comes to, [c] each. */
export interface Affine {
  readonly scale: tf.Tensor1D;
  readonly shift: tf.Tensor1D;
}

/** What a graph needs in order to run. */
export interface RunGraphOptions {
  /** The tensor of a weight, by name; it is not disposed of. */
  readonly weight: (name: string) => tf.Tensor;
  /** A batch normalization of `x` [n, h, w, c] or [n, c], in whatever mode the caller wants. */
  readonly batchNorm: (x: tf.Tensor, node: BatchNormNode) => tf.Tensor;
  /**
   * Scale and shift that the convolution of this name takes on, in its kernel and its bias, where the normalization after it is
   * folded into it; `batchNorm` hands the input of such a one through.
   */
  readonly affine?: ((convolution: string) => Affine | undefined) | undefined;
  /** Drops values of `x` in a training step; absent in inference, where nothing is dropped. */
  readonly dropout?: ((x: tf.Tensor, node: DropoutNode) => tf.Tensor) | undefined;
  /**
   * Dispose of each intermediate tensor once its last reader ran; not under a gradient tape, which needs them. Without it the
   * caller runs this inside `tf.tidy`.
   */
  readonly release: boolean;
}

/** Runs `graph` on `input` [n, h, w, c], which stays the caller's; returns the output, [n, …]. */
export function runGraph(graph: Graph, input: tf.Tensor, options: RunGraphOptions): tf.Tensor {
  const remaining = new Map(readerCounts(graph));
  const tensors = new Map<string, tf.Tensor>([[graph.input, input]]);
  for (const node of graph.nodes) {
    const names = inputsOf(node);
    const inputs = names.map((name) => tensors.get(name)!);
    tensors.set(
      node.name,
      tf.tidy(() => runNode(node, inputs, options)),
    );
    if (!options.release) continue;
    for (const name of names) {
      const left = remaining.get(name)! - 1;
      remaining.set(name, left);
      if (left === 0 && name !== graph.input) tensors.get(name)!.dispose();
    }
  }
  return tensors.get(graph.output)!;
}

function runNode(node: GraphNode, inputs: readonly tf.Tensor[], options: RunGraphOptions): tf.Tensor {
  const x = inputs[0] as tf.Tensor4D;
  switch (node.op) {
    case "conv2d":
    case "depthwiseConv2d":
      return convolve(x, node, options);
    case "batchNorm":
      return options.batchNorm(x, node);
    case "activation":
      return activate(x, node.activation);
    case "dense":
      return x.matMul(options.weight(`${node.name}/kernel`)).add(options.weight(`${node.name}/bias`));
    case "dropout":
      return options.dropout?.(x, node) ?? x.clone();
    case "add":
      return x.add(inputs[1]!);
    case "concat":
      return tf.concat([...inputs], -1);
    case "zeroPad": {
      const [top, bottom, left, right] = node.margins;
      return x.pad([
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
    }
    case "maxPool":
      return tf.maxPool(x, node.poolSize, node.strides, node.padding);
    case "averagePool":
      return tf.avgPool(x, node.poolSize, node.strides, node.padding);
    case "globalAveragePool":
      return x.mean([1, 2]);
    case "globalMaxPool":
      return x.max([1, 2]);
    case "flatten":
      return x.reshape([x.shape[0], -1]);
  }
}

function convolve(x: tf.Tensor4D, node: Conv2dNode | DepthwiseConv2dNode, options: RunGraphOptions): tf.Tensor {
  const { strides, padding: pad, activation } = node;
  const affine = options.affine?.(node.name);
  let filter = options.weight(`${node.name}/kernel`) as tf.Tensor4D;
  let bias = node.bias ? (options.weight(`${node.name}/bias`) as tf.Tensor1D) : undefined;
  if (affine !== undefined) {
    const { scale, shift } = affine;
    // The channels that it gives are the last axis of a kernel, of a depthwise one the last but one.
    filter = filter.mul(node.op === "conv2d" ? scale : scale.reshape([-1, 1]));
    bias = bias?.mul<tf.Tensor1D>(scale).add<tf.Tensor1D>(shift);
  }
  const convolution = node.op === "conv2d" ? tf.fused.conv2d : tf.fused.depthwiseConv2d;
  const y = convolution({ x, filter, strides, pad, activation, ...(bias && { bias }) });
  // Inside the convolution the shift would be given a gradient that nobody asks for.
  return affine === undefined || bias !== undefined ? y : y.add(affine.shift);
}

function activate(x: tf.Tensor, activation: Activation): tf.Tensor {
  switch (activation) {
    case "linear":
      return x.clone();
    case "relu":
      return x.relu();
    case "relu6":
      return x.relu6();
    case "elu":
      return x.elu();
    case "tanh":
      return x.tanh();
    case "swish":
      return x.mul(x.sigmoid());
  }
}
