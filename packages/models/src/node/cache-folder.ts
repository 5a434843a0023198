import { randomUUID } from "node:crypto";
import type { Dirent } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, rmdir, unlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ModelsError } from "../errors.ts";
import type { LocatedStore } from "../weights/located-store.ts";
import { reasonOf } from "../weights/request.ts";
import { keyOfPath, pathOfKey } from "./store-path.ts";

/** Where {@link cacheFolder} is. */
export interface CacheFolderOptions {
  /** Default: that of the user, see {@link cacheFolder}. */
  readonly folder?: string | undefined;
  /** Default: the process's. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** How often a `put` makes its folder again that another process's `delete` had just removed as empty. */
const RETRIES = 5;

/**
 * A Store in the user's cache folder, which the first `put` makes: `CASSAVA_CACHE`, else `cassava` in `XDG_CACHE_HOME`, else in
 * `~/.cache`. One file a key; safe for several processes. Its `location` tells where a key's file is. Throws a ModelsError (STORE_FAILED) where the file system fails.
 */
export function cacheFolder(options: CacheFolderOptions = {}): LocatedStore {
  const folder = resolve(options.folder ?? userFolder(options.env ?? process.env));
  const fileOf = (key: string): string => join(folder, ...pathOfKey(key));
  const failed = (verb: string, what: string, cause: unknown) => {
    const message = `cannot ${verb} ${what} (${reasonOf(cause)}): check its permissions and free space, or set CASSAVA_CACHE to another folder`;
    return new ModelsError("STORE_FAILED", message, { file: folder, cause });
  };
  return {
    location: { folder, fileOf },
    async get(key) {
      try {
        const { buffer, byteOffset, byteLength } = await readFile(fileOf(key));
        return new Uint8Array(buffer, byteOffset, byteLength);
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw failed("read", key, error);
      }
    },
    async put(key, bytes) {
      const path = fileOf(key);
      for (let left = RETRIES; ; left--) {
        const temporary = join(dirname(path), `.tmp-${randomUUID()}`);
        try {
          await mkdir(dirname(path), { recursive: true });
          await writeFile(temporary, bytes);
          return await rename(temporary, path);
        } catch (error) {
          await rm(temporary, { force: true }).catch(() => undefined);
          if (left === 0 || !isCode(error, "ENOENT")) throw failed("write", key, error);
        }
      }
    },
    async delete(key) {
      const path = fileOf(key);
      try {
        await unlink(path);
      } catch (error) {
        if (!isAbsent(error)) throw failed("delete", key, error);
      }
      // Folders of pieces must not pile up; one that is not empty, or gone already, stays as it is.
      for (let at = dirname(path); at.length > folder.length; at = dirname(at)) {
        if (!(await rmdir(at).then(Boolean.bind(null, true), () => false))) break;
      }
    },
    async *keys() {
      for await (const path of filesBelow(folder, [])) {
        const key = keyOfPath(path);
        if (key !== undefined) yield key;
      }
    },
  };

  async function* filesBelow(path: string, above: readonly string[]): AsyncGenerator<string[]> {
    let entries: Dirent[];
    try {
      entries = await readdir(path, { withFileTypes: true });
    } catch (error) {
      if (isAbsent(error)) return;
      throw failed("list", above.join("/"), error);
    }
    for (const entry of entries) {
      const names = [...above, entry.name];
      if (entry.isDirectory()) yield* filesBelow(join(path, entry.name), names);
      else yield names;
    }
  }
}

/**
 * The same on every platform, as machine-learning tools have it; backend and data have the same rule. A variable that is empty is not
 * set, by the XDG specification.
 */
function userFolder(env: NodeJS.ProcessEnv): string {
  return env.CASSAVA_CACHE || join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "cassava");
}

/** Nothing there: also where a part of the path is a file, or was deleted a moment ago. */
const isAbsent = (error: unknown): boolean => isCode(error, "ENOENT") || isCode(error, "ENOTDIR");

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
