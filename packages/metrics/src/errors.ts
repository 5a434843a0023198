/** What went wrong, for programs. */
export type MetricsErrorCode =
  | "LENGTH_MISMATCH"
  | "LABEL_OUT_OF_RANGE"
  | "PROBABILITY_INVALID"
  | "SCORE_INVALID"
  | "WEIGHT_INVALID"
  | "MATRIX_INVALID"
  | "HISTORY_INVALID"
  | "OPTION_INVALID"
  | "EMPTY";

/** Options of {@link MetricsError}. */
export interface MetricsErrorOptions extends ErrorOptions {
  /** Position of the offending sample, from 0. */
  readonly index?: number;
}

/** The one error family of this package. The message names the argument and the sample, and says what to do. */
export class MetricsError extends Error {
  override readonly name = "MetricsError";
  readonly code: MetricsErrorCode;
  /** Position of the offending sample, from 0, where there is one. */
  readonly index: number | undefined;

  constructor(code: MetricsErrorCode, message: string, options: MetricsErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.index = options.index;
  }
}

/** True for an error of this package, and of this `code` where one is given. */
export const isMetricsError = (error: unknown, code?: MetricsErrorCode): error is MetricsError =>
  error instanceof MetricsError && (code === undefined || error.code === code);
