import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DataError, reasonOf } from "../errors.ts";

/** Begins the names of unfinished files and folders; nothing else in this package starts with it. */
export const temporaryPrefix = ".tmp-";

/**
 * Writes a file so that readers see the old bytes or the new ones, never a part: a temporary beside it, then a rename.
 * The folder must exist. Throws a DataError (OUTPUT_FAILED); then what was there is unchanged and no temporary is left.
 */
export async function writeFileAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `${temporaryPrefix}${randomUUID()}`);
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw failed(path, cause);
  }
}

/**
 * Makes a folder whole or not at all: `fill` writes into a temporary folder beside it, which is renamed at the end and
 * removed on failure. Throws a DataError: OUTPUT_EXISTS where `folder` holds something already, OUTPUT_FAILED where it
 * cannot be written.
 */
export async function createFolderAtomically<T>(folder: string, fill: (temporary: string) => Promise<T>): Promise<T> {
  const path = resolve(folder);
  const there = await readdir(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw failed(path, cause);
  });
  if (there !== undefined && there.length > 0) {
    const message = `${path} is not empty (it holds ${there[0]}): name a new folder, or empty this one first`;
    throw new DataError("OUTPUT_EXISTS", message, { file: path });
  }
  const temporary = join(dirname(path), `${temporaryPrefix}${basename(path)}-${randomUUID()}`);
  try {
    await mkdir(temporary, { recursive: true }).catch((cause: unknown) => {
      throw failed(path, cause);
    });
    const result = await fill(temporary);
    try {
      if (there !== undefined) await rmdir(path);
      await rename(temporary, path);
    } catch (cause) {
      throw failed(path, cause);
    }
    return result;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

function failed(path: string, cause: unknown): DataError {
  const message = `${path} cannot be written (${reasonOf(cause)}): check the path, its permissions and the free space`;
  return new DataError("OUTPUT_FAILED", message, { file: path, cause });
}
