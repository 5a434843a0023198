/** What can go wrong in the command itself; the `code` of a {@link CliError}. */
export type CliErrorCode =
  | "OPTION_INVALID"
  | "CONFIG_INVALID"
  | "CONFIG_MISSING"
  | "CONFIG_UNREADABLE"
  | "NOT_INTERACTIVE"
  | "OUTPUT_FAILED"
  | "RUN_EXISTS"
  | "RUN_MISSING"
  | "RUN_INVALID"
  | "SPLIT_UNUSABLE"
  | "NO_IMAGES"
  | "NO_RECORDS"
  | "PREFLIGHT_FAILED"
  | "DIVERGED"
  | "NOT_REPRODUCED";

/** An error of the command: one line that names the option or the file and says what to do. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** Ends a command that has said all it has to say with another exit code than 0. */
export class ExitWith extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/**
 * Whether an error was foreseen, by this or another package of the family: all carry a `code` and a message of one line. What
 * was not is a bug, and is shown with its stack.
 */
export function isForeseen(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && /^(Cli|Data|TFRecord|Models|Train|Metrics|Backend|Report)Error$/.test(error.name);
}

/** Whether an engine or JavaScript itself could not get the memory that it asked for. */
export function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === "RuntimeError" ||
    error instanceof RangeError ||
    /out of memory|allocation failed/i.test(error.message)
  );
}
