import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { delimited, eachField, varint } from "./fields.ts";

/** What a `SummaryMetadata` (tensorflow/core/framework/summary.proto) says of a tag. */
export interface Metadata {
  readonly plugin: string;
  readonly displayName: string;
  readonly description: string;
}

/**
 * Metadata by tag. A writer may say it with the first value of a tag only, so whoever decodes the events of a file passes the same map to
 * each of them.
 */
export type TagMetadata = Map<string, Metadata>;

const [PLUGIN_DATA, DISPLAY_NAME, DESCRIPTION, DATA_CLASS] = [delimited(1), delimited(2), delimited(3), varint(4)];
const PLUGIN_NAME = delimited(1);

/** `DataClass` by plugin: how the data server of TensorBoard stores a series. */
const DATA_CLASSES = { scalars: 1, histograms: 2, text: 2, images: 3 };

/** A plugin whose values are written. */
export type WrittenPlugin = keyof typeof DATA_CLASSES;

/** @throws {Error} where it is malformed */
export function decodeMetadata(bytes: Uint8Array): Metadata {
  let [plugin, displayName, description] = ["", "", ""];
  eachField(bytes, (key, reader) => {
    if (key === DISPLAY_NAME) displayName = reader.string(true);
    else if (key === DESCRIPTION) description = reader.string(true);
    else if (key === PLUGIN_DATA) {
      eachField(reader.bytes(), (inner, data) => {
        if (inner !== PLUGIN_NAME) return false;
        plugin = data.string(true);
        return true;
      });
    } else return false;
    return true;
  });
  return { plugin, displayName, description };
}

/** The metadata that TensorFlow 2 writes; the data of these plugins in their version 0 is empty. */
export function encodeMetadata(
  plugin: WrittenPlugin,
  { displayName = "", description = "" }: { readonly displayName?: string; readonly description?: string },
): Uint8Array {
  const writer = new BinaryWriter().uint32(PLUGIN_DATA).fork().uint32(PLUGIN_NAME).string(plugin).join();
  if (displayName !== "") writer.uint32(DISPLAY_NAME).string(displayName);
  if (description !== "") writer.uint32(DESCRIPTION).string(description);
  return writer.uint32(DATA_CLASS).int32(DATA_CLASSES[plugin]).finish();
}
