import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { TFRecordError } from "../errors.ts";
import type { RecordIndex } from "../record-index.ts";
import { type ParseIndexOptions, parseIndex, type SerializeIndexOptions, serializeIndex } from "../serialize-index.ts";

export interface SaveIndexOptions extends SerializeIndexOptions {}

/**
 * Writes an index to a file; readers see the old file or the new one, never a part.
 *
 * @throws TFRecordError WRITE_FAILED
 */
export async function saveIndex(path: string, index: RecordIndex, options: SaveIndexOptions = {}): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(temporary, serializeIndex(index, options), { flag: "wx" });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TFRecordError("WRITE_FAILED", `the index cannot be written (${reason})`, { file: path, cause });
  }
}

export interface LoadIndexOptions extends Omit<ParseIndexOptions, "file"> {}

/**
 * Reads an index that `saveIndex`, or `tfrecord2idx`, wrote.
 *
 * @throws TFRecordError SOURCE_UNREADABLE, INDEX_MISMATCH
 */
export async function loadIndex(path: string, options: LoadIndexOptions = {}): Promise<RecordIndex> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TFRecordError("SOURCE_UNREADABLE", `the index cannot be read (${reason})`, { file: path, cause });
  });
  return parseIndex(text, { ...options, file: path });
}
