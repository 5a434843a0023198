import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { DataError, reasonOf } from "../errors.ts";

/**
 * Files below `folder`, at any depth, as paths from it with "/" between the names, sorted by code unit; hidden ones are
 * left out. Throws a DataError (DATASET_MISSING) where the folder cannot be read.
 */
export async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length).split(sep).join("/"))
      .filter((path) => !path.split("/").some((name) => name.startsWith(".")))
      .sort();
  } catch (cause) {
    throw missing(folder, cause);
  }
}

/**
 * What stands at a path; "nothing" where nothing does. Throws a DataError (DATASET_MISSING) where that cannot be told.
 */
export async function kindOf(path: string): Promise<"file" | "folder" | "nothing"> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return "nothing";
    throw missing(path, cause);
  }
}

/** The error for a folder or file that is not there. */
export function missing(path: string, cause?: unknown): DataError {
  const reason = cause === undefined ? "is not there" : `cannot be read (${reasonOf(cause)})`;
  return new DataError("DATASET_MISSING", `${path} ${reason}: check the path`, { file: path, cause });
}
