import { encodeExample, type FeatureInput } from "./encode-example.ts";
import { TFRecordError } from "./errors.ts";
import { KINDS } from "./feature.ts";
import type { InferRecord, Schema, SchemaFields } from "./schema.ts";

/**
 * Encodes a record as `decodeWith` gives it: the same schema reads it back. Optional features that are undefined are left
 * out.
 *
 * @throws TFRecordError FEATURE_MISSING where a required value is undefined; what `encodeExample` throws
 */
export function encodeWith<Fields extends SchemaFields>(
  schema: Schema<Fields>,
  record: InferRecord<Schema<Fields>>,
): Uint8Array {
  const features: [string, FeatureInput][] = [];
  for (const { name, field, kind } of schema.entries) {
    const value: unknown = Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : undefined;
    if (value !== undefined)
      features.push([name, { kind: KINDS[kind], value: field.list ? value : [value] } as FeatureInput]);
    else if (!field.optional) {
      throw new TFRecordError("FEATURE_MISSING", "the record has no value for it, and it is not optional", {
        feature: name,
      });
    }
  }
  return encodeExample(features);
}
