import { readdir, stat, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { temporaryPrefix } from "./atomic-file.ts";
import { placeFile } from "./place-file.ts";

/** Files in a folder and below it whose sizes stay below a bound. */
export interface BoundedFolder {
  /**
   * Writes a file, whole or not at all, after making room for it; does nothing where no room can be made. Throws what the file
   * system throws.
   */
  write(path: string, parts: readonly Uint8Array[]): Promise<void>;
  /** Notes that a file was read: it is no longer among the first to go. */
  touch(path: string): Promise<void>;
}

/** What {@link boundedFolder} counts. */
export interface BoundedFolderOptions {
  /** Most bytes of all files together. */
  readonly maxBytes: number;
  /** Whether a file, by its names from the folder on, is one of ours: nothing else is counted, or deleted. */
  readonly owns: (names: readonly string[]) => boolean;
}

/** An unfinished file older than this was left by a process that was killed. */
const STALE_MS = 3_600_000;
/** File systems keep the time of a file in steps of up to two seconds. */
const TIME_STEP_MS = 2_000;
/** Files looked at together. */
const SCAN_WIDTH = 64;

/**
 * The folder is made by the first write, and looked through then and again whenever an eighth of `maxBytes` was written:
 * other processes write too. To make room the least recently used files go, but none that were written or read since this was made:
 * what is larger than the bound keeps a part of itself rather than pushing itself out.
 */
export function boundedFolder(folder: string, { maxBytes, owns }: BoundedFolderOptions): BoundedFolder {
  const opened = Date.now() - TIME_STEP_MS;
  /** Files that may go, the one that has gone unused the longest first, and the size of all files. */
  let old: { path: string; size: number }[] = [];
  let total = 0;
  let sinceScan = Number.POSITIVE_INFINITY;
  let turn: Promise<unknown> = Promise.resolve();

  return {
    async write(path, parts) {
      const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
      // One at a time: whoever makes room must not be overtaken.
      const made = turn.then(() => makeRoom(size));
      turn = made.catch(() => undefined);
      if (await made) await placeFile(join(folder, path), parts);
    },
    async touch(path) {
      const now = new Date();
      // Deleted a moment ago, or not ours to change: what was read is good all the same.
      await utimes(join(folder, path), now, now).catch(() => undefined);
    },
  };

  async function makeRoom(size: number): Promise<boolean> {
    if (size > maxBytes) return false;
    if (sinceScan + size > maxBytes / 8) await scan();
    while (total + size > maxBytes) {
      const oldest = old.shift();
      if (oldest === undefined) return false;
      // This process or another may have read it since.
      const info = await stat(oldest.path).catch(ignoreAbsent);
      if (info !== undefined && info.mtimeMs >= opened) continue;
      await unlink(oldest.path).catch(ignoreAbsent);
      total -= oldest.size;
    }
    total += size;
    sinceScan += size;
    return true;
  }

  async function scan(): Promise<void> {
    const found: { path: string; size: number; time: number }[] = [];
    const paths = await filesBelow(folder, [], owns);
    for (let from = 0; from < paths.length; from += SCAN_WIDTH) {
      const some = paths.slice(from, from + SCAN_WIDTH).map(async ({ path, unfinished }) => {
        const info = await stat(path).catch(ignoreAbsent);
        if (info === undefined) return;
        if (unfinished && Date.now() - info.mtimeMs > STALE_MS) await unlink(path).catch(ignoreAbsent);
        else found.push({ path, size: info.size, time: info.mtimeMs });
      });
      await Promise.all(some);
    }
    total = found.reduce((sum, { size }) => sum + size, 0);
    old = found.filter(({ time }) => time < opened).sort((a, b) => a.time - b.time);
    sinceScan = 0;
  }
}

async function filesBelow(
  folder: string,
  above: readonly string[],
  owns: BoundedFolderOptions["owns"],
): Promise<{ path: string; unfinished: boolean }[]> {
  const found: { path: string; unfinished: boolean }[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true }).catch(ignoreAbsent)) ?? []) {
    const [path, names] = [join(folder, entry.name), [...above, entry.name]];
    const unfinished = entry.name.startsWith(temporaryPrefix);
    if (entry.isDirectory()) {
      // An unfinished folder is somebody else's work.
      if (!unfinished) found.push(...(await filesBelow(path, names, owns)));
    } else if (unfinished || owns(names)) found.push({ path, unfinished });
  }
  return found;
}

/** Another process may have been quicker. */
function ignoreAbsent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
    return undefined;
  throw error;
}
