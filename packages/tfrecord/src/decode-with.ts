import { decodePlain } from "./decode-plain.ts";
import { TFRecordError } from "./errors.ts";
import { MapScanner, scanParts } from "./example.ts";
import { decodeValues, type FeatureParts, KINDS, NONE } from "./feature.ts";
import type { InferRecord, Schema, SchemaEntry, SchemaFields } from "./schema.ts";
import { decodeText } from "./text.ts";
import { Cursor } from "./wire.ts";

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
  return (decodePlain(schema, bytes) ?? decodeAny(schema, bytes)) as InferRecord<Schema<Fields>>;
}

/** Whatever protobuf allows, and what is wrong otherwise. */
export function decodeAny({ entries, template }: Schema, bytes: Uint8Array): unknown {
  const found: (number[] | undefined)[] = entries.map(() => undefined);
  const cursor = new Cursor(bytes);
  const scanner = new MapScanner(cursor, 0, bytes.length, 1);
  while (scanner.next()) {
    const { keyStart, keyEnd } = scanner;
    const index = entries.findIndex(
      ({ key }) => key.length === keyEnd - keyStart && key.every((byte, i) => byte === bytes[keyStart + i]),
    );
    if (index >= 0) found[index] = scanner.values;
  }
  const record: Record<string, unknown> = { ...template };
  for (const [i, entry] of entries.entries()) {
    const parts: FeatureParts = { kind: NONE, ranges: [] };
    scanParts(cursor, found[i] ?? [], parts);
    record[entry.name] = fieldValue(cursor, parts, entry, found[i] !== undefined);
  }
  return record;
}

function fieldValue(cursor: Cursor, parts: FeatureParts, entry: SchemaEntry, present: boolean): unknown {
  const {
    name: feature,
    kind,
    field: { type, list, optional },
  } = entry;
  if (parts.kind === NONE) {
    if (optional) return undefined;
    const problem = present ? "is empty (Feature {})" : "is missing";
    throw new TFRecordError(
      "FEATURE_MISSING",
      `the feature ${problem}; declare it with { optional: true } if that is right`,
      { feature },
    );
  }
  if (parts.kind !== kind) {
    const problem = `the feature holds ${KINDS[parts.kind]} values, but the schema says ${type}`;
    throw new TFRecordError("FEATURE_KIND", problem, { feature });
  }
  const raw: ArrayLike<unknown> = decodeValues(cursor, kind, parts.ranges);
  const values =
    type === "string" || type === "int" ? Array.from(raw, (value) => convert(value as never, feature)) : raw;
  if (list) return values;
  if (values.length === 1) return values[0];
  if (values.length === 0 && optional) return undefined;
  const problem = `the feature holds ${values.length} values where the schema says one; declare it with { list: true }`;
  throw new TFRecordError("FEATURE_COUNT", problem, { feature });
}

function convert(value: Uint8Array | bigint, feature: string): string | number {
  return typeof value === "bigint" ? safeInteger(value, feature) : text(value, feature);
}

function safeInteger(value: bigint, feature: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  const problem = `${value} is not exact as a JavaScript number; declare the feature as bigint()`;
  throw new TFRecordError("INT_RANGE", problem, { feature });
}

function text(value: Uint8Array, feature: string): string {
  const decoded = decodeText(value, 0, value.length);
  if (decoded !== undefined) return decoded;
  throw new TFRecordError("FEATURE_UTF8", "the feature is not valid UTF-8 text; declare it as bytes()", { feature });
}
