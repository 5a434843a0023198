import type { Dirent } from "node:fs";
import { readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "@cassava/contracts";
import { DataError, reasonOf } from "../errors.ts";
import { boundedFolder } from "./bounded-folder.ts";
import { placeFile } from "./place-file.ts";
import { plainBytes } from "./plain-bytes.ts";
import { keyOfPath, pathOfKey } from "./store-path.ts";

/** How much a {@link folderStore} keeps. */
export interface FolderStoreOptions {
  /**
   * Most bytes of all values together; makes the store a cache, which may forget. Default: no bound, and nothing is ever forgotten.
   */
  readonly maxBytes?: number | undefined;
}

/**
 * A {@link Store} in a folder, which the first `put` makes: one file a key, `/` in a key makes subfolders, and any
 * other character that a file system could mistake is escaped. Safe for several processes and for being killed: a `put`
 * writes a temporary file and renames it. Throws a DataError: OPTION_INVALID, and STORE_FAILED where the file system fails.
 *
 * With `maxBytes` the least recently used values go where a `put` needs their room. What was put or read since this store was
 * opened stays, so that data that are larger than the bound keep a part there rather than pushing themselves out: then a
 * `put` does nothing. Several processes that put at once may go past `maxBytes` by an eighth. Temporaries that a killed
 * process left go after an hour.
 */
export function folderStore(folder: string, { maxBytes }: FolderStoreOptions = {}): Store {
  if (maxBytes !== undefined && !(Number.isInteger(maxBytes) && maxBytes >= 1)) {
    throw new DataError("OPTION_INVALID", `folderStore: maxBytes is ${maxBytes}: use an integer of at least 1`);
  }
  const owns = (names: readonly string[]): boolean => keyOfPath(names) !== undefined;
  const bounded = maxBytes === undefined ? undefined : boundedFolder(folder, { maxBytes, owns });
  const pathOf = (key: string): string => join(folder, ...pathOfKey(key));
  return {
    async get(key) {
      try {
        const bytes = plainBytes(await readFile(pathOf(key)));
        await bounded?.touch(join(...pathOfKey(key)));
        return bytes;
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw failed("read", key, error);
      }
    },
    async put(key, bytes) {
      try {
        if (bounded === undefined) await placeFile(pathOf(key), [bytes]);
        else await bounded.write(join(...pathOfKey(key)), [bytes]);
      } catch (error) {
        throw failed("write", key, error);
      }
    },
    async delete(key) {
      try {
        await unlink(pathOf(key));
      } catch (error) {
        if (!isAbsent(error)) throw failed("delete", key, error);
      }
    },
    async *keys() {
      for await (const path of filesBelow(folder, [])) {
        const key = keyOfPath(path);
        if (key !== undefined) yield key;
      }
    },
  };

  function failed(verb: string, key: string, cause: unknown): DataError {
    const message = `the store in ${folder} cannot ${verb} the key "${key}" (${reasonOf(cause)}): check the folder's permissions and free space`;
    return new DataError("STORE_FAILED", message, { file: folder, cause });
  }

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

/** Nothing there: also where a part of the path is a file, or was deleted a moment ago. */
function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
