import { randomUUID } from "node:crypto";
import { rename, stat } from "node:fs/promises";
import { isTFRecordError, TFRecordError } from "../errors.ts";
import { type BufferedFile, createBufferedFile } from "./buffered-file.ts";

/** What went wrong, as words for a message. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * Lets `work` write a file under a temporary name in the same folder, checks it with `verify` and renames it: readers see
 * the old file or the new one, never a part. What fails leaves nothing behind.
 *
 * @throws TFRecordError WRITE_FAILED, also where `path` exists and `overwrite` is false; a TFRecordError of `work` as it is
 */
export async function writeAtomically<T>(
  path: string,
  overwrite: boolean,
  work: (file: BufferedFile) => Promise<T>,
  verify?: (temporary: string, result: T) => Promise<void>,
): Promise<T> {
  if (!overwrite && (await stat(path).catch(() => undefined)) !== undefined) {
    throw new TFRecordError("WRITE_FAILED", "the file exists; remove it or pass overwrite: true", { file: path });
  }
  const file = createBufferedFile(`${path}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    const result = await work(file);
    await file.finish();
    await verify?.(file.path, result);
    await rename(file.path, path);
    return result;
  } catch (cause) {
    await file.remove();
    if (isTFRecordError(cause)) throw cause;
    const problem = `the file cannot be written (${reasonOf(cause)})`;
    throw new TFRecordError("WRITE_FAILED", problem, { file: path, cause });
  }
}
