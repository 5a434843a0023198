import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { ReportError } from "../errors.ts";
import { delimited } from "./fields.ts";
import { encodeMetadata, type WrittenPlugin } from "./metadata.ts";
import type { SummaryValue } from "./summary.ts";
import { encodeNumbers, encodeStrings } from "./tensor.ts";

const [TAG, TENSOR, METADATA] = [delimited(1), delimited(8), delimited(9)];

/**
 * Writes a `Summary.Value` as TensorFlow 2 does: a tensor for a plugin.
 *
 * @throws {ReportError} `INPUT_INVALID`
 */
export function encodeValue(value: SummaryValue): Uint8Array {
  if (value.kind === "unknown") return value.bytes;
  const [plugin, tensor] = tensorOf(value);
  return new BinaryWriter()
    .uint32(TAG)
    .string(value.tag)
    .uint32(TENSOR)
    .bytes(tensor)
    .uint32(METADATA)
    .bytes(encodeMetadata(plugin, value))
    .finish();
}

function tensorOf(value: Exclude<SummaryValue, { kind: "unknown" }>): readonly [WrittenPlugin, Uint8Array] {
  switch (value.kind) {
    case "scalar":
      return ["scalars", encodeNumbers("float", [], [value.value])];
    case "histogram": {
      const rows = value.buckets.flatMap(({ left, right, count }) => [left, right, count]);
      return ["histograms", encodeNumbers("double", [value.buckets.length, 3], rows)];
    }
    case "image": {
      const { tag, width, height, images } = value;
      for (const [name, size] of Object.entries({ width, height })) {
        if (Number.isSafeInteger(size) && size >= 0) continue;
        throw new ReportError("INPUT_INVALID", `${tag}: the ${name} of an image is a whole number; got ${size}`);
      }
      return ["images", encodeStrings([2 + images.length], [utf8(`${width}`), utf8(`${height}`), ...images])];
    }
    case "text": {
      const { tag, texts } = value;
      const shape = value.shape ?? (texts.length === 1 ? [] : [texts.length]);
      const size = shape.reduce((product, length) => product * length, 1);
      if (size !== texts.length) {
        throw new ReportError("INPUT_INVALID", `${tag}: ${texts.length} texts do not fill the shape [${shape}]`);
      }
      return ["text", encodeStrings(shape, texts.map(utf8))];
    }
  }
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
