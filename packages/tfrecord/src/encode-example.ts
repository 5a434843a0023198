import { TFRecordError } from "./errors.ts";
import { compareText, isWellFormed } from "./text.ts";
import { ReverseWriter } from "./wire-writer.ts";

/** What can be encoded as a Feature. Strings become UTF-8; integers must fit 64 bits (numbers: be safe integers). */
export type FeatureInput =
  | { readonly kind: "bytes"; readonly value: readonly (Uint8Array | string)[] }
  | { readonly kind: "float"; readonly value: Float32Array | readonly number[] }
  | { readonly kind: "int64"; readonly value: BigInt64Array | readonly (bigint | number)[] }
  | { readonly kind: "none" };

/** Features by name. Use a Map (or entries) where a name may be `__proto__`. */
export type FeaturesInput = Iterable<readonly [string, FeatureInput]> | { readonly [name: string]: FeatureInput };

/** A bytes feature of one value or several. */
export function bytesFeature(...value: readonly (Uint8Array | string)[]): FeatureInput {
  return { kind: "bytes", value };
}

/** A float feature; values are rounded to single precision. */
export function floatFeature(...value: readonly number[]): FeatureInput {
  return { kind: "float", value };
}

/** An int64 feature. */
export function int64Feature(...value: readonly (bigint | number)[]): FeatureInput {
  return { kind: "int64", value };
}

/**
 * Encodes a `tf.train.Example` in one form: names sorted by their UTF-8 bytes, number lists packed. Equal features give
 * equal bytes, those of protobuf's deterministic serialization in C++, Java, Go and pure Python. (Python's default, upb,
 * sorts a name after the names that it is a prefix of: `image_name` before `image`.)
 *
 * @throws TFRecordError INT_RANGE where an integer does not fit 64 bits or is not a safe integer, FEATURE_UTF8 where a
 * string has a lone surrogate, FEATURE_KIND
 */
export function encodeExample(features: FeaturesInput): Uint8Array {
  const sorted = sortedEntries(features);
  const out = new ReverseWriter();
  writeMap(out, sorted, writeFeature);
  out.message(1, 0);
  return out.finish();
}

/** The entries of a map field, sorted; a later entry of the same name replaces an earlier one, as in a decoder. */
export function sortedEntries<T>(
  values: Iterable<readonly [string, T]> | { readonly [name: string]: T },
): (readonly [string, T])[] {
  const entries = Symbol.iterator in values ? [...new Map(values)] : Object.entries(values);
  for (const [name] of entries) {
    checkText(name, name);
  }
  return entries.sort(([a], [b]) => compareText(a, b));
}

/** Writes a map from names to messages as field 1. */
export function writeMap<T>(
  out: ReverseWriter,
  entries: readonly (readonly [string, T])[],
  write: (out: ReverseWriter, value: T, name: string) => void,
): void {
  for (let i = entries.length - 1; i >= 0; i--) {
    const [name, value] = entries[i]!;
    const mark = out.mark;
    write(out, value, name);
    out.message(2, mark);
    out.text(1, name);
    out.message(1, mark);
  }
}

/** Writes the fields of a `Feature` message. */
export function writeFeature(out: ReverseWriter, feature: FeatureInput, name: string): void {
  const mark = out.mark;
  switch (feature.kind) {
    case "none":
      return;
    case "bytes":
      for (let i = feature.value.length - 1; i >= 0; i--) writeBytes(out, feature.value[i]!, name);
      out.message(1, mark);
      return;
    case "float":
      if (feature.value.length > 0) out.packedFloats(1, feature.value);
      out.message(2, mark);
      return;
    case "int64":
      if (feature.value.length > 0) out.packedInts(1, checkInts(feature.value, name));
      out.message(3, mark);
      return;
    default: {
      const kind = JSON.stringify((feature as { kind: unknown }).kind);
      const problem = `${kind} is not a kind of feature; use bytes, float, int64 or none`;
      throw new TFRecordError("FEATURE_KIND", problem, { feature: name });
    }
  }
}

function writeBytes(out: ReverseWriter, value: Uint8Array | string, feature: string): void {
  if (typeof value === "string") out.text(1, checkText(value, feature));
  else out.bytes(1, value);
}

function checkText(text: string, feature: string): string {
  if (isWellFormed(text)) return text;
  const problem = "the name or text has a lone surrogate and cannot be written as UTF-8";
  throw new TFRecordError("FEATURE_UTF8", problem, { feature });
}

function checkInts(values: ArrayLike<bigint | number>, feature: string): ArrayLike<bigint | number> {
  if (values instanceof BigInt64Array) return values;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (typeof value === "number" ? Number.isSafeInteger(value) : BigInt.asIntN(64, value) === value) continue;
    const problem = `${value} is not exact as int64; pass integers, beyond 2^53 as bigint`;
    throw new TFRecordError("INT_RANGE", problem, { feature });
  }
  return values;
}
