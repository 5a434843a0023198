import { TFRecordError } from "./errors.ts";
import { RecordReader } from "./record-reader.ts";
import { RecordStream } from "./record-stream.ts";
import type { SkippedRange } from "./skipped-range.ts";
import { type ByteSource, openChunks, sourceCrc32c, sourceName } from "./source.ts";

export interface ReadRecordsOptions {
  /**
   * Which checksums to compute. `full`: of lengths and data. `length`: of lengths only, for data that is checked
   * elsewhere. `none`: neither; a damaged length is then noticed only where it leaves the file or exceeds the limit.
   */
  readonly verify?: "full" | "length" | "none";
  /**
   * `throw`: a `TFRecordError` at the first damage. `skip`: report it to `onSkip` and go on with the next intact record.
   * After damage to a header that is the next position whose length checksum and data checksum both hold.
   */
  readonly onCorrupt?: "throw" | "skip";
  /** Called for each range of bytes that was passed over. */
  readonly onSkip?: (range: SkippedRange) => void;
  /** Longest data of one record, in bytes; checked before anything is buffered. Default 2^30 (1 GiB). */
  readonly maxRecordBytes?: number;
  /** Name for messages; by default the source's own. */
  readonly file?: string;
  /** Another CRC-32C (unmasked) for the data of records; by default the source's own (`openFile` finds a native one), else this package's. */
  readonly crc32c?: (bytes: Uint8Array) => number;
}

/** A reader over a source, for this package's own loops; an index refuses compressed files. */
export function openRecords(source: ByteSource, options: ReadRecordsOptions = {}, inflate?: "refuse"): RecordReader {
  const { maxRecordBytes } = options;
  if (maxRecordBytes !== undefined && !(maxRecordBytes >= 0 && maxRecordBytes <= Number.MAX_SAFE_INTEGER)) {
    throw new TFRecordError("INVALID_ARGUMENT", `maxRecordBytes must be 0 to 2^53 - 1, not ${maxRecordBytes}`);
  }
  const file = sourceName(source, options.file);
  const crc32c = options.crc32c ?? sourceCrc32c(source);
  return new RecordReader(openChunks(source, file), { ...options, source, file, inflate, crc32c });
}

/**
 * Yields the data of each record of a TFRecord file, in order. Compressed files (GZIP, ZLIB) are recognized by their bytes
 * and decompressed.
 *
 * What is yielded stays valid and is never overwritten. It may be a view into a chunk of the source, shared with its
 * neighbours: copy it (`record.slice()`) before transferring its buffer, or before keeping a small part of a large file.
 *
 * @throws TFRecordError with `file`, `record` and `byteOffset`: HEADER_TRUNCATED, DATA_TRUNCATED, LENGTH_CRC_MISMATCH,
 * DATA_CRC_MISMATCH, ZERO_TAIL, LENGTH_LIMIT, DECOMPRESSION_FAILED, unless `onCorrupt` is `skip`; and always NOT_TFRECORD,
 * SOURCE_UNREADABLE, INVALID_ARGUMENT.
 */
export function readRecords(
  source: ByteSource,
  options: ReadRecordsOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  return new RecordStream(openRecords(source, options), (data) => data);
}
