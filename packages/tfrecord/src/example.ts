import { decodeParts, type Feature, type FeatureParts, NONE, scanFeature } from "./feature.ts";
import { decodeKey } from "./text.ts";
import { Cursor, WIRE_BYTES } from "./wire.ts";

/** A `tf.train.Example`: features by name, in the order in which the names first occur. */
export type Example = Map<string, Feature>;

const FIELD_1 = 8 + WIRE_BYTES;
const FIELD_2 = 16 + WIRE_BYTES;

/**
 * Walks over the entries of a map field (field 1: `Features.feature`, `FeatureLists.feature_list`) of one message or of
 * several merged ones, without decoding keys or values. Later entries of a key replace earlier ones.
 */
export class MapScanner {
  readonly cursor: Cursor;
  /** The current entry's key; empty where the entry has none. */
  keyStart = 0;
  keyEnd = 0;
  /** Start and end of each part of the current entry's value, flat: none, one, or several that merge. */
  values: number[] = [];
  #outerTag: number;
  #at = 0;
  #end = 0;
  #outerAt: number;
  #outerEnd: number;

  /** The map is inside field `field` of the message `[start, end)`. */
  constructor(cursor: Cursor, start: number, end: number, field: number) {
    this.cursor = cursor;
    this.#outerTag = field * 8 + WIRE_BYTES;
    this.#outerAt = start;
    this.#outerEnd = end;
  }

  /** Moves to the next entry; false after the last. The cursor may be moved in between. */
  next(): boolean {
    const { cursor } = this;
    for (;;) {
      cursor.at = this.#at;
      cursor.end = this.#end;
      while (cursor.at < this.#end) {
        const tag = cursor.tag();
        if (tag !== FIELD_1) {
          cursor.skip(tag);
          continue;
        }
        const length = cursor.length();
        this.#at = cursor.at + length;
        this.#readEntry(this.#at);
        return true;
      }
      if (!this.#nextMap()) return false;
    }
  }

  #nextMap(): boolean {
    const { cursor } = this;
    cursor.at = this.#outerAt;
    cursor.end = this.#outerEnd;
    while (cursor.at < cursor.end) {
      const tag = cursor.tag();
      if (tag !== this.#outerTag) {
        cursor.skip(tag);
        continue;
      }
      const length = cursor.length();
      this.#at = cursor.at;
      this.#end = cursor.at + length;
      this.#outerAt = this.#end;
      return true;
    }
    return false;
  }

  #readEntry(end: number): void {
    const { cursor } = this;
    cursor.end = end;
    this.keyStart = end;
    this.keyEnd = end;
    const values: number[] = [];
    while (cursor.at < end) {
      const tag = cursor.tag();
      if (tag !== FIELD_1 && tag !== FIELD_2) {
        cursor.skip(tag);
        continue;
      }
      const length = cursor.length();
      const start = cursor.at;
      cursor.at = start + length;
      if (tag === FIELD_1) {
        // A key that another replaces must be valid all the same.
        if (this.keyStart < this.keyEnd) decodeKey(cursor.bytes, this.keyStart, this.keyEnd);
        this.keyStart = start;
        this.keyEnd = cursor.at;
      } else values.push(start, cursor.at);
    }
    this.values = values;
  }
}

/** Finds the lists of the Feature whose parts lie at `values`. */
export function scanParts(cursor: Cursor, values: readonly number[], parts: FeatureParts): void {
  parts.kind = NONE;
  parts.ranges.length = 0;
  for (let i = 0; i < values.length; i += 2) {
    cursor.move(values[i]!, values[i + 1]!);
    scanFeature(cursor, parts);
  }
}

/** Decodes the features that a scanner finds. */
export function decodeFeatures(scanner: MapScanner): Example {
  const { cursor } = scanner;
  const example: Example = new Map();
  const parts: FeatureParts = { kind: NONE, ranges: [] };
  while (scanner.next()) {
    const key = decodeKey(cursor.bytes, scanner.keyStart, scanner.keyEnd);
    scanParts(cursor, scanner.values, parts);
    example.set(key, decodeParts(cursor, parts));
  }
  return example;
}

/**
 * Decodes a serialized `tf.train.Example` (tensorflow/core/example/example.proto) with protobuf's semantics: packed,
 * single and mixed lists, merged messages, the last entry of a key, the last kind of a feature; unknown fields are skipped.
 * Byte values are views into `bytes`; floats and integers are exact.
 *
 * @throws TFRecordError EXAMPLE_MALFORMED
 */
export function decodeExample(bytes: Uint8Array): Example {
  return decodeFeatures(new MapScanner(new Cursor(bytes), 0, bytes.length, 1));
}
