import onnxProto, { type onnx as messages } from "onnx-proto";
import { ModelsError } from "../errors.ts";
import { FLOAT16_MAX, toFloat16 } from "../weights/float16.ts";
import type { WeightArray } from "../weights/weights.ts";

// The library is a CommonJS module: Node gives its one export as the default.
const { onnx } = onnxProto;

/** Of the format itself; onnxruntime takes it since 1.10. */
const IR_VERSION = 8;
/** Of the operators; onnxruntime takes it since 1.12. */
const OPSET = 17;
/** Protocol buffers end at 2 GiB; what is beside the tensors takes far less than a megabyte. */
const MAX_WEIGHT_BYTES = 2 ** 31 - 2 ** 20;

/** An attribute of an operator: a whole number, whole numbers, or `{ float }`. */
export type Attribute = number | readonly number[] | { readonly float: number };

/** What a graph has at its ends. */
export interface OnnxValue {
  readonly name: string;
  /** Without the batch dimension. */
  readonly shape: readonly number[];
}

/** Collects the operators and constants of an ONNX graph. Every method that makes a tensor returns its name. */
export interface OnnxWriter {
  /** Appends an operator; `name` is its name and that of its first output. `further` outputs are read by nobody. */
  op(
    type: string,
    name: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
    further?: readonly string[],
  ): string;
  /** A float32 constant; kept as float16, and widened when the graph is loaded, where the file is to have those and all fit. */
  weight(name: string, value: WeightArray): string;
  /** A float32 constant that is never shortened. */
  floats(name: string, shape: readonly number[], values: ArrayLike<number>): string;
  /** A constant of 64-bit whole numbers. */
  integers(name: string, values: readonly number[]): string;
  /** The file. The batch dimension of both ends is `N`. */
  finish(input: OnnxValue, output: OnnxValue, metadata: Readonly<Record<string, string>>): Uint8Array;
}

/** An empty graph. `float16`: store the weights as float16. */
export function onnxWriter(options: { readonly float16: boolean }): OnnxWriter {
  const node: messages.INodeProto[] = [];
  const initializer: messages.ITensorProto[] = [];
  let bytes = 0;
  const { FLOAT, FLOAT16, INT64 } = onnx.TensorProto.DataType;

  const constant = (name: string, dims: readonly number[], dataType: number, data: ArrayBufferView): string => {
    const rawData = littleEndian(data);
    bytes += rawData.byteLength;
    if (bytes > MAX_WEIGHT_BYTES) {
      throw new ModelsError("OPTION_INVALID", "the weights exceed the 2 GiB of an ONNX file: export them as float16");
    }
    initializer.push({ name, dims: [...dims], dataType, rawData });
    return name;
  };
  const op: OnnxWriter["op"] = (opType, name, input, attributes = {}, further = []) => {
    const attribute = Object.entries(attributes).map(attributeOf);
    node.push({ opType, name, input: [...input], output: [name, ...further], attribute });
    return name;
  };
  const floats: OnnxWriter["floats"] = (name, shape, values) => constant(name, shape, FLOAT, Float32Array.from(values));

  return {
    op,
    floats,
    weight(name, { shape, data }) {
      const fits = options.float16 && data.every((value) => Math.abs(value) <= FLOAT16_MAX);
      if (!fits) return constant(name, shape, FLOAT, data);
      const short = constant(`${name}:float16`, shape, FLOAT16, toFloat16(data, name));
      return op("Cast", name, [short], { to: FLOAT });
    },
    integers: (name, values) => constant(name, [values.length], INT64, BigInt64Array.from(values, BigInt)),
    finish(input, output, metadata) {
      const model: messages.IModelProto = {
        irVersion: IR_VERSION,
        opsetImport: [{ domain: "", version: OPSET }],
        producerName: "@cassava/models",
        graph: { name: "classifier", node, initializer, input: [endOf(input)], output: [endOf(output)] },
        metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      };
      const file = onnx.ModelProto.encode(model).finish();
      // In Node the library makes Buffers.
      return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
    },
  };
}

function attributeOf([name, value]: readonly [string, Attribute]): messages.IAttributeProto {
  const { INT, INTS, FLOAT } = onnx.AttributeProto.AttributeType;
  if (typeof value === "number") return { name, type: INT, i: value };
  return "float" in value ? { name, type: FLOAT, f: value.float } : { name, type: INTS, ints: [...value] };
}

function endOf({ name, shape }: OnnxValue): messages.IValueInfoProto {
  const dim = [{ dimParam: "N" }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: onnx.TensorProto.DataType.FLOAT, shape: { dim } } } };
}

/** `raw_data` is little-endian whatever the machine; so is every machine that JavaScript engines of today run on, nearly. */
function littleEndian(data: ArrayBufferView): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return bytes;
  const width = (data as Float32Array).BYTES_PER_ELEMENT;
  return bytes.map((_, i) => bytes[i - (i % width) + (width - 1 - (i % width))]!);
}
