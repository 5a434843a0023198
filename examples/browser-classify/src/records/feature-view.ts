import { decodeExample, type Feature } from "@cassava/tfrecord";
import type { FeatureView, RecordView } from "./messages.ts";

const LONGEST = 60;
const VALUES = 6;
/** Control characters that are no white space: they tell binary data from text. */
const CONTROL = /[^\P{Cc}\t-\r]/u;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A record for people: what a feature says is text, images become Blobs for the page to show. */
export function recordView(data: Uint8Array, index: number): RecordView {
  const place = { index, byteLength: data.length };
  try {
    const features = [...decodeExample(data)].map(([name, feature]) => featureView(name, feature));
    const named = features.find(({ name, kind }) => kind === "bytes" && /(^|_|\/)(name|filename|id|key)$/i.test(name));
    return { ...place, name: named?.text ?? `record ${index}`, features };
  } catch (error) {
    return { ...place, name: `record ${index}`, features: [], problem: String(error) };
  }
}

function featureView(name: string, feature: Feature): FeatureView {
  const { kind } = feature;
  if (kind === "none") return { name, kind, text: "not set" };
  if (kind !== "bytes") return { name, kind, text: listed(Array.from(feature.value, String)) };
  const [first] = feature.value;
  const type = first && imageType(first);
  if (first !== undefined && type !== undefined && feature.value.length === 1) {
    const image = new Blob([first as Uint8Array<ArrayBuffer>], { type });
    return { name, kind, text: `${type}, ${first.length.toLocaleString("en")} bytes`, image };
  }
  return { name, kind, text: listed(feature.value.map(bytesText)) };
}

function listed(values: readonly string[]): string {
  if (values.length === 0) return "an empty list";
  const shown = values.slice(0, VALUES).join(", ");
  return values.length > VALUES ? `${shown}, … (${values.length} values)` : shown;
}

function bytesText(bytes: Uint8Array): string {
  try {
    const text = decoder.decode(bytes);
    if (!CONTROL.test(text)) return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  } catch {
    // No UTF-8: its size is all that can be said.
  }
  return `${bytes.length.toLocaleString("en")} bytes`;
}

/** The type of an image by its first bytes; undefined where it is none that browsers show. */
function imageType(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("\x89PNG")) return "image/png";
  return head.startsWith("RIFF") && head.endsWith("WEBP") ? "image/webp" : undefined;
}
