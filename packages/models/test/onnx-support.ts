import * as tf from "@tensorflow/tfjs";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { encodeOnnx } from "../src/export/onnx.ts";
import type { WeightedGraph } from "../src/graph/fold.ts";
import type { Graph, GraphNode } from "../src/graph/graph.ts";
import { runGraph } from "../src/graph/run-graph.ts";
import { type TensorShape, weightSpecs } from "../src/graph/shapes.ts";
import type { PreprocessingContract, Weights } from "../src/index.ts";
import { inferenceBatchNorm } from "../src/normalize.ts";
import { preprocess } from "../src/preprocessing.ts";
import { elementCount } from "../src/weights/weights.ts";
import { noise, noiseBatch, relativeDifference } from "./support.ts";

/** A tensor outside of any engine. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Repeatable numbers in [-1, 1). */
export function values(shape: readonly number[], seed = 1): Values {
  const next = noise(seed);
  return { shape, data: Float32Array.from({ length: elementCount(shape) }, next) };
}

/** What onnxruntime makes of a file. */
export async function runOnnx(file: Uint8Array, input: Values): Promise<Values & { readonly name: string }> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  try {
    const output = await session.run({ images: new Tensor("float32", input.data, input.shape) });
    const [name] = session.outputNames as [string];
    return { name, shape: output[name]!.dims, data: Float32Array.from(output[name]!.data as Float32Array) };
  } finally {
    await session.release();
  }
}

/** What the unfolded graph makes of the same in tfjs. */
export async function runTfjs({ graph, weights }: WeightedGraph, input: Values): Promise<Values> {
  const result = tf.tidy(() => {
    const weight = (name: string) => {
      const { shape, data } = weights.get(name)!;
      return tf.tensor(data, [...shape], "float32");
    };
    return runGraph(graph, tf.tensor(input.data, [...input.shape]), {
      weight,
      batchNorm: (x, node) => inferenceBatchNorm(x, node, weight),
      release: false,
    });
  });
  const data = (await result.data()) as Float32Array;
  result.dispose();
  return { shape: result.shape, data };
}

/** Weights that no two of are alike: an exchanged or forgotten one shows. */
export function randomWeights(graph: Graph, input: TensorShape): Weights {
  return new Map(
    weightSpecs(graph, input).map(({ name, shape, role }, index) => {
      const around = role === "gamma" || role === "moving_variance" ? 1 : 0;
      const gain = role === "kernel" ? Math.sqrt(3 / (elementCount(shape) / shape.at(-1)!)) : 0.5;
      return [name, { shape, data: values(shape, 100 + index).data.map((value) => around + gain * value) }];
    }),
  );
}

/** A chain of nodes; each reads the one before it where it names no input. */
export function chain(...nodes: readonly NodeInit[]): Graph {
  let last = "input";
  const built = nodes.map((node, index) => {
    const name = node.name ?? `${node.op}_${index}`;
    const input = "inputs" in node ? {} : { input: node.input ?? last };
    last = name;
    return { stage: "all", ...input, ...node, name } as GraphNode;
  });
  return { input: "input", output: last, nodes: built };
}

/** A node of which {@link chain} fills in stage, name and input. */
export type NodeInit = GraphNode extends infer Node
  ? Node extends GraphNode
    ? Omit<Node, "name" | "stage" | "input"> & { readonly name?: string; readonly input?: string }
    : never
  : never;

const convolution = { bias: true, activation: "linear" } as const;

/** conv2d with defaults: 3x3, stride 1, `same`, 5 filters, a bias. */
export function conv(options: Partial<Omit<Extract<NodeInit, { op: "conv2d" }>, "op">> = {}): NodeInit {
  return { op: "conv2d", filters: 5, kernelSize: 3, strides: 1, padding: "same", ...convolution, ...options };
}

/** depthwiseConv2d with the same defaults. */
export function depthwise(options: Partial<Omit<Extract<NodeInit, { op: "depthwiseConv2d" }>, "op">> = {}): NodeInit {
  return { op: "depthwiseConv2d", kernelSize: 3, strides: 1, padding: "same", ...convolution, ...options };
}

/** batchNorm with a large epsilon: one that is forgotten shows. */
export const norm = (options: { readonly name?: string; readonly input?: string } = {}): NodeInit => {
  return { op: "batchNorm", epsilon: 0.05, momentum: 0.9, ...options };
};

/** A contract for square images of so many pixels. */
export const contractOf = (mode: PreprocessingContract["mode"], size: number): PreprocessingContract => {
  return { mode, inputRange: [0, 255], inputSize: [size, size], resize: "antialiased-bilinear" };
};

/** Noise images as float32, and what tfjs makes of them before a network, [n, size, size, 3]. */
export async function preprocessedNoise(n: number, size: number, mode: PreprocessingContract["mode"], rescale = 1) {
  const { images, shape } = noiseBatch(n, size);
  const pixels: Values = { shape, data: Float32Array.from(images) };
  const prepared = tf.tidy(() => preprocess(tf.tensor4d(pixels.data, [...shape]), mode, rescale));
  const input: Values = { shape, data: (await prepared.data()) as Float32Array };
  prepared.dispose();
  return { pixels, input };
}

/** How far onnxruntime is from tfjs on noise images, preprocessing included. */
export async function contractDifference(weighted: WeightedGraph, contract: PreprocessingContract): Promise<number> {
  const { pixels, input } = await preprocessedNoise(2, contract.inputSize[0], contract.mode, contract.rescale);
  const expected = await runTfjs(weighted, input);
  const actual = await runOnnx(encodeOnnx(weighted, { contract }), pixels);
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  return relativeDifference(actual.data, expected.data);
}
