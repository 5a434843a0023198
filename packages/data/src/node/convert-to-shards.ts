import type { Dataset, DatasetEntry } from "@cassava/contracts";
import { placeOf } from "../dataset.ts";
import { checkSize, resizeBilinear } from "../image/resize.ts";
import { encodeJpeg } from "./encode-jpeg.ts";
import { sharpDecoder } from "./sharp-decoder.ts";
import { type WrittenShard, writeShards } from "./write-shards.ts";

/** What {@link convertToShards} writes. */
export interface ConvertToShardsOptions {
  /** The folder of the shards: new or empty. */
  readonly out: string;
  /** Number of files, from 1 to the number of images. */
  readonly shards: number;
  /** `[height, width]` in pixels: decode, resize and encode as JPEG. Default: copy the encoded bytes unchanged. */
  readonly size?: readonly [height: number, width: number];
  /** JPEG quality where `size` is given, 1 to 100. Default 92. */
  readonly quality?: number;
  /** First part of the file names: "ld_train" gives "ld_train00-67.tfrec". Default "ld_train". */
  readonly prefix?: string;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/**
 * Writes a data set as TFRecord shards in the competition's form: features `image` (bytes), `image_name` (bytes) and
 * `target` (int64, absent where unlabelled), the label map beside them. Each shard holds a run of the data set, in its
 * order; counts differ by one at most. The same data set gives the same bytes. The folder appears when all is written;
 * on any failure, or an abort, nothing stays.
 *
 * Throws a DataError: OPTION_INVALID, OUTPUT_EXISTS where `out` holds something, OUTPUT_FAILED, IMAGE_UNREADABLE naming
 * the image; an aborted signal throws its reason.
 */
export async function convertToShards(dataset: Dataset, options: ConvertToShardsOptions): Promise<WrittenShard[]> {
  const { out, shards, size, quality = 92, prefix = "ld_train", onProgress, signal } = options;
  if (size !== undefined) checkSize(...size);
  const { classes, entries } = dataset;
  const decoder = sharpDecoder();
  const encodedImage = async (entry: DatasetEntry): Promise<Uint8Array> => {
    const bytes = await dataset.read(entry);
    if (size === undefined) return bytes;
    const image = await decoder.decode(bytes, { file: placeOf(entry), id: entry.id });
    return encodeJpeg(resizeBilinear(image, ...size), { quality });
  };
  const images = entries.map(({ id, label }, at) => ({ id, label, encode: () => encodedImage(entries[at]!) }));
  return writeShards({ classes, images, out, shards, prefix, onProgress, signal });
}
