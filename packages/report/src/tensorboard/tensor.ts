import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { delimited, eachField, readAll, safeInt64, varint } from "./fields.ts";
import { DT_DOUBLE, DT_FLOAT, DT_STRING, NUMERIC_TYPES, type NumericType } from "./tensor-types.ts";

/** What a `TensorProto` holds. */
export interface Tensor {
  readonly shape: readonly number[];
  /** Of numeric types, in row-major order. */
  readonly numbers?: readonly number[];
  /** Of strings, which are bytes. */
  readonly strings?: readonly Uint8Array[];
}

/** A list of values may be shorter than its tensor; a tensor that is filled up is not longer than this. */
const MAX_FILLED = 2 ** 24;

const [DTYPE, SHAPE, CONTENT, STRING_VAL] = [varint(1), delimited(2), delimited(4), delimited(8)];
const [DIM, UNKNOWN_RANK, SIZE] = [delimited(2), varint(3), varint(1)];

/**
 * Reads a `TensorProto` (tensorflow/core/framework/tensor.proto), values as `tensor_content` or in a list; a list that is too short is
 * filled up with its last value, as TensorFlow does.
 *
 * @returns the tensor, or in words what kind of tensor it is that is not understood
 * @throws {Error} where it is malformed
 */
export function decodeTensor(bytes: Uint8Array): Tensor | string {
  let dtype = 0;
  let shape: readonly number[] = [];
  let content: Uint8Array | undefined;
  const strings: Uint8Array[] = [];
  eachField(bytes, (key, reader) => {
    if (key === DTYPE) dtype = reader.int32();
    else if (key === SHAPE) shape = decodeShape(reader.bytes());
    else if (key === CONTENT) content = reader.bytes();
    else if (key === STRING_VAL) strings.push(reader.bytes());
    else return false;
    return true;
  });
  if (dtype === DT_STRING) return { shape, strings: filled(strings, shape, new Uint8Array()) };
  const type = NUMERIC_TYPES[dtype];
  if (type === undefined) return `a tensor of type number ${dtype}`;
  if (content !== undefined && content.length > 0) return { shape, numbers: fromContent(content, shape, type) };
  const numbers: number[] = [];
  eachField(bytes, (key, reader) => {
    if (key === type.field) numbers.push(type.read(reader));
    else if (key === type.packed) readAll(reader.bytes(), type.read, numbers);
    else return false;
    return true;
  });
  return { shape, numbers: filled(numbers, shape, 0) };
}

function decodeShape(bytes: Uint8Array): readonly number[] {
  const shape: number[] = [];
  eachField(bytes, (key, reader) => {
    if (key === UNKNOWN_RANK && reader.bool()) throw new Error("a tensor of unknown rank");
    if (key === UNKNOWN_RANK) return true;
    if (key !== DIM) return false;
    let size: number | undefined = 0;
    eachField(reader.bytes(), (inner, dim) => {
      if (inner !== SIZE) return false;
      size = safeInt64(dim);
      return true;
    });
    if (!(size >= 0)) throw new Error("a tensor of unknown size");
    shape.push(size);
    return true;
  });
  return shape;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function fromContent(content: Uint8Array, shape: readonly number[], { name, bytes, at }: NumericType): number[] {
  const size = sizeOf(shape);
  if (content.length !== size * bytes) {
    throw new Error(`a tensor of ${size} values of type ${name} has ${content.length} bytes`);
  }
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  return Array.from({ length: size }, (_, i) => at(view, i * bytes));
}

function filled<T>(values: T[], shape: readonly number[], nothing: T): T[] {
  const size = sizeOf(shape);
  if (values.length > size) throw new Error(`a tensor of ${size} values has ${values.length}`);
  if (values.length < size && size > MAX_FILLED) throw new Error(`a tensor of ${size} values has ${values.length}`);
  const last = values.at(-1) ?? nothing;
  while (values.length < size) values.push(last);
  return values;
}

/** A `TensorProto` of numbers, as TensorFlow writes it: little-endian `tensor_content`. */
export function encodeNumbers(
  type: "float" | "double",
  shape: readonly number[],
  values: ArrayLike<number>,
): Uint8Array {
  const width = type === "float" ? 4 : 8;
  const content = new Uint8Array(values.length * width);
  const view = new DataView(content.buffer);
  for (let i = 0; i < values.length; i++) {
    if (type === "float") view.setFloat32(i * width, values[i]!, true);
    else view.setFloat64(i * width, values[i]!, true);
  }
  const writer = header(type === "float" ? DT_FLOAT : DT_DOUBLE, shape);
  if (content.length > 0) writer.uint32(CONTENT).bytes(content);
  return writer.finish();
}

/** A `TensorProto` of strings. */
export function encodeStrings(shape: readonly number[], values: readonly Uint8Array[]): Uint8Array {
  const writer = header(DT_STRING, shape);
  for (const value of values) writer.uint32(STRING_VAL).bytes(value);
  return writer.finish();
}

function header(dtype: number, shape: readonly number[]): BinaryWriter {
  const writer = new BinaryWriter().uint32(DTYPE).int32(dtype).uint32(SHAPE).fork();
  for (const size of shape) {
    writer.uint32(DIM).fork();
    // As protobuf: what has its default is left out.
    if (size !== 0) writer.uint32(SIZE).int64(size);
    writer.join();
  }
  return writer.join();
}
