import { randomUUID } from "node:crypto";
import type { Dirent } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Store } from "@cassava/contracts";
import { DataError, reasonOf } from "../errors.ts";
import { temporaryPrefix } from "./atomic-file.ts";
import { plainBytes } from "./plain-bytes.ts";
import { keyOfPath, pathOfKey } from "./store-path.ts";

/**
 * A {@link Store} in a folder, which the first `put` makes: one file a key, `/` in a key makes subfolders, and any
 * other character that a file system could mistake is escaped. Safe for several processes: a `put` writes a temporary
 * file and renames it. Throws a DataError (STORE_FAILED) where the file system fails.
 */
export function folderStore(folder: string): Store {
  const pathOf = (key: string): string => join(folder, ...pathOfKey(key));
  return {
    async get(key) {
      try {
        return plainBytes(await readFile(pathOf(key)));
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw failed("read", key, error);
      }
    },
    async put(key, bytes) {
      const path = pathOf(key);
      const temporary = join(dirname(path), `${temporaryPrefix}${randomUUID()}`);
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(temporary, bytes);
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
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
