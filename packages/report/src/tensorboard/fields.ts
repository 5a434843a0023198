import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** Keys of fields as they stand before their values: number * 8 + wire type. */
export const varint = (field: number): number => 8 * field + WireType.Varint;
export const fixed64 = (field: number): number => 8 * field + WireType.Bit64;
export const fixed32 = (field: number): number => 8 * field + WireType.Bit32;
export const delimited = (field: number): number => 8 * field + WireType.LengthDelimited;

/**
 * Hands every field of a message to `read`, which reads its value, or answers false to have it skipped: a field of another number or another
 * wire type than expected is unknown, as for protobuf itself.
 *
 * @throws {Error} where the bytes are no well-formed message
 */
export function eachField(bytes: Uint8Array, read: (key: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (!read(8 * field + wire, reader)) reader.skip(wire, field);
  }
  // Not every read checks that it stays inside.
  if (reader.pos !== reader.len) throw new RangeError("premature EOF");
}

/** A signed 64-bit integer; undefined where a number does not hold it exactly. */
export function safeInt64(reader: BinaryReader): number | undefined {
  const value = Number(reader.int64());
  return Number.isSafeInteger(value) ? value : undefined;
}

/** What is left of the reader's bytes: a packed list that was entered by {@link eachField}. */
export function readAll<T>(bytes: Uint8Array, read: (reader: BinaryReader) => T, into: T[]): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) into.push(read(reader));
  if (reader.pos !== reader.len) throw new RangeError("premature EOF");
}
