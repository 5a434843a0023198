import { delimited, eachField, fixed32, varint } from "./fields.ts";
import { decodeHistogramProto } from "./histogram.ts";
import { decodeMetadata, type Metadata, type TagMetadata } from "./metadata.ts";
import type { SummaryValue, Tagged } from "./summary.ts";
import { decodeTensor, type Tensor } from "./tensor.ts";

const TAG = delimited(1);
const METADATA = delimited(9);
/** The members of `Summary.Value.value` (tensorflow/core/framework/summary.proto). */
const [SIMPLE_VALUE, OLD_HISTOGRAM, IMAGE, HISTO, AUDIO, TENSOR] = [
  fixed32(2),
  delimited(3),
  delimited(4),
  delimited(5),
  delimited(6),
  delimited(8),
];
const [HEIGHT, WIDTH, ENCODED] = [varint(1), varint(2), delimited(4)];

/** A value without its tag. */
type Content = SummaryValue extends infer V ? (V extends SummaryValue ? Omit<V, keyof Tagged> : never) : never;

/**
 * Reads a `Summary.Value`, of version 1 (`simple_value`, `image`, `histo`) or 2 (a tensor for a plugin).
 *
 * @param known metadata of the tags of the file so far; that of this value is added
 * @throws {Error} where it is malformed
 */
export function decodeValue(bytes: Uint8Array, known: TagMetadata): SummaryValue {
  let tag = "";
  let own: Metadata | undefined;
  let read: (metadata: Metadata | undefined) => Content = () => unknown("nothing at all");
  const unknown = (what: string, plugin?: string): Content => ({
    kind: "unknown",
    what,
    ...(plugin && { plugin }),
    bytes,
  });
  eachField(bytes, (key, reader) => {
    if (key === TAG) tag = reader.string(true);
    else if (key === METADATA) own = decodeMetadata(reader.bytes());
    else if (key === SIMPLE_VALUE) {
      const value = reader.float();
      read = () => ({ kind: "scalar", value });
    } else if (key === IMAGE) {
      const image = decodeImage(reader.bytes());
      read = () => image;
    } else if (key === HISTO) {
      const buckets = decodeHistogramProto(reader.bytes());
      read = () => ({ kind: "histogram", buckets });
    } else if (key === AUDIO || key === OLD_HISTOGRAM) {
      reader.bytes();
      read = () => unknown(key === AUDIO ? "audio" : "a histogram of an obsolete kind");
    } else if (key === TENSOR) {
      const tensor = decodeTensor(reader.bytes());
      read = (metadata) => {
        const plugin = metadata?.plugin ?? "";
        if (typeof tensor === "string") return unknown(tensor, plugin);
        return ofPlugin(tensor, plugin) ?? unknown(describe(tensor, plugin), plugin);
      };
    } else return false;
    return true;
  });
  if (own !== undefined && !known.has(tag)) known.set(tag, own);
  const metadata = known.get(tag);
  const { displayName, description } = metadata ?? {};
  return { tag, ...(displayName && { displayName }), ...(description && { description }), ...read(metadata) };
}

function describe({ shape, strings }: Tensor, plugin: string): string {
  return `a tensor of ${strings ? "strings" : "numbers"} of shape [${shape}] ${plugin === "" ? "without a plugin" : `for the plugin ${plugin}`}`;
}

/** `Summary.Image`: a colour space stands in the image itself, too. */
function decodeImage(bytes: Uint8Array): Content {
  let [width, height] = [0, 0];
  let encoded: Uint8Array = new Uint8Array();
  eachField(bytes, (key, reader) => {
    if (key === HEIGHT) height = reader.int32();
    else if (key === WIDTH) width = reader.int32();
    else if (key === ENCODED) encoded = reader.bytes();
    else return false;
    return true;
  });
  return { kind: "image", width, height, images: [encoded] };
}

/** What the tensor is for the plugin; undefined where it is not what the plugin takes. */
function ofPlugin({ shape, numbers, strings }: Tensor, plugin: string): Content | undefined {
  if (plugin === "scalars" && numbers?.length === 1) return { kind: "scalar", value: numbers[0]! };
  if (plugin === "histograms" && numbers && shape.length === 2 && shape[1] === 3) {
    const at = (row: number, column: number) => numbers[3 * row + column]!;
    const buckets = Array.from({ length: shape[0]! }, (_, i) => ({ left: at(i, 0), right: at(i, 1), count: at(i, 2) }));
    return { kind: "histogram", buckets };
  }
  if (plugin === "images" && strings && shape.length === 1 && strings.length >= 2) {
    const [width, height] = strings.map((text) => Number(textOf(text) ?? Number.NaN));
    if (!(width! >= 0 && height! >= 0)) return undefined;
    return { kind: "image", width: width!, height: height!, images: strings.slice(2) };
  }
  if (plugin === "text" && strings) {
    const texts = strings.map(textOf).filter((text) => text !== undefined);
    if (texts.length === strings.length) return { kind: "text", texts, shape };
  }
  return undefined;
}

/** UTF-8; undefined where it is none. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
