import type { AugmentPlan } from "../augment/plan.ts";
import { DataError, type DataErrorCode, type DataErrorFields, isDataError, reasonOf } from "../errors.ts";
import type { ImageOrigin } from "../image/image.ts";

/** One image to load, as it crosses to the worker; `bytes` is transferred. */
export interface LoadRequest {
  readonly task: number;
  readonly bytes: Uint8Array;
  readonly origin: ImageOrigin;
  readonly target: { readonly height: number; readonly width: number; readonly plan?: AugmentPlan };
}

/** What came of it; `pixels` is transferred. */
export type LoadReply =
  | { readonly task: number; readonly pixels: Uint8Array }
  | { readonly task: number; readonly error: PlainError };

/** An error as plain data: structured cloning keeps the message of an Error but not its code and place. */
export interface PlainError {
  readonly message: string;
  /** Absent where it was no DataError. */
  readonly code?: DataErrorCode;
  readonly fields: Omit<DataErrorFields, "cause">;
  /** The message of the cause. */
  readonly cause?: string;
}

/** Takes an error apart for the way to another thread. */
export function plainError(error: unknown): PlainError {
  const cause = error instanceof Error && error.cause !== undefined ? { cause: reasonOf(error.cause) } : {};
  if (!isDataError(error)) return { message: reasonOf(error), fields: {}, ...cause };
  const { message, code, file, id, line, record } = error;
  const fields = {
    ...(file !== undefined && { file }),
    ...(id !== undefined && { id }),
    ...(line !== undefined && { line }),
    ...(record !== undefined && { record }),
  };
  return { message, code, fields, ...cause };
}

/** Puts it together again: a DataError with its code and place, or a plain Error. */
export function errorFrom({ message, code, fields, cause }: PlainError): Error {
  const reason = cause === undefined ? {} : { cause: new Error(cause) };
  return code === undefined ? new Error(message, reason) : new DataError(code, message, { ...fields, ...reason });
}
