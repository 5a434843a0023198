import { createHash } from "node:crypto";
import { decodeExample, type Feature, isTFRecordError } from "@cassava/tfrecord";

/** Bytes as JSON: text where they are printable UTF-8, otherwise their number and hash. */
export type PlainBytes = string | { readonly bytes: number; readonly sha256: string };

/** An integer as JSON: a string of digits where a number would not be exact. */
export type PlainInteger = number | string;

/** A feature as JSON: a list, or null for one without a list (`Feature {}`). */
export type PlainFeature = readonly (PlainBytes | PlainInteger | null)[] | null;

/** A record as JSON: its features, or its bytes where it is not a `tf.train.Example`. */
export type PlainRecord = { readonly features: Readonly<Record<string, PlainFeature>> } | { readonly data: PlainBytes };

/** Control characters but white space. */
const UNPRINTABLE = /[^\P{Cc}\t\n\r]/u;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function plainBytes(bytes: Uint8Array): PlainBytes {
  try {
    const text = decoder.decode(bytes);
    if (!UNPRINTABLE.test(text)) return text;
  } catch {
    // Not UTF-8.
  }
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function plainInteger(value: bigint): PlainInteger {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function plainFeature(feature: Feature): PlainFeature {
  switch (feature.kind) {
    case "bytes":
      return feature.value.map(plainBytes);
    case "int64":
      return Array.from(feature.value, plainInteger);
    case "float":
      // JSON has no NaN and no infinity: null, as JSON.stringify writes them.
      return Array.from(feature.value, (value) => (Number.isFinite(value) ? value : null));
    default:
      return null;
  }
}

export function plainRecord(data: Uint8Array): PlainRecord {
  try {
    const entries = [...decodeExample(data)].map(([name, feature]) => [name, plainFeature(feature)] as const);
    return { features: Object.fromEntries(entries) };
  } catch (error) {
    if (!isTFRecordError(error, "EXAMPLE_MALFORMED")) throw error;
    return { data: plainBytes(data) };
  }
}
