import type { RandomAccess } from "@cassava/tfrecord";
import type { TFRecordFile } from "@cassava/tfrecord/node";

/** Files of which only some are open at a time. */
export interface OpenFiles {
  /** Runs `work` with `file`, and closes those that were longest unused where too many are open. */
  use<T>(file: TFRecordFile, work: (access: RandomAccess) => Promise<T>): Promise<T>;
}

/**
 * Keeps at most `most` files open, or as many as are read from at the same moment where that is more: a data set of
 * thousands of shards must not exhaust the file descriptors of the process (often 1,024).
 */
export function openFiles(most: number): OpenFiles {
  /** Reads under way by file; the longest unused comes first. */
  const open = new Map<TFRecordFile, number>();
  return {
    async use(file, work) {
      const pending = open.get(file) ?? 0;
      open.delete(file);
      open.set(file, pending + 1);
      await closeUnused();
      try {
        return await work(file);
      } finally {
        open.set(file, open.get(file)! - 1);
        await closeUnused();
      }
    },
  };

  async function closeUnused(): Promise<void> {
    const unused = [...open].filter(([, pending]) => pending === 0);
    const tooMany = unused.slice(0, Math.max(0, open.size - most)).map(([file]) => file);
    for (const file of tooMany) open.delete(file);
    for (const file of tooMany) await file.close();
  }
}
