import { orderedMap } from "../ordered-map.ts";
import { SYNTHETIC_CLASSES, type SyntheticLeavesOptions, syntheticLeaves } from "../synthetic/leaves.ts";
import type { ConvertToShardsOptions } from "./convert-to-shards.ts";
import { encodeJpeg } from "./encode-jpeg.ts";
import { type ImageToWrite, type WrittenShard, writeShards } from "./write-shards.ts";

/** How {@link writeSyntheticShards} writes. */
export type WriteSyntheticShardsOptions = Omit<ConvertToShardsOptions, "out" | "size">;

/**
 * Draws synthetic leaves and writes them as JPEG into TFRecord shards, with their label map: a data set for
 * demonstrations that nobody has to download. The same options give the same bytes under the same version of sharp. The
 * JPEGs, some kilobytes each, are held in memory until they are written; pixels are not.
 *
 * @param folder new or empty; it appears when all is written
 * @param leaves what to draw, as for `syntheticLeaves`
 */
export async function writeSyntheticShards(
  folder: string,
  leaves: SyntheticLeavesOptions,
  options: WriteSyntheticShardsOptions,
): Promise<WrittenShard[]> {
  const { shards, quality = 92, prefix = "ld_train", onProgress, signal } = options;
  const images: ImageToWrite[] = [];
  const drawn = orderedMap(
    syntheticLeaves(leaves),
    2,
    async (leaf) => ({ leaf, jpeg: await encodeJpeg(leaf, { quality }) }),
    signal,
  );
  for await (const { leaf, jpeg } of drawn) {
    images.push({ id: leaf.id, label: leaf.label, encode: async () => jpeg });
  }
  return writeShards({ classes: SYNTHETIC_CLASSES, images, out: folder, shards, prefix, onProgress, signal });
}
