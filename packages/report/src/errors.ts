/** Why a report, a model card or an event file cannot be made or read. */
export type ReportErrorCode =
  /** A TensorBoard event file is damaged, or is none. */
  | "EVENTS_INVALID"
  /** There is no event file, or none that holds what was asked for. */
  | "EVENTS_MISSING"
  /** An argument is out of its range. */
  | "INPUT_INVALID"
  /** A file cannot be written. */
  | "WRITE_FAILED";

/** Where it happened. */
export interface ReportErrorOptions extends ErrorOptions {
  readonly file?: string | undefined;
  /** Index of the record in the file, from 0. */
  readonly record?: number | undefined;
}

/** The one error of this package. */
export class ReportError extends Error {
  override readonly name = "ReportError";
  readonly code: ReportErrorCode;
  readonly file: string | undefined;
  readonly record: number | undefined;

  constructor(code: ReportErrorCode, message: string, { file, record, ...options }: ReportErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.file = file;
    this.record = record;
  }
}

/** Whether `error` is a {@link ReportError}, with `code` if given; holds across copies of the package. */
export function isReportError(error: unknown, code?: ReportErrorCode): error is ReportError {
  if (!(error instanceof Error) || error.name !== "ReportError") return false;
  return code === undefined || (error as ReportError).code === code;
}
