import { floatAt } from "./feature.ts";
import type { Schema, SchemaEntry } from "./schema.ts";
import { decodeText } from "./text.ts";

/**
 * The fast way through an Example as every writer lays it out: one map, no feature twice, each in one part, no unknown
 * fields, the kinds that the schema says. Anything else is undefined here, and read again by the whole of protobuf's
 * rules, which also name what is wrong. Nothing is allocated but the result.
 */

/** Tags of length-delimited fields 1 and 2. */
const FIELD_1 = 10;
const FIELD_2 = 18;

/** End of the message that `open` has found. */
let limit = 0;

/** Start of the message behind `tag` at `at`; -1 where there is something else or it would reach beyond `end`. */
function open(bytes: Uint8Array, at: number, end: number, tag: number): number {
  if (at >= end || bytes[at] !== tag) return -1;
  let length = 0;
  let next = at + 1;
  for (let shift = 0; shift < 28 && next < end; shift += 7) {
    const byte = bytes[next++]!;
    length |= (byte & 127) << shift;
    if (byte < 128) {
      limit = next + length;
      return limit > end ? -1 : next;
    }
  }
  return -1;
}

/** As `open`, for a message that must reach to `end`. */
function openLast(bytes: Uint8Array, at: number, end: number, tag: number): number {
  const start = open(bytes, at, end, tag);
  return limit === end ? start : -1;
}

/** The record, or undefined where the Example is not laid out in the plain way. */
export function decodePlain({ entries, template }: Schema, bytes: Uint8Array): Record<string, unknown> | undefined {
  const end = bytes.length;
  const record: Record<string, unknown> = { ...template };
  let at = openLast(bytes, 0, end, FIELD_1);
  if (at < 0) return undefined;
  let index = 0;
  let found = 0;
  while (at < end) {
    const entry = open(bytes, at, end, FIELD_1);
    if (entry < 0) return undefined;
    at = limit;
    const key = open(bytes, entry, at, FIELD_1);
    if (key < 0) return undefined;
    const keyEnd = limit;
    const feature = openLast(bytes, keyEnd, at, FIELD_2);
    if (feature < 0) return undefined;
    // Files have their features in one order: the next match is looked for after the last one.
    for (let tried = 0; tried < entries.length; tried++) {
      const candidate = entries[index]!;
      index = index + 1 < entries.length ? index + 1 : 0;
      if (!hasKey(candidate, bytes, key, keyEnd)) continue;
      const value = fieldValue(candidate, bytes, feature, at);
      if (value === undefined || record[candidate.name] !== undefined) return undefined;
      record[candidate.name] = value;
      found++;
      break;
    }
  }
  if (found < entries.length) {
    for (const { name, field } of entries) if (record[name] === undefined && !field.optional) return undefined;
  }
  return record;
}

function hasKey({ key }: SchemaEntry, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return false;
  return true;
}

/** The one value of a feature, where it is one. */
function fieldValue({ kind, field }: SchemaEntry, bytes: Uint8Array, feature: number, end: number): unknown {
  const list = openLast(bytes, feature, end, 8 * kind + 2);
  if (list < 0 || field.list) return undefined;
  const packed = openLast(bytes, list, end, FIELD_1);
  if (packed < 0) return undefined;
  switch (field.type) {
    case "bytes":
      return bytes.subarray(packed, end);
    case "string":
      return decodeText(bytes, packed, end);
    case "float":
      return end - packed !== 4 ? undefined : floatAt(bytes, packed);
    case "int":
      return smallInteger(bytes, packed, end);
    default:
      return undefined;
  }
}

/** A varint of up to four bytes that ends at `end`. */
function smallInteger(bytes: Uint8Array, start: number, end: number): number | undefined {
  let value = 0;
  for (let at = start, shift = 0; at < end && shift < 28; at++, shift += 7) {
    const byte = bytes[at]!;
    value |= (byte & 127) << shift;
    if (byte < 128) return at + 1 === end ? value : undefined;
  }
  return undefined;
}
