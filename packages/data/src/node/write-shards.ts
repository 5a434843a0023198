import { basename, join } from "node:path";
import type { ClassInfo } from "@cassava/contracts";
import { bytesFeature, encodeExample, int64Feature, isTFRecordError } from "@cassava/tfrecord";
import { createShardWriter, type ShardWriter } from "@cassava/tfrecord/node";
import { DataError } from "../errors.ts";
import { labelMapName, serializeLabelMap } from "../labels.ts";
import { orderedMap } from "../ordered-map.ts";
import { createFolderAtomically, writeFileAtomically } from "./atomic-file.ts";

/** A file that was written. */
export interface WrittenShard {
  readonly path: string;
  readonly records: number;
  /** Size in bytes. */
  readonly byteLength: number;
}

/** An image on its way into a shard. */
export interface ImageToWrite {
  readonly id: string;
  readonly label?: number | undefined;
  encode(): Promise<Uint8Array>;
}

/** What {@link writeShards} writes, and where. */
export interface WriteShardsOptions {
  readonly classes: readonly ClassInfo[];
  readonly images: readonly ImageToWrite[];
  readonly out: string;
  readonly shards: number;
  readonly prefix: string;
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Images encoded ahead of the one that is written. */
const ahead = 3;

/**
 * Writes shards and label map into a new folder, all or nothing. Throws a DataError: OPTION_INVALID, OUTPUT_EXISTS,
 * OUTPUT_FAILED; and what `encode` throws.
 */
export async function writeShards(options: WriteShardsOptions): Promise<WrittenShard[]> {
  const { classes, images, out, shards, prefix, onProgress, signal } = options;
  if (!(Number.isInteger(shards) && shards >= 1 && shards <= images.length)) {
    const message = `${out}: ${shards} shards for ${images.length} images: use a whole number from 1 to ${images.length}`;
    throw new DataError("OPTION_INVALID", message, { file: out });
  }
  signal?.throwIfAborted();
  const written = await createFolderAtomically(out, async (folder) => {
    let writer: ShardWriter | undefined;
    try {
      writer = createShardWriter({ folder, prefix, shards });
      let done = 0;
      const record = async ({ id, label, encode }: ImageToWrite): Promise<Uint8Array> =>
        encodeExample({
          image: bytesFeature(await encode()),
          image_name: bytesFeature(id),
          ...(label !== undefined && { target: int64Feature(label) }),
        });
      for await (const bytes of orderedMap(dealt(images, shards), ahead, record, signal)) {
        await writer.write(bytes);
        onProgress?.({ done: ++done, total: images.length });
      }
      const files = await writer.close();
      // Without classes there is nothing to name, and an empty map would be refused when the shards are opened.
      if (classes.length > 0) await writeFileAtomically(join(folder, labelMapName), serializeLabelMap(classes));
      return files;
    } catch (cause) {
      await writer?.abort();
      if (!isTFRecordError(cause)) throw cause;
      throw new DataError("OUTPUT_FAILED", `${out}: ${cause.message}`, { file: out, cause });
    }
  });
  return written.map(({ path, records, byteLength }) => ({ path: join(out, basename(path)), records, byteLength }));
}

/**
 * The order in which a writer that deals records in turn fills each shard with a run of neighbours; the first shards
 * get one more.
 */
function* dealt<T>(items: readonly T[], shards: number): Generator<T> {
  const least = Math.floor(items.length / shards);
  const longer = items.length % shards;
  for (let k = 0; k < items.length; k++) {
    const shard = k % shards;
    yield items[shard * least + Math.min(shard, longer) + Math.floor(k / shards)]!;
  }
}
