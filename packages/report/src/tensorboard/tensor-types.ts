import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { delimited, fixed32, fixed64, varint } from "./fields.ts";

/** `DT_STRING` of tensorflow/core/framework/types.proto. */
export const DT_STRING = 7;
export const DT_FLOAT = 1;
export const DT_DOUBLE = 2;

/** How values of a numeric type lie in a `TensorProto`. */
export interface NumericType {
  readonly name: string;
  /** In `tensor_content`: little-endian. */
  readonly bytes: number;
  at(view: DataView, offset: number): number;
  /** The repeated field for values of the type: its key without packing, and with. */
  readonly field: number;
  readonly packed: number;
  read(reader: BinaryReader): number;
}

/** The first is the list's key in `TensorProto` (tensorflow/core/framework/tensor.proto), the second reads a value of it. */
type List = readonly [field: number, key: (field: number) => number, read: (reader: BinaryReader) => number];

const FLOAT: List = [5, fixed32, (reader) => reader.float()];
const DOUBLE: List = [6, fixed64, (reader) => reader.double()];
const INT: List = [7, varint, (reader) => reader.int32()];
const INT64: List = [10, varint, (reader) => Number(reader.int64())];
const BOOL: List = [11, varint, (reader) => Number(reader.bool())];
/** Half floats stand as their bits. */
const HALF: List = [13, varint, (reader) => halfOf(reader.int32())];
const BFLOAT16: List = [13, varint, (reader) => bfloat16Of(reader.int32())];
const UINT32: List = [16, varint, (reader) => reader.uint32()];
const UINT64: List = [17, varint, (reader) => Number(reader.uint64())];

const numeric = (name: string, bytes: number, at: NumericType["at"], [field, key, read]: List): NumericType => ({
  name,
  bytes,
  at,
  field: key(field),
  packed: delimited(field),
  read,
});

/** The numeric types that are read, by number. 64-bit integers become the nearest double, as in TensorBoard. */
export const NUMERIC_TYPES: Readonly<Record<number, NumericType>> = {
  [DT_FLOAT]: numeric("float", 4, (view, at) => view.getFloat32(at, true), FLOAT),
  [DT_DOUBLE]: numeric("double", 8, (view, at) => view.getFloat64(at, true), DOUBLE),
  3: numeric("int32", 4, (view, at) => view.getInt32(at, true), INT),
  4: numeric("uint8", 1, (view, at) => view.getUint8(at), INT),
  5: numeric("int16", 2, (view, at) => view.getInt16(at, true), INT),
  6: numeric("int8", 1, (view, at) => view.getInt8(at), INT),
  9: numeric("int64", 8, (view, at) => Number(view.getBigInt64(at, true)), INT64),
  10: numeric("bool", 1, (view, at) => view.getUint8(at), BOOL),
  14: numeric("bfloat16", 2, (view, at) => bfloat16Of(view.getUint16(at, true)), BFLOAT16),
  17: numeric("uint16", 2, (view, at) => view.getUint16(at, true), INT),
  19: numeric("half", 2, (view, at) => halfOf(view.getUint16(at, true)), HALF),
  22: numeric("uint32", 4, (view, at) => view.getUint32(at, true), UINT32),
  23: numeric("uint64", 8, (view, at) => Number(view.getBigUint64(at, true)), UINT64),
};

/** The value of 16 bits as IEEE 754 binary16. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The value of the upper half of a float32. */
function bfloat16Of(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits & 0xffff);
  return view.getFloat32(0);
}
