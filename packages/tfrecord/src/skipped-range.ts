import type { TFRecordError } from "./errors.ts";

/** Bytes that were passed over because they are not an intact record. */
export interface SkippedRange {
  readonly file?: string | undefined;
  /** Number of the first record lost, from 0, counting each earlier skipped range as one record. */
  readonly record: number;
  /** First byte passed over, counted from the start of the (decompressed) bytes. */
  readonly start: number;
  /** First byte after the range. */
  readonly end: number;
  /** Why; the same error that `onCorrupt: "throw"` throws. */
  readonly error: TFRecordError;
}
