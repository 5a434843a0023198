import onnxProto, { type onnx as messages } from "onnx-proto";

const { onnx } = onnxProto;
const { FLOAT, INT64 } = onnx.TensorProto.DataType;

/** `[height, width]` of the images of every graph here: not square, so that a transposed image shows. */
export const SIZE = [2, 3] as const;
/** Numbers of one image. */
export const STRIDE = 2 * 3 * 3;

/** A small ONNX graph, and what it computes, written down a second time. */
export interface KnownGraph {
  readonly title: string;
  readonly file: Uint8Array;
  readonly outputShape: readonly number[];
  /** The output for the pixels of one image, [2, 3, 3]. */
  readonly expected: (pixels: readonly number[]) => number[];
}

type Node = readonly [type: string, inputs: readonly string[], attributes?: readonly messages.IAttributeProto[]];

function tensor(name: string, dims: readonly number[], data: Float32Array | BigInt64Array): messages.ITensorProto {
  const dataType = data instanceof Float32Array ? FLOAT : INT64;
  return { name, dims: [...dims], dataType, rawData: new Uint8Array(data.buffer) };
}

/** A chain of operators from `images` to `features`; each reads `x`, the one before it. */
function graph(
  nodes: readonly Node[],
  constants: readonly messages.ITensorProto[],
  shape: readonly number[],
): Uint8Array {
  const end = (name: string, dims: readonly number[]): messages.IValueInfoProto => {
    const dim = [{ dimParam: "N" }, ...dims.map((dimValue) => ({ dimValue }))];
    return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
  };
  const named = (at: number) => (at < 0 ? "images" : at === nodes.length - 1 ? "features" : `x${at}`);
  const node = nodes.map(([opType, inputs, attribute = []], at) => {
    const input = inputs.map((name) => (name === "x" ? named(at - 1) : name));
    return { opType, name: named(at), input, output: [named(at)], attribute: [...attribute] };
  });
  const ends = { input: [end("images", [...SIZE, 3])], output: [end("features", shape)] };
  const body = { name: "known", node, initializer: [...constants], ...ends };
  return onnx.ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: "", version: 17 }], graph: body }).finish();
}

const WEIGHTS = Float32Array.from({ length: STRIDE * 2 }, (_, i) => ((i * 7) % 11) - 5);
const axis = (i: number): messages.IAttributeProto => ({
  name: "axis",
  type: onnx.AttributeProto.AttributeType.INT,
  i,
});

/** Graphs whose outputs are exact in float32 for whole pixel values. */
export const KNOWN_GRAPHS: readonly KnownGraph[] = [
  {
    title: "images [h, w, c], each channel times a number of its own",
    file: graph(
      [
        ["Mul", ["x", "factors"]],
        ["Add", ["x", "half"]],
      ],
      [tensor("factors", [3], Float32Array.of(1, 2, 4)), tensor("half", [], Float32Array.of(0.5))],
      [...SIZE, 3],
    ),
    outputShape: [...SIZE, 3],
    expected: (pixels) => pixels.map((value, i) => value * [1, 2, 4][i % 3]! + 0.5),
  },
  {
    title: "vectors: another weight for every pixel",
    file: graph(
      [
        ["Flatten", ["x"], [axis(1)]],
        ["MatMul", ["x", "weights"]],
      ],
      [tensor("weights", [STRIDE, 2], WEIGHTS)],
      [2],
    ),
    outputShape: [2],
    expected: (pixels) =>
      [0, 1].map((unit) => pixels.reduce((sum, value, i) => sum + value * WEIGHTS[2 * i + unit]!, 0)),
  },
];
