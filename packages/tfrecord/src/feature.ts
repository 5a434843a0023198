import { readU32 } from "./framing.ts";
import { type Cursor, WIRE_BYTES, WIRE_FIXED32, WIRE_VARINT } from "./wire.ts";

/**
 * A `tf.train.Feature`: one list, or none at all (`Feature {}`, which TensorFlow treats as missing).
 * An absent key, kind `none` and an empty list are three different cases.
 */
export type Feature =
  | { readonly kind: "bytes"; readonly value: Uint8Array[] }
  | { readonly kind: "float"; readonly value: Float32Array }
  | { readonly kind: "int64"; readonly value: BigInt64Array }
  | { readonly kind: "none" };

export type FeatureKind = Feature["kind"];

/** The field numbers of the oneof in `tf.train.Feature`; 0 where nothing is set. */
export const KINDS: readonly FeatureKind[] = ["none", "bytes", "float", "int64"];
export const NONE = 0;
export const BYTES = 1;
export const FLOAT = 2;
export const INT64 = 3;

// Which half of a 64-bit integer comes first in this host's memory.
const LOW_WORD = new Int32Array(new BigInt64Array([1n]).buffer)[0] === 1 ? 0 : 1;

const scratchWords = new Int32Array(1);
const scratchFloat = new Float32Array(scratchWords.buffer);

/**
 * Where the lists of a Feature lie. A message may come in several parts, which protobuf merges: lists of the same kind
 * append, a list of another kind replaces what was there.
 */
export interface FeatureParts {
  kind: number;
  /** Start and end of each list message of that kind, flat. */
  readonly ranges: number[];
}

/** Adds the Feature in `[cursor.at, cursor.end)` to `parts`. */
export function scanFeature(cursor: Cursor, parts: FeatureParts): void {
  while (cursor.at < cursor.end) {
    const tag = cursor.tag();
    const field = tag >>> 3;
    if ((tag & 7) !== WIRE_BYTES || field > 3) {
      cursor.skip(tag);
      continue;
    }
    const length = cursor.length();
    const start = cursor.at;
    if (parts.kind !== field) {
      checkReplaced(cursor, parts);
      parts.kind = field;
      parts.ranges.length = 0;
    }
    parts.ranges.push(start, start + length);
    cursor.at = start + length;
  }
}

/** Lists that another kind replaces must be well-formed all the same: protobuf has parsed them by then. */
function checkReplaced(cursor: Cursor, parts: FeatureParts): void {
  if (parts.ranges.length === 0) return;
  const { at, end } = cursor;
  decodeParts(cursor, parts);
  cursor.move(at, end);
}

/** What the lists found by `scanFeature` hold. */
export function decodeParts(cursor: Cursor, { kind, ranges }: FeatureParts): Feature {
  return { kind: KINDS[kind], ...(kind !== NONE && { value: decodeValues(cursor, kind, ranges) }) } as Feature;
}

/** The values of lists of a kind other than `none`. Bytes are views into the record. */
export function decodeValues(
  cursor: Cursor,
  kind: number,
  ranges: readonly number[],
): Uint8Array[] | Float32Array | BigInt64Array {
  if (kind === BYTES) return decodeBytesList(cursor, ranges);
  return kind === FLOAT ? decodeFloatList(cursor, ranges) : decodeInt64List(cursor, ranges);
}

function decodeBytesList(cursor: Cursor, ranges: readonly number[]): Uint8Array[] {
  const values: Uint8Array[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    cursor.move(ranges[i]!, ranges[i + 1]!);
    while (cursor.at < cursor.end) {
      const tag = cursor.tag();
      if (tag !== 8 + WIRE_BYTES) {
        cursor.skip(tag);
        continue;
      }
      const length = cursor.length();
      values.push(cursor.bytes.subarray(cursor.at, cursor.at + length));
      cursor.at += length;
    }
  }
  return values;
}

function decodeFloatList(cursor: Cursor, ranges: readonly number[]): Float32Array {
  const chunks = valueRanges(cursor, ranges, WIRE_FIXED32);
  let count = 0;
  for (let i = 0; i < chunks.length; i += 2) count += (chunks[i + 1]! - chunks[i]!) / 4;
  const values = new Float32Array(count);
  // Copied as integers, so that a NaN keeps its bits.
  const words = new Int32Array(values.buffer);
  let n = 0;
  for (let i = 0; i < chunks.length; i += 2) {
    for (let at = chunks[i]!, end = chunks[i + 1]!; at < end; at += 4) words[n++] = readU32(cursor.bytes, at);
  }
  return values;
}

/** The single-precision number at `at`. */
export function floatAt(bytes: Uint8Array, at: number): number {
  scratchWords[0] = readU32(bytes, at);
  return scratchFloat[0]!;
}

function decodeInt64List(cursor: Cursor, ranges: readonly number[]): BigInt64Array {
  const chunks = valueRanges(cursor, ranges, WIRE_VARINT);
  const { bytes } = cursor;
  let count = 0;
  for (let i = 0; i < chunks.length; i += 2) {
    for (let at = chunks[i]!, end = chunks[i + 1]!; at < end; at++) if (bytes[at]! < 128) count++;
  }
  const values = new BigInt64Array(count);
  const words = new Int32Array(values.buffer);
  let n = 0;
  for (let i = 0; i < chunks.length; i += 2) {
    cursor.move(chunks[i]!, chunks[i + 1]!);
    while (cursor.at < cursor.end) {
      cursor.varint64();
      words[2 * n + LOW_WORD] = cursor.low;
      words[2 * n++ + 1 - LOW_WORD] = cursor.high;
    }
  }
  return values;
}

/** Start and end of each stretch of numbers in the lists, packed or single: both are legal, also mixed. */
function valueRanges(cursor: Cursor, ranges: readonly number[], wireType: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    cursor.move(ranges[i]!, ranges[i + 1]!);
    while (cursor.at < cursor.end) {
      const tag = cursor.tag();
      if (tag === 8 + WIRE_BYTES) {
        const length = cursor.length();
        if (wireType === WIRE_FIXED32 && length % 4 !== 0)
          throw cursor.malformed("packed floats do not fill 4 bytes each");
        found.push(cursor.at, cursor.at + length);
        cursor.at += length;
      } else if (tag === 8 + wireType) {
        const start = cursor.at;
        cursor.skip(tag);
        found.push(start, cursor.at);
      } else cursor.skip(tag);
    }
  }
  return found;
}
