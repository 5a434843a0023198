import type { Store } from "@cassava/contracts";
import { type ReadShardOptions, readShard, type ShardContent, type ShardSource } from "../shards/read-shard.ts";
import { parseShardIndex, type ShardStamp, serializeShardIndex } from "../shards/shard-index.ts";

/** Where the index of a shard may be had before the shard is read. */
export interface IndexPlaces {
  /** Keeps indexes from one visit to the next. */
  readonly store: Store | undefined;
  /** The text of an index that lies beside the shard; undefined where there is none. */
  beside(): Promise<string | undefined>;
}

/**
 * Names, labels and positions of a shard: from an index beside it, from one that was kept, or by reading the whole of it,
 * and then kept. Throws a DataError (RECORD_UNREADABLE); a store that fails is passed over.
 */
export async function shardContent(
  source: ShardSource,
  stamp: ShardStamp,
  options: ReadShardOptions,
  { store, beside }: IndexPlaces,
): Promise<ShardContent> {
  const { idFeature, labelFeature, onCorrupt } = options;
  const key = `dataset-index/${JSON.stringify([stamp.name, stamp.byteLength, stamp.modified, idFeature, labelFeature])}`;
  const kept = async (): Promise<string | undefined> => {
    const bytes = await store?.get(key).catch(() => undefined);
    return bytes && new TextDecoder().decode(bytes);
  };
  for (const place of [beside, kept]) {
    const text = await place();
    const content = text === undefined ? undefined : parseShardIndex(text, stamp, options);
    // An index of a damaged file knows what is damaged, but not as an error that could be thrown.
    if (content !== undefined && (content.problems.length === 0 || onCorrupt === "skip")) return content;
  }
  const content = await readShard(source, options);
  const text = serializeShardIndex(content, stamp, options);
  await store?.put(key, new TextEncoder().encode(text)).catch(() => undefined);
  return content;
}
