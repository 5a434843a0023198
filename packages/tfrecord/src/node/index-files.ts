import { readFile } from "node:fs/promises";
import { TFRecordError } from "../errors.ts";
import type { RecordIndex } from "../record-index.ts";
import { type ParseIndexOptions, parseIndex, type SerializeIndexOptions, serializeIndex } from "../serialize-index.ts";
import { encodeText } from "../text.ts";
import { reasonOf, writeAtomically } from "./atomic-file.ts";

export interface SaveIndexOptions extends SerializeIndexOptions {}

/**
 * Writes an index to a file; readers see the old file or the new one, never a part.
 *
 * @throws TFRecordError WRITE_FAILED
 */
export async function saveIndex(path: string, index: RecordIndex, options: SaveIndexOptions = {}): Promise<void> {
  await writeAtomically(path, true, async (file) => await file.write(encodeText(serializeIndex(index, options))));
}

/** Where the index of a file is kept: beside it, `a.tfrec.index.json`, or `a.tfrec.idx` in the text format. */
export function indexPath(path: string, format: "json" | "text" = "json"): string {
  return format === "json" ? `${path}.index.json` : `${path}.idx`;
}

export interface LoadIndexOptions extends Omit<ParseIndexOptions, "file"> {}

/**
 * Reads an index that `saveIndex`, or `tfrecord2idx`, wrote.
 *
 * @throws TFRecordError SOURCE_UNREADABLE, INDEX_MISMATCH
 */
export async function loadIndex(path: string, options: LoadIndexOptions = {}): Promise<RecordIndex> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new TFRecordError("SOURCE_UNREADABLE", `the index cannot be read (${reasonOf(cause)})`, {
      file: path,
      cause,
    });
  });
  return parseIndex(text, { ...options, file: path });
}
