import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryPrefix } from "./atomic-file.ts";

/**
 * Writes a file so that readers see the old bytes or the new ones, never a part, and makes the folders above it. Throws what the
 * file system throws; then no temporary is left.
 */
export async function placeFile(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const temporary = join(dirname(path), `${temporaryPrefix}${randomUUID()}`);
  try {
    const file = await open(temporary, "wx").catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      await mkdir(dirname(path), { recursive: true });
      return open(temporary, "wx");
    });
    try {
      // Unlike `writev`, this goes on after a write that the system has cut short.
      for (const part of parts) await file.writeFile(part);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
