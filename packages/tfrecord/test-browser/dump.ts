import type { Example, Feature } from "@cassava/tfrecord";
import { isTFRecordError } from "@cassava/tfrecord";
import type { SequenceExample } from "@cassava/tfrecord/sequence";

// Examples as conformance/tfrecord/dump.py writes them into fixtures/tfrecord/expected.json, without Node's Buffer.

const base64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

function floatHex(value: number): string {
  if (Number.isNaN(value)) return "nan";
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return view.getUint32(0).toString(16).padStart(8, "0");
}

function dumpFeature(feature: Feature): readonly [kind: string, values: readonly string[]] {
  switch (feature.kind) {
    case "bytes":
      return ["bytes", feature.value.map(base64)];
    case "float":
      return ["float", Array.from(feature.value, floatHex)];
    case "int64":
      return ["int64", Array.from(feature.value, String)];
    default:
      return ["none", []];
  }
}

/** By code points, as Python sorts. */
function compareCodePoints(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)];
  const at = x.findIndex((character, i) => character !== y[i]);
  return at < 0 || at >= y.length ? x.length - y.length : x[at]!.codePointAt(0)! - y[at]!.codePointAt(0)!;
}

function dumpMap<Value>(map: ReadonlyMap<string, Value>, dump: (value: Value) => unknown): readonly unknown[] {
  return [...map].sort(([a], [b]) => compareCodePoints(a, b)).map(([key, value]) => [key, dump(value)]);
}

export function dumpExample(example: Example): unknown {
  return dumpMap(example, dumpFeature);
}

export function dumpSequence({ context, featureLists }: SequenceExample): unknown {
  return { context: dumpExample(context), lists: dumpMap(featureLists, (features) => features.map(dumpFeature)) };
}

/** What `dump` gives; null where the record is not well-formed. */
export function dumpOrNull(dump: () => unknown): unknown {
  try {
    return dump();
  } catch (error) {
    if (isTFRecordError(error, "EXAMPLE_MALFORMED")) return null;
    throw error;
  }
}
