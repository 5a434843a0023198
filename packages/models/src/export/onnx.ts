import type { PreprocessingContract } from "@cassava/contracts";
import { ModelsError } from "../errors.ts";
import { foldForInference, type WeightedGraph } from "../graph/fold.ts";
import { type Graph, type GraphNode, inputsOf } from "../graph/graph.ts";
import { type TensorShape, tensorShapes } from "../graph/shapes.ts";
import { writePreprocessing } from "./onnx-input.ts";
import { type OnnxWriter, onnxWriter } from "./onnx-messages.ts";
import { type OnnxTensor, writeChannelsLast, writeNode } from "./onnx-nodes.ts";
import { NO_MARGINS } from "./onnx-padding.ts";

/** The input of every exported graph: float32 [N, h, w, c]. */
const ONNX_INPUT = "images";
/** The output without a softmax: float32 [N, h, w, c] or [N, c]. */
const ONNX_FEATURES = "features";
/** The output with a softmax: float32 [N, classes]. */
const ONNX_PROBABILITIES = "probabilities";

/** How {@link encodeOnnx} writes a graph. */
export interface EncodeOnnxOptions {
  /** Puts this preprocessing in front: the graph then takes RGB pixels, 0-255, of the contract's size. */
  readonly contract?: PreprocessingContract | undefined;
  /** Shape of one input, [h, w, c] or [c]; needed without a contract, which has one. */
  readonly inputShape?: TensorShape | undefined;
  /** End with a softmax over the output, which must be [N, c]. Default false. */
  readonly softmax?: boolean | undefined;
  /** Store kernels as float16: half the file; they are widened when it is loaded, and computed with in float32. Default false. */
  readonly float16?: boolean | undefined;
  /** Goes into the file's `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * A graph as an ONNX file (operator set 17, IR 8: onnxruntime from 1.17 on), folded for inference. It takes `images`, float32
 * [N, h, w, c] of any N, and gives `features`, [N, h, w, c] or [N, c] in the order that the graph has in tfjs, or
 * `probabilities`. Inside, images are [N, c, h, w], which is what ONNX's operators know.
 *
 * @throws {ModelsError} `OPTION_INVALID`: neither contract nor input shape, a softmax over images, or more than 2 GiB of weights.
 */
export function encodeOnnx(weighted: WeightedGraph, options: EncodeOnnxOptions): Uint8Array {
  const { contract, softmax = false, float16 = false, metadata = {} } = options;
  const inputShape = contract === undefined ? options.inputShape : [...contract.inputSize, 3];
  if (inputShape === undefined) {
    throw new ModelsError("OPTION_INVALID", "an ONNX graph needs the shape of its input: pass contract or inputShape");
  }
  const writer = onnxWriter({ float16 });
  const folded = foldForInference(weighted);
  const images =
    inputShape.length === 3
      ? writer.op("Transpose", `${ONNX_INPUT}:nchw`, [ONNX_INPUT], { perm: [0, 3, 1, 2] })
      : ONNX_INPUT;
  const begun =
    contract === undefined ? { input: images, weighted: folded } : writePreprocessing(writer, images, folded, contract);
  const { graph } = begun.weighted;
  const shapes = tensorShapes(graph, inputShape);
  const result = writeNodes(writer, begun.weighted, begun.input, shapes);
  const shape = shapes.get(graph.output)!;
  const output = softmax ? writeSoftmax(writer, result, shape) : writeFeatures(writer, result, shape);
  return writer.finish({ name: ONNX_INPUT, shape: inputShape }, { name: output, shape }, metadata);
}

function writeFeatures(writer: OnnxWriter, result: string, shape: TensorShape): string {
  if (shape.length === 3) return writeChannelsLast(ONNX_FEATURES, result, writer);
  return writer.op("Identity", ONNX_FEATURES, [result]);
}

function writeSoftmax(writer: OnnxWriter, logits: string, shape: TensorShape): string {
  if (shape.length !== 1) {
    throw new ModelsError("OPTION_INVALID", `a softmax goes over one row of logits, not over [${shape}]`);
  }
  return writer.op("Softmax", ONNX_PROBABILITIES, [logits], { axis: 1 });
}

/** Appends every node; the name of the tensor that the graph ends with. */
function writeNodes(
  writer: OnnxWriter,
  { graph, weights }: WeightedGraph,
  input: string,
  shapes: ReadonlyMap<string, TensorShape>,
): string {
  const tensors = new Map<string, OnnxTensor>([[graph.input, { name: input, margins: NO_MARGINS }]]);
  const nonNegative = new Set<string>();
  const context = {
    writer,
    weights,
    shapeOf: (name: string) => shapes.get(name)!,
    isPaddedByReaders: (node: GraphNode) => isPaddedByReaders(node, graph, nonNegative),
  };
  for (const node of graph.nodes) {
    const names = inputsOf(node);
    if (staysNonNegative(node) ? names.every((name) => nonNegative.has(name)) : isNonNegative(node)) {
      nonNegative.add(node.name);
    }
    tensors.set(
      node.name,
      writeNode(
        node,
        names.map((name) => tensors.get(name)!),
        context,
      ),
    );
  }
  return tensors.get(graph.output)!.name;
}

/**
 * Whether the margins of a padding can become those of the windows that slide over it. A convolution adds zeros to them, too; a
 * maximum leaves them out, which is the same where nothing is negative.
 */
function isPaddedByReaders(node: GraphNode, graph: Graph, nonNegative: ReadonlySet<string>): boolean {
  if (node.op !== "zeroPad" || node.name === graph.output) return false;
  const widest = Math.max(...node.margins);
  return graph.nodes
    .filter((reader) => inputsOf(reader).includes(node.name))
    .every((reader) => {
      // By `same` a window has margins of its own; together they could be wider than it.
      if (reader.op === "conv2d" || reader.op === "depthwiseConv2d") {
        return reader.padding === "valid" && widest < reader.kernelSize;
      }
      return (
        reader.op === "maxPool" && reader.padding === "valid" && widest < reader.poolSize && nonNegative.has(node.input)
      );
    });
}

function isNonNegative(node: GraphNode): boolean {
  return "activation" in node && (node.activation === "relu" || node.activation === "relu6");
}

function staysNonNegative({ op }: GraphNode): boolean {
  return ["zeroPad", "maxPool", "averagePool", "concat", "add", "flatten", "dropout"].includes(op);
}
