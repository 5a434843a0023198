import { type ReadRecordsOptions, readRecords } from "../read-records.ts";
import type { SkippedRange } from "../skipped-range.ts";
import { openFile } from "./open-file.ts";
import { type WriteRecordsFileOptions, writeRecordsFile } from "./write-records-file.ts";

export interface RepairFileOptions extends Omit<ReadRecordsOptions, "onCorrupt" | "verify" | "file"> {
  /** Compression of the repaired file, whatever that of the damaged one. Default `none`. */
  readonly compression?: WriteRecordsFileOptions["compression"];
  /** Replace `to` where it exists; `to` may then be `from`. Default false. */
  readonly overwrite?: boolean;
}

/** What a repair has saved and lost. */
export interface RepairReport {
  /** Intact records, all of which the repaired file holds, in order. */
  readonly records: number;
  /** Ranges of the damaged file that hold no intact record, and why. */
  readonly skipped: SkippedRange[];
  /** Size of the repaired file in bytes. */
  readonly bytes: number;
}

/**
 * Copies every intact record of the file `from` into a new file `to`, which gets its name only when it is complete and was
 * read again.
 *
 * @throws TFRecordError SOURCE_UNREADABLE, NOT_TFRECORD; WRITE_FAILED, also where `to` exists and `overwrite` is not set
 */
export async function repairFile(from: string, to: string, options: RepairFileOptions = {}): Promise<RepairReport> {
  const { compression, overwrite, onSkip, ...reading } = options;
  const skipped: SkippedRange[] = [];
  const intact = readRecords(openFile(from), {
    ...reading,
    onCorrupt: "skip",
    onSkip(range) {
      skipped.push(range);
      onSkip?.(range);
    },
  });
  const writing = { ...(compression && { compression }), ...(overwrite && { overwrite }) };
  const { records, byteLength } = await writeRecordsFile(to, intact, writing);
  return { records, skipped, bytes: byteLength };
}
