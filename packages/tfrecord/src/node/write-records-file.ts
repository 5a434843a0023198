import { rm } from "node:fs/promises";
import { TFRecordError } from "../errors.ts";
import { OVERHEAD_BYTES } from "../framing.ts";
import { readRecords } from "../read-records.ts";
import type { RecordIndex } from "../record-index.ts";
import { type WriteRecordsOptions, writeRecords } from "../write-records.ts";
import { reasonOf, writeAtomically } from "./atomic-file.ts";
import { indexPath, saveIndex } from "./index-files.ts";
import { openFile } from "./open-file.ts";

export interface WriteRecordsFileOptions extends WriteRecordsOptions {
  /** Replace a file that exists. Default false. */
  readonly overwrite?: boolean;
  /** Read the file again before it gets its name, and compare every checksum. Default true. */
  readonly verify?: boolean;
  /** Write the record index beside the file (`indexPath`), in a format of `saveIndex`. Not where it is compressed. Default `none`. */
  readonly index?: "none" | "json" | "text";
}

/** A written file. */
export interface WrittenFile {
  readonly path: string;
  readonly records: number;
  /** Size of the file, compressed where it is. */
  readonly byteLength: number;
}

/**
 * Writes one TFRecord file. It has its name only when it is complete (and verified): readers never see a part.
 *
 * @throws TFRecordError WRITE_FAILED, INVALID_ARGUMENT; what `records` throws if that is a TFRecordError
 */
export async function writeRecordsFile(
  path: string,
  records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: WriteRecordsFileOptions = {},
): Promise<WrittenFile> {
  const { compression = "none", overwrite = false, verify = true, index = "none" } = options;
  if (compression !== "none" && index !== "none") {
    throw new TFRecordError("INVALID_ARGUMENT", "a compressed file has no index; leave out compression or index", {
      file: path,
    });
  }
  const lengths: number[] = [];
  async function* noted(): AsyncGenerator<Uint8Array> {
    for await (const data of records) {
      lengths.push(data.length);
      yield data;
    }
  }
  const byteLength = await writeAtomically(
    path,
    overwrite,
    async (file) => {
      let size = 0;
      for await (const chunk of writeRecords(noted(), { compression })) {
        await file.write(chunk);
        size += chunk.length;
      }
      // A file without records is an empty file, which nothing has created yet.
      await file.write(new Uint8Array(0));
      return size;
    },
    verify ? async (temporary) => await verifyRecords(temporary, lengths, path) : undefined,
  );
  // An index of the file that this one replaces would be wrong.
  for (const format of ["json", "text"] as const) await rm(indexPath(path, format), { force: true });
  if (index !== "none") await saveIndex(indexPath(path, index), indexOf(lengths), { format: index });
  return { path, records: lengths.length, byteLength };
}

/** The index of a file that holds records of these lengths and nothing else. */
export function indexOf(lengths: readonly number[]): RecordIndex {
  const offsets = new Float64Array(lengths.length);
  let end = 0;
  for (const [i, length] of lengths.entries()) {
    offsets[i] = end;
    end += length + OVERHEAD_BYTES;
  }
  return { count: lengths.length, offsets, lengths: Float64Array.from(lengths), byteLength: end };
}

/**
 * Reads a file that was just written and compares checksums and lengths.
 *
 * @throws TFRecordError WRITE_FAILED for the file `name`
 */
export async function verifyRecords(path: string, lengths: readonly number[], name: string): Promise<void> {
  let count = 0;
  try {
    const maxRecordBytes = lengths.reduce((max, length) => Math.max(max, length), 0);
    for await (const data of readRecords(openFile(path), { maxRecordBytes })) {
      if (data.length !== lengths[count]) throw new Error(`record ${count} has ${data.length} bytes`);
      count++;
    }
    if (count !== lengths.length) throw new Error(`it holds ${count} of ${lengths.length} records`);
  } catch (cause) {
    const problem = `the file reads differently than it was written (${reasonOf(cause)}); check the disk`;
    throw new TFRecordError("WRITE_FAILED", problem, { file: name, cause });
  }
}
