/** What can go wrong in this package; the `code` of a {@link TrainError}. */
export type TrainErrorCode =
  | "OPTION_INVALID"
  | "LABELS_MISSING"
  | "MONITOR_UNKNOWN"
  | "FEATURES_INVALID"
  | "WEIGHTS_MISMATCH"
  | "CHECKPOINT_INVALID"
  | "OUT_OF_MEMORY"
  | "TENSORS_LEAKED";

/** An error of this package: one line that says what is wrong and what to do. */
export class TrainError extends Error {
  override readonly name = "TrainError";
  readonly code: TrainErrorCode;

  constructor(code: TrainErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** Whether `error` is a {@link TrainError}, of the given code if one is given. */
export function isTrainError(error: unknown, code?: TrainErrorCode): error is TrainError {
  return error instanceof TrainError && (code === undefined || error.code === code);
}
