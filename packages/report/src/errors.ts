/** Why a report, a model card or an event file cannot be made or read. */
export type ReportErrorCode = "EVENTS_INVALID" | "INPUT_INVALID";

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
