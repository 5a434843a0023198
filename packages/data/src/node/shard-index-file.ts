import { createHash } from "node:crypto";
import { mkdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { ShardContent } from "../shards/read-shard.ts";
import { type IndexedFeatures, parseShardIndex, type ShardStamp, serializeShardIndex } from "../shards/shard-index.ts";
import { writeFileAtomically } from "./atomic-file.ts";

/** A file that was written so lately may be written again without a change of its time: its index is not kept. */
const stillMs = 2000;

/** Where the index of a shard is kept: beside it, "ld_train00-1338.tfrec.dataset.json". */
const shardIndexPath = (shard: string): string => `${shard}.dataset.json`;

/** The folder for indexes of shards whose own folder is read-only: `CASSAVA_CACHE`, or cassava's in the user's cache folder. */
function userFolder(): string {
  const { CASSAVA_CACHE, XDG_CACHE_HOME } = process.env;
  return join(CASSAVA_CACHE || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "cassava"), "dataset-index");
}

/** Size and time of a shard. */
export async function stampOf(shard: string): Promise<ShardStamp> {
  const { size, mtimeMs } = await stat(shard);
  return { name: shard, byteLength: size, modified: mtimeMs };
}

/** The index of a shard, where one is kept and is of this very file; undefined otherwise. */
export async function loadShardIndex(
  shard: string,
  stamp: ShardStamp,
  features: IndexedFeatures,
  folder: string | undefined,
): Promise<ShardContent | undefined> {
  for (const path of placesOf(shard, folder)) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    const content = text === undefined ? undefined : parseShardIndex(text, stamp, features);
    if (content !== undefined) return content;
  }
  return undefined;
}

/**
 * Keeps the index of a shard in the first place that can be written. Where none can, or the shard was written a moment
 * ago, nothing is kept: the next opening reads the shard again.
 */
export async function saveShardIndex(
  shard: string,
  content: ShardContent,
  stamp: ShardStamp,
  features: IndexedFeatures,
  folder: string | undefined,
): Promise<void> {
  if (Date.now() - stamp.modified! < stillMs) return;
  const text = serializeShardIndex(content, stamp, features);
  for (const path of placesOf(shard, folder)) {
    try {
      // Only a folder for indexes is made; that of the shards is there.
      if (dirname(path) !== dirname(resolve(shard))) await mkdir(dirname(path), { recursive: true });
      await writeFileAtomically(path, text);
      return;
    } catch {
      // The next place may be writable; an index is never worth an error.
    }
  }
}

function placesOf(shard: string, folder: string | undefined): string[] {
  const path = resolve(shard);
  const name = `${createHash("sha256").update(path).digest("hex").slice(0, 32)}.json`;
  return folder === undefined ? [shardIndexPath(path), join(userFolder(), name)] : [join(resolve(folder), name)];
}
