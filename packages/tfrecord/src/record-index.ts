import { accessChunks, asRandomAccess } from "./access.ts";
import { accelerate, LARGE_BYTES } from "./crc32c.ts";
import { TFRecordError } from "./errors.ts";
import {
  claimedLength,
  DEFAULT_MAX_RECORD_BYTES,
  dataChecksumHolds,
  HEADER_BYTES,
  lengthChecksumHolds,
  OVERHEAD_BYTES,
} from "./framing.ts";
import { openRecords, type ReadRecordsOptions } from "./read-records.ts";
import { RecordReader } from "./record-reader.ts";
import { type ByteSource, type RandomAccess, sourceCrc32c, sourceName } from "./source.ts";

/** Where the records of one file lie. */
export interface RecordIndex {
  /** Number of records. */
  readonly count: number;
  /** `[count]` offset of each record's first header byte. */
  readonly offsets: Float64Array;
  /** `[count]` bytes of data of each record; a record takes 16 more. */
  readonly lengths: Float64Array;
  /** Size of the indexed file in bytes, to notice that the index is used with another. */
  readonly byteLength: number;
}

export interface BuildIndexOptions extends ReadRecordsOptions {}

/** A header is read together with so many bytes after it while records are small enough to gain from that: 64 KiB. */
const HEADER_BLOCK_BYTES = 2 ** 16;

/**
 * Finds where the records lie. With random access (a file of `openFile`, a Blob, bytes) only the length headers are read,
 * not the data; `verify: "full"` and `onCorrupt: "skip"` read everything, as a stream must be.
 *
 * @throws TFRecordError what `readRecords` throws
 */
export async function buildIndex(
  source: ByteSource | RandomAccess,
  options: BuildIndexOptions = {},
): Promise<RecordIndex> {
  const { verify = "length", onCorrupt = "throw" } = options;
  const access = asRandomAccess(source);
  const all = {
    ...options,
    verify,
    file: sourceName(source, options.file),
    crc32c: options.crc32c ?? sourceCrc32c(source),
  } as BuildIndexOptions;
  if (access === undefined) return await indexStream(source as ByteSource, all);
  if (verify === "full" || onCorrupt === "skip") return await indexStream(accessChunks(access), all);
  return await indexHeaders(access, all);
}

async function indexStream(source: ByteSource, options: BuildIndexOptions): Promise<RecordIndex> {
  const offsets: number[] = [];
  const lengths: number[] = [];
  const reader = openRecords(source, options, "refuse");
  try {
    for (;;) {
      const data = reader.take() ?? (await reader.next());
      if (data === undefined) break;
      offsets.push(reader.byteOffset);
      lengths.push(data.length);
    }
    return toIndex(offsets, lengths, reader.endOffset);
  } finally {
    await reader.close();
  }
}

async function indexHeaders(access: RandomAccess, options: BuildIndexOptions): Promise<RecordIndex> {
  const { maxRecordBytes = DEFAULT_MAX_RECORD_BYTES, verify } = options;
  const { byteLength } = access;
  const offsets: number[] = [];
  const lengths: number[] = [];
  let block: Uint8Array = new Uint8Array(0);
  let blockStart = 0;
  for (let at = 0; at < byteLength; ) {
    if (at + HEADER_BYTES > blockStart + block.length) {
      const small = offsets.length === 0 || lengths.at(-1)! < HEADER_BLOCK_BYTES;
      blockStart = at;
      block = await access.slice(at, Math.min(byteLength, at + (small ? HEADER_BLOCK_BYTES : HEADER_BYTES)));
    }
    const index = at - blockStart;
    const length = index + HEADER_BYTES <= block.length ? claimedLength(block, index) : Number.POSITIVE_INFINITY;
    const end = at + length + OVERHEAD_BYTES;
    if (length > maxRecordBytes || end > byteLength || (verify !== "none" && !lengthChecksumHolds(block, index))) {
      throw await describeDamage(access, at, offsets.length, options);
    }
    offsets.push(at);
    lengths.push(length);
    at = end;
  }
  return toIndex(offsets, lengths, byteLength);
}

/** Lets the reader say what is wrong at `at`, so that the same damage has the same error everywhere. */
async function describeDamage(
  access: RandomAccess,
  at: number,
  record: number,
  options: BuildIndexOptions,
): Promise<unknown> {
  const reader = new RecordReader(accessChunks(access, at), {
    ...options,
    startOffset: at,
    startRecord: record,
    inflate: "refuse",
  });
  try {
    await reader.next();
  } catch (error) {
    return error;
  } finally {
    await reader.close();
  }
  return new TFRecordError("INDEX_MISMATCH", "the file changed while it was indexed; index it again", {
    file: options.file,
    record,
    byteOffset: at,
  });
}

function toIndex(offsets: readonly number[], lengths: readonly number[], byteLength: number): RecordIndex {
  return {
    count: offsets.length,
    offsets: Float64Array.from(offsets),
    lengths: Float64Array.from(lengths),
    byteLength,
  };
}

export interface ReadRecordAtOptions {
  /** As for `readRecords`; the length in the header is compared with the index always. */
  readonly verify?: "full" | "length" | "none";
  /** Name for messages; by default the source's own. */
  readonly file?: string;
  /** As for `readRecords`: another CRC-32C for the data. */
  readonly crc32c?: (bytes: Uint8Array) => number;
}

/**
 * The data of record `i` of an indexed file, `0 <= i < index.count`.
 *
 * @throws TFRecordError INDEX_MISMATCH where the file is not the one that was indexed; LENGTH_CRC_MISMATCH,
 * DATA_CRC_MISMATCH; INVALID_ARGUMENT where `i` is out of range
 */
export async function readRecordAt(
  access: RandomAccess,
  index: RecordIndex,
  i: number,
  options: ReadRecordAtOptions = {},
): Promise<Uint8Array> {
  checkPosition(access, index, i, options);
  const start = index.offsets[i]!;
  const frame = await access.slice(start, start + index.lengths[i]! + OVERHEAD_BYTES);
  if (frame.length >= LARGE_BYTES) await accelerate();
  return openFrame(frame, index, i, { file: access.name, crc32c: access.crc32c, ...options });
}

/** Refuses a record number that the index does not have, and an index of another file. */
export function checkPosition(access: RandomAccess, index: RecordIndex, i: number, options: ReadRecordAtOptions): void {
  const file = options.file ?? access.name;
  if (!Number.isInteger(i) || i < 0 || i >= index.count) {
    throw new TFRecordError("INVALID_ARGUMENT", `there is no record ${i}; the index has ${index.count}`, { file });
  }
  if (access.byteLength !== index.byteLength) {
    const problem = `the index is of a file of ${index.byteLength} bytes, this one has ${access.byteLength}; build the index again`;
    throw new TFRecordError("INDEX_MISMATCH", problem, { file });
  }
}

/** What `openFrame` needs of the options. */
interface FrameOptions extends Omit<ReadRecordAtOptions, "file" | "crc32c"> {
  readonly crc32c?: RandomAccess["crc32c"] | undefined;
  readonly file?: string | undefined;
}

/** The data inside the frame of record `i`, checked. */
export function openFrame(
  frame: Uint8Array,
  index: RecordIndex,
  i: number,
  { verify = "full", file, crc32c }: FrameOptions,
): Uint8Array {
  const length = index.lengths[i]!;
  const place = { file, record: i, byteOffset: index.offsets[i]! };
  if (frame.length !== length + OVERHEAD_BYTES || claimedLength(frame, 0) !== length) {
    throw new TFRecordError("INDEX_MISMATCH", "the record here is not the indexed one; build the index again", place);
  }
  if (verify !== "none" && !lengthChecksumHolds(frame, 0)) {
    throw new TFRecordError(
      "LENGTH_CRC_MISMATCH",
      "the length does not match its checksum; the file is damaged",
      place,
    );
  }
  if (verify === "full" && !dataChecksumHolds(frame, 0, length, crc32c)) {
    throw new TFRecordError("DATA_CRC_MISMATCH", "the data does not match its checksum; fetch the file again", place);
  }
  return frame.subarray(HEADER_BYTES, HEADER_BYTES + length);
}
