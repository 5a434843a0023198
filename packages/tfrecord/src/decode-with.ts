import { TFRecordError } from "./errors.ts";
import { MapScanner, scanParts } from "./example.ts";
import {
  BYTES,
  decodeBytesList,
  decodeFloatList,
  decodeInt64List,
  type FeatureParts,
  FLOAT,
  INT64,
  KINDS,
  NONE,
  valueRanges,
} from "./feature.ts";
import type { FieldType, InferRecord, Schema, SchemaEntry, SchemaFields } from "./schema.ts";
import { decodeText } from "./text.ts";
import { Cursor, WIRE_BYTES, WIRE_VARINT } from "./wire.ts";

const KIND_OF: Readonly<Record<FieldType, number>> = {
  bytes: BYTES,
  string: BYTES,
  float: FLOAT,
  int: INT64,
  bigint: INT64,
};

const NOTHING: readonly number[] = [];

/**
 * Decodes the features that `schema` names from a serialized `tf.train.Example`; others are skipped unread. Byte values
 * are views into `bytes`.
 *
 * @throws TFRecordError naming the feature: FEATURE_MISSING, FEATURE_KIND, FEATURE_COUNT, FEATURE_UTF8, INT_RANGE; and
 * EXAMPLE_MALFORMED
 */
export function decodeWith<Fields extends SchemaFields>(
  schema: Schema<Fields>,
  bytes: Uint8Array,
): InferRecord<Schema<Fields>> {
  const { entries } = schema;
  const found: (number[] | undefined)[] = [];
  for (let i = 0; i < entries.length; i++) found.push(undefined);
  const cursor = new Cursor(bytes);
  const scanner = new MapScanner(cursor, 0, bytes.length, 1);
  // Files have their features in one order: the next match is looked for after the last one.
  let hint = 0;
  while (scanner.next()) {
    const index = findField(entries, hint, bytes, scanner.keyStart, scanner.keyEnd);
    if (index < 0) continue;
    found[index] = scanner.values;
    hint = index + 1;
  }
  const record: Record<string, unknown> = {};
  const parts: FeatureParts = { kind: NONE, ranges: [] };
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!;
    scanParts(cursor, found[i] ?? NOTHING, parts);
    const value = fieldValue(cursor, parts, entry, found[i] !== undefined);
    if (entry.name === "__proto__") {
      Object.defineProperty(record, entry.name, { value, enumerable: true, writable: true, configurable: true });
    } else record[entry.name] = value;
  }
  return record as InferRecord<Schema<Fields>>;
}

function findField(
  entries: readonly SchemaEntry[],
  hint: number,
  bytes: Uint8Array,
  keyStart: number,
  keyEnd: number,
): number {
  const count = entries.length;
  const length = keyEnd - keyStart;
  for (let step = 0; step < count; step++) {
    const index = hint + step < count ? hint + step : hint + step - count;
    const { key } = entries[index]!;
    if (key.length !== length) continue;
    let i = 0;
    while (i < length && key[i] === bytes[keyStart + i]) i++;
    if (i === length) return index;
  }
  return -1;
}

function fieldValue(cursor: Cursor, parts: FeatureParts, { name, field }: SchemaEntry, present: boolean): unknown {
  if (parts.kind === NONE) {
    if (field.optional) return undefined;
    const problem = present ? "is empty (Feature {})" : "is missing";
    throw new TFRecordError(
      "FEATURE_MISSING",
      `the feature ${problem}; make it optional in the schema if that is right`,
      { feature: name },
    );
  }
  if (parts.kind !== KIND_OF[field.type]) {
    const problem = `the feature holds ${KINDS[parts.kind]} values, but the schema says ${field.type}`;
    throw new TFRecordError("FEATURE_KIND", problem, { feature: name });
  }
  switch (field.type) {
    case "bytes":
      return field.list
        ? decodeBytesList(cursor, parts.ranges)
        : single(singleBytes(cursor, parts.ranges), name, field.optional);
    case "string": {
      if (field.list) return decodeBytesList(cursor, parts.ranges).map((value) => text(value, name));
      const value = single(singleBytes(cursor, parts.ranges), name, field.optional);
      return value === undefined ? undefined : text(value, name);
    }
    case "float":
      return field.list
        ? decodeFloatList(cursor, parts.ranges)
        : single(singleFloat(cursor, parts.ranges), name, field.optional);
    case "int": {
      if (field.list)
        return Array.from(decodeInt64List(cursor, parts.ranges), (value) => safeInteger(Number(value), value, name));
      const halves = single(singleInt(cursor, parts.ranges), name, field.optional);
      if (halves === undefined) return undefined;
      return safeInteger(halves.high * 2 ** 32 + (halves.low >>> 0), halves, name);
    }
    default: {
      if (field.list) return decodeInt64List(cursor, parts.ranges);
      const halves = single(singleInt(cursor, parts.ranges), name, field.optional);
      return halves === undefined ? undefined : joinHalves(halves);
    }
  }
}

/** The only value of a list, or how many there are instead. */
type Single<T> = { readonly value: T } | number;

function single<T>(found: Single<T>, feature: string, optional: boolean): T | undefined {
  if (typeof found !== "number") return found.value;
  if (found === 0 && optional) return undefined;
  const problem = `the feature holds ${found} values where the schema says one; declare it with { list: true }`;
  throw new TFRecordError("FEATURE_COUNT", problem, { feature });
}

function singleBytes(cursor: Cursor, ranges: readonly number[]): Single<Uint8Array> {
  if (ranges.length === 2 && ranges[0]! < ranges[1]!) {
    // One list message that is one value to its end: nothing else to look for.
    cursor.move(ranges[0]!, ranges[1]!);
    if (cursor.tag() === 8 + WIRE_BYTES) {
      const length = cursor.length();
      if (cursor.at + length === cursor.end) return { value: cursor.bytes.subarray(cursor.at, cursor.end) };
    }
  }
  const values = decodeBytesList(cursor, ranges);
  return values.length === 1 ? { value: values[0]! } : values.length;
}

function singleFloat(cursor: Cursor, ranges: readonly number[]): Single<number> {
  const values = decodeFloatList(cursor, ranges);
  return values.length === 1 ? { value: values[0]! } : values.length;
}

function singleInt(cursor: Cursor, ranges: readonly number[]): Single<{ readonly low: number; readonly high: number }> {
  const chunks = valueRanges(cursor, ranges, WIRE_VARINT);
  if (chunks.length === 2 && chunks[0]! < chunks[1]!) {
    cursor.move(chunks[0]!, chunks[1]!);
    cursor.varint64();
    if (cursor.at === cursor.end) return { value: { low: cursor.low, high: cursor.high } };
  }
  const values = decodeInt64List(cursor, ranges);
  if (values.length !== 1) return values.length;
  return { value: { low: Number(BigInt.asIntN(32, values[0]!)), high: Number(values[0]! >> 32n) } };
}

function joinHalves({ low, high }: { readonly low: number; readonly high: number }): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

function safeInteger(
  value: number,
  exact: bigint | { readonly low: number; readonly high: number },
  feature: string,
): number {
  if (Number.isSafeInteger(value)) return value;
  const digits = typeof exact === "bigint" ? exact : joinHalves(exact);
  throw new TFRecordError(
    "INT_RANGE",
    `${digits} is not exact as a JavaScript number; declare the feature as bigint()`,
    { feature },
  );
}

function text(value: Uint8Array, feature: string): string {
  const decoded = decodeText(value, 0, value.length);
  if (decoded === undefined) {
    throw new TFRecordError("FEATURE_UTF8", "the feature is not valid UTF-8 text; declare it as bytes()", { feature });
  }
  return decoded;
}
