import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DataError, reasonOf } from "../errors.ts";
import { temporaryPrefix } from "./atomic-file.ts";

/** A folder of folders of files whose sizes stay below a bound. */
export interface BoundedFolder {
  /**
   * Writes a file, whole or not at all, after making room for it; does nothing where no room can be made. Throws a
   * DataError (STORE_FAILED).
   */
  write(path: string, parts: readonly Uint8Array[]): Promise<void>;
}

/** An unfinished file older than this was left by a process that was killed. */
const STALE_MS = 3_600_000;
/** File systems keep the time of a file in steps of up to two seconds. */
const TIME_STEP_MS = 2_000;
/** Files looked at together. */
const SCAN_WIDTH = 64;

/**
 * The folder is made by the first write, and looked through then and again whenever an eighth of `maxBytes` was written:
 * other processes write too. To make room the oldest files go, but none that were written since this was made.
 */
export function boundedFolder(folder: string, maxBytes: number): BoundedFolder {
  const opened = Date.now() - TIME_STEP_MS;
  /** Files that may go, oldest first, and the size of all files. */
  let old: { path: string; size: number }[] = [];
  let total = 0;
  let sinceScan = Number.POSITIVE_INFINITY;
  let turn: Promise<unknown> = Promise.resolve();

  return {
    async write(path, parts) {
      const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
      try {
        // One at a time: whoever makes room must not be overtaken.
        const made = turn.then(() => makeRoom(size));
        turn = made.catch(() => undefined);
        if (await made) await place(join(folder, path), parts);
      } catch (cause) {
        const message = `the pixel cache cannot write to ${folder} (${reasonOf(cause)}): check its permissions and the free space`;
        throw new DataError("STORE_FAILED", message, { file: folder, cause });
      }
    },
  };

  async function makeRoom(size: number): Promise<boolean> {
    if (size > maxBytes) return false;
    if (sinceScan + size > maxBytes / 8) await scan();
    while (total + size > maxBytes) {
      const oldest = old.shift();
      if (oldest === undefined) return false;
      await unlink(oldest.path).catch(ignoreAbsent);
      total -= oldest.size;
    }
    total += size;
    sinceScan += size;
    return true;
  }

  async function scan(): Promise<void> {
    const found: { path: string; size: number; time: number }[] = [];
    const paths = await filesIn(folder);
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

async function place(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const temporary = join(dirname(path), `${temporaryPrefix}${randomUUID()}`);
  try {
    const file = await open(temporary, "wx").catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      await mkdir(dirname(path), { recursive: true });
      return open(temporary, "wx");
    });
    try {
      await file.writev([...parts]);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function filesIn(folder: string): Promise<{ path: string; unfinished: boolean }[]> {
  const found: { path: string; unfinished: boolean }[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true }).catch(ignoreAbsent)) ?? []) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    for (const name of (await readdir(path).catch(ignoreAbsent)) ?? []) {
      // Nothing but what a cache has written is counted, or deleted.
      const unfinished = name.startsWith(temporaryPrefix);
      if (unfinished || name.endsWith(".rgb")) found.push({ path: join(path, name), unfinished });
    }
  }
  return found;
}

/** Another process may have been quicker. */
function ignoreAbsent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
    return undefined;
  throw error;
}
