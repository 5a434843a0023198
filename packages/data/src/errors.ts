/** What went wrong with a data set; each code has one cause and one remedy, which the message names. */
export type DataErrorCode =
  | "DATASET_MISSING"
  | "DATASET_EMPTY"
  | "DATASET_UNKNOWN"
  | "DATASET_PARTS"
  | "DATASET_CLOSED"
  | "CSV_EMPTY"
  | "CSV_INVALID"
  | "CSV_COLUMN"
  | "CSV_UNREAD"
  | "NO_IMAGES"
  | "NO_LABELS"
  | "LABEL_UNKNOWN"
  | "LABEL_CONFLICT"
  | "LABEL_MAP_INVALID"
  | "ID_DUPLICATE"
  | "ID_UNKNOWN"
  | "IMAGE_UNREADABLE"
  | "IMAGE_TOO_LARGE"
  | "RECORD_UNREADABLE"
  | "CLASS_TOO_SMALL"
  | "SPLIT_INVALID"
  | "SPLIT_MISMATCH"
  | "OPTION_INVALID"
  | "OUTPUT_EXISTS"
  | "OUTPUT_FAILED"
  | "STORE_FAILED"
  | "DECODER_MISSING"
  | "WORKER_FAILED"
  | "LOADER_CLOSED";

/** Where a {@link DataError} happened. */
export interface DataErrorFields {
  /** The file at fault. */
  readonly file?: string;
  /** The image at fault. */
  readonly id?: string;
  /** Line in `file`, from 1. */
  readonly line?: number;
  /** Record number in `file`, from 0. */
  readonly record?: number;
  readonly cause?: unknown;
}

/** The one error family of this package. The message is one line: what is wrong, where, and what to do about it. */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly code: DataErrorCode;
  readonly file?: string;
  readonly id?: string;
  readonly line?: number;
  readonly record?: number;

  constructor(code: DataErrorCode, message: string, { file, id, line, record, cause }: DataErrorFields = {}) {
    super(message.replace(/\s*[\r\n]+\s*/g, " "), cause === undefined ? undefined : { cause });
    this.code = code;
    if (file !== undefined) this.file = file;
    if (id !== undefined) this.id = id;
    if (line !== undefined) this.line = line;
    if (record !== undefined) this.record = record;
  }
}

/**
 * True for a {@link DataError}, of the given code where one is given; it also knows errors of another copy of this
 * package.
 */
export function isDataError(error: unknown, code?: DataErrorCode): error is DataError {
  if (!(error instanceof Error) || error.name !== "DataError" || !("code" in error)) return false;
  return code === undefined || error.code === code;
}

/** The message of whatever was thrown, on one line. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*[\r\n]+\s*/g, " ").trim();
}
