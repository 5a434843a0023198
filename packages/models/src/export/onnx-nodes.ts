import { affineOf } from "../graph/fold.ts";
import type {
  Activation,
  BatchNormNode,
  Conv2dNode,
  DenseNode,
  DepthwiseConv2dNode,
  GlobalPoolNode,
  GraphNode,
  Margins,
  PoolNode,
} from "../graph/graph.ts";
import type { TensorShape } from "../graph/shapes.ts";
import type { WeightArray, Weights } from "../weights/weights.ts";
import type { OnnxWriter } from "./onnx-messages.ts";
import { addMargins, marginsOf, NO_MARGINS, onnxPads } from "./onnx-padding.ts";

/** A tensor of the graph in ONNX: [N, c, h, w] or [N, c]; its readers add `margins` of zeros to it. */
export interface OnnxTensor {
  readonly name: string;
  readonly margins: Margins;
  /** It is the output of a `Pad`. */
  readonly isPadded?: boolean;
}

/** What the operators of one node are made from. */
export interface NodeContext {
  readonly writer: OnnxWriter;
  readonly weights: Weights;
  /** Without the batch dimension, channels last. */
  readonly shapeOf: (name: string) => TensorShape;
  /** Whether all readers of a padded tensor can pad it themselves: ONNX's windows have margins of their own. */
  readonly isPaddedByReaders: (node: GraphNode) => boolean;
}

/** Appends what computes `node` in inference. */
export function writeNode(node: GraphNode, inputs: readonly OnnxTensor[], context: NodeContext): OnnxTensor {
  const { writer, shapeOf } = context;
  const input = inputs[0]!;
  const names = inputs.map(({ name }) => name);
  const of = (name: string): OnnxTensor => ({ name, margins: NO_MARGINS });
  switch (node.op) {
    case "conv2d":
    case "depthwiseConv2d":
      return of(writeConvolution(node, input, context));
    case "dense":
      return of(writeDense(node, input.name, context));
    case "batchNorm":
      return of(writeBatchNorm(node, input.name, context));
    case "activation":
      return of(writeActivation(writer, node.name, input.name, node.activation));
    case "dropout":
      return input;
    case "add":
      return of(writer.op("Add", node.name, names));
    case "concat":
      return of(writer.op("Concat", node.name, names, { axis: 1 }));
    case "zeroPad":
      if (context.isPaddedByReaders(node)) return { ...input, margins: addMargins(input.margins, node.margins) };
      return { ...of(writePad(writer, node.name, input.name, node.margins)), isPadded: true };
    case "maxPool":
    case "averagePool":
      return of(writePool(node, input, context));
    case "globalAveragePool":
    case "globalMaxPool":
      return of(writeGlobalPool(node, input.name, writer));
    case "flatten":
      return of(writeFlatten(node.name, input.name, shapeOf(node.input), writer));
  }
}

/** Flattens [N, c, h, w] in the order of [h, w, c]. */
function writeFlatten(name: string, input: string, [h, w]: TensorShape, writer: OnnxWriter): string {
  const isVector = h === 1 && w === 1;
  return writer.op("Flatten", name, [isVector ? input : writeChannelsLast(`${name}:nhwc`, input, writer)], { axis: 1 });
}

/** [N, c, h, w] to [N, h, w, c]. */
export function writeChannelsLast(name: string, input: string, writer: OnnxWriter): string {
  return writer.op("Transpose", name, [input], { perm: [0, 2, 3, 1] });
}

function writeConvolution(
  node: Conv2dNode | DepthwiseConv2dNode,
  input: OnnxTensor,
  { writer, weights, shapeOf }: NodeContext,
): string {
  const { name, kernelSize, strides, activation } = node;
  // Explicit numbers, since ONNX's SAME_UPPER cannot be combined with margins.
  const [h = 1, w = 1] = shapeOf(node.input);
  const pads = onnxPads(addMargins(input.margins, marginsOf([h, w], kernelSize, node)));
  const kernel = weights.get(`${name}/kernel`)!;
  const shaped = node.op === "conv2d" ? channelsFirst(kernel) : perChannel(kernel);
  const inputs = [input.name, writer.weight(`${name}/kernel`, shaped)];
  if (node.bias) inputs.push(writer.floats(`${name}/bias`, ...partsOf(weights.get(`${name}/bias`)!)));
  const group = node.op === "conv2d" ? 1 : shaped.shape[0]!;
  const attributes = { kernel_shape: [kernelSize, kernelSize], strides: [strides, strides], pads, group };
  if (activation === "linear") return writer.op("Conv", name, inputs, attributes);
  return writeActivation(writer, name, writer.op("Conv", `${name}:linear`, inputs, attributes), activation);
}

const partsOf = ({ shape, data }: WeightArray) => [shape, data] as const;

/** [k, k, in, out] to [out, in, k, k]. */
function channelsFirst({ shape, data }: WeightArray): WeightArray {
  const [height, width, channels, filters] = shape as [number, number, number, number];
  const window = height * width;
  const out = new Float32Array(data.length);
  for (let tap = 0; tap < window; tap++) {
    for (let c = 0; c < channels; c++) {
      const from = (tap * channels + c) * filters;
      for (let f = 0; f < filters; f++) out[(f * channels + c) * window + tap] = data[from + f]!;
    }
  }
  return { shape: [filters, channels, height, width], data: out };
}

/** [k, k, channels, 1] to [channels, 1, k, k]. */
function perChannel({ shape, data }: WeightArray): WeightArray {
  const [height, width, channels] = shape as [number, number, number];
  return channelsFirst({ shape: [height, width, 1, channels], data });
}

function writeDense({ name }: DenseNode, input: string, { writer, weights }: NodeContext): string {
  const kernel = writer.weight(`${name}/kernel`, weights.get(`${name}/kernel`)!);
  return writer.op("Gemm", name, [
    input,
    kernel,
    writer.floats(`${name}/bias`, ...partsOf(weights.get(`${name}/bias`)!)),
  ]);
}

function writeBatchNorm(node: BatchNormNode, input: string, { writer, weights, shapeOf }: NodeContext): string {
  const { name, epsilon } = node;
  if (shapeOf(node.input).length === 3) {
    const statistics = ["gamma", "beta", "moving_mean", "moving_variance"].map((role) =>
      writer.floats(`${name}/${role}`, ...partsOf(weights.get(`${name}/${role}`)!)),
    );
    return writer.op("BatchNormalization", name, [input, ...statistics], { epsilon: { float: epsilon } });
  }
  const [scale, shift] = affineOf(node, weights);
  const scaled = writer.op("Mul", `${name}:scaled`, [input, writer.floats(`${name}/scale`, [scale.length], scale)]);
  return writer.op("Add", name, [scaled, writer.floats(`${name}/shift`, [shift.length], shift)]);
}

function writeActivation(writer: OnnxWriter, name: string, input: string, activation: Activation): string {
  switch (activation) {
    case "linear":
      return input;
    case "relu":
      return writer.op("Relu", name, [input]);
    case "relu6":
      return writer.op("Clip", name, [
        input,
        writer.floats(`${name}/least`, [], [0]),
        writer.floats(`${name}/most`, [], [6]),
      ]);
    case "elu":
      return writer.op("Elu", name, [input]);
    case "tanh":
      return writer.op("Tanh", name, [input]);
    case "swish":
      return writer.op("Mul", name, [input, writer.op("Sigmoid", `${name}:sigmoid`, [input])]);
  }
}

function writePad(writer: OnnxWriter, name: string, input: string, [top, bottom, left, right]: Margins): string {
  return writer.op("Pad", name, [input, writer.integers(`${name}/margins`, [0, 0, top, left, 0, 0, bottom, right])]);
}

function writePool(node: PoolNode, input: OnnxTensor, { writer, shapeOf }: NodeContext): string {
  const { op, name, poolSize, strides } = node;
  const pads = onnxPads(addMargins(input.margins, marginsOf(shapeOf(node.input), poolSize, node)));
  const attributes = { kernel_shape: [poolSize, poolSize], strides: [strides, strides], pads };
  if (op === "maxPool") {
    // onnxruntime fuses a Pad into the maximum after it as if its zeros counted for nothing, unless the places of the maxima
    // are an output too (1.30, PadFusion).
    return writer.op("MaxPool", name, [input.name], attributes, input.isPadded ? [`${name}:places`] : []);
  }
  return writer.op("AveragePool", name, [input.name], { ...attributes, count_include_pad: 0 });
}

function writeGlobalPool({ op, name }: GlobalPoolNode, input: string, writer: OnnxWriter): string {
  const type = op === "globalAveragePool" ? "GlobalAveragePool" : "GlobalMaxPool";
  return writer.op("Flatten", name, [writer.op(type, `${name}:pooled`, [input])], { axis: 1 });
}
