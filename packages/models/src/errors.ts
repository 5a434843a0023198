/** What can go wrong in this package; the `code` of a {@link ModelsError}. */
export type ModelsErrorCode =
  | "BACKBONE_UNKNOWN"
  | "STAGE_UNKNOWN"
  | "INPUT_SIZE"
  | "WEIGHTS_UNREADABLE"
  | "WEIGHTS_MISMATCH"
  | "DOWNLOAD_FAILED"
  | "CHECKSUM_MISMATCH"
  | "BATCH_INVALID"
  | "CONTRACT_VIOLATED"
  | "MODEL_MISSING"
  | "MODEL_CORRUPT"
  | "STORE_FAILED"
  | "OPTION_INVALID";

/** Details of a {@link ModelsError}. */
export interface ModelsErrorOptions {
  /** The file concerned. */
  readonly file?: string | undefined;
  readonly cause?: unknown;
}

/** An error of this package: one line that names the file and what to do. */
export class ModelsError extends Error {
  override readonly name = "ModelsError";
  readonly code: ModelsErrorCode;
  readonly file: string | undefined;

  constructor(code: ModelsErrorCode, message: string, options: ModelsErrorOptions = {}) {
    super(options.file === undefined ? message : `${options.file}: ${message}`, { cause: options.cause });
    this.code = code;
    this.file = options.file;
  }
}

/** Whether `error` is a {@link ModelsError}, of the given code if one is given. */
export function isModelsError(error: unknown, code?: ModelsErrorCode): error is ModelsError {
  return error instanceof ModelsError && (code === undefined || error.code === code);
}
