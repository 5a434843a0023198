import { type FeatureInput, type FeaturesInput, sortedEntries, writeFeature, writeMap } from "./encode-example.ts";
import { decodeFeatures, type Example, MapScanner } from "./example.ts";
import { decodeParts, type Feature, NONE, scanFeature } from "./feature.ts";
import { decodeKey } from "./text.ts";
import { Cursor, WIRE_BYTES } from "./wire.ts";
import { ReverseWriter } from "./wire-writer.ts";

/** A `tf.train.SequenceExample`: features of the whole, and lists of features, one for each step. */
export interface SequenceExample {
  readonly context: Example;
  readonly featureLists: Map<string, Feature[]>;
}

/**
 * Decodes a serialized `tf.train.SequenceExample`, with the semantics of `decodeExample`. Byte values are views.
 *
 * @throws TFRecordError EXAMPLE_MALFORMED
 */
export function decodeSequenceExample(bytes: Uint8Array): SequenceExample {
  const cursor = new Cursor(bytes);
  const context = decodeFeatures(new MapScanner(cursor, 0, bytes.length, 1));
  const featureLists = new Map<string, Feature[]>();
  const scanner = new MapScanner(cursor, 0, bytes.length, 2);
  while (scanner.next()) {
    const key = decodeKey(bytes, scanner.keyStart, scanner.keyEnd);
    featureLists.set(key, decodeFeatureList(cursor, scanner.values));
  }
  return { context, featureLists };
}

/** The features of a FeatureList that comes in several parts, which append. */
function decodeFeatureList(cursor: Cursor, parts: readonly number[]): Feature[] {
  const features: Feature[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const end = parts[i + 1]!;
    cursor.move(parts[i]!, end);
    while (cursor.at < end) {
      const tag = cursor.tag();
      if (tag !== 8 + WIRE_BYTES) {
        cursor.skip(tag);
        continue;
      }
      const length = cursor.length();
      const next = cursor.at + length;
      const found = { kind: NONE, ranges: [] };
      cursor.end = next;
      scanFeature(cursor, found);
      features.push(decodeParts(cursor, found));
      cursor.move(next, end);
    }
  }
  return features;
}

/** What can be encoded as a SequenceExample. A part that is absent is not written; an empty one is, as empty. */
export interface SequenceExampleInput {
  readonly context?: FeaturesInput;
  readonly featureLists?:
    | Iterable<readonly [string, readonly FeatureInput[]]>
    | { readonly [name: string]: readonly FeatureInput[] };
}

/**
 * Encodes a `tf.train.SequenceExample` as `encodeExample` does an Example: equal contents give equal bytes.
 *
 * @throws TFRecordError INT_RANGE, FEATURE_UTF8, FEATURE_KIND
 */
export function encodeSequenceExample({ context, featureLists }: SequenceExampleInput): Uint8Array {
  const lists = featureLists === undefined ? undefined : sortedEntries(featureLists);
  const features = context === undefined ? undefined : sortedEntries(context);
  const out = new ReverseWriter();
  if (lists !== undefined) {
    writeMap(out, lists, writeFeatureList);
    out.message(2, 0);
  }
  if (features !== undefined) {
    const mark = out.mark;
    writeMap(out, features, writeFeature);
    out.message(1, mark);
  }
  return out.finish();
}

function writeFeatureList(out: ReverseWriter, features: readonly FeatureInput[], name: string): void {
  for (let i = features.length - 1; i >= 0; i--) {
    const mark = out.mark;
    writeFeature(out, features[i]!, name);
    out.message(1, mark);
  }
}
