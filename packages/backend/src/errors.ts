/** What went wrong, for programs. */
export type BackendErrorCode =
  /** The name is none of the engines that this entry knows. */
  | "ENGINE_UNKNOWN"
  /** The package of the engine, or what it needs of the machine, is not here. */
  | "ENGINE_MISSING"
  /** The engine would start, but not on a GPU, and "auto" takes it for a GPU only. */
  | "GPU_MISSING"
  /** The package of the engine is here, but its native library was never built or downloaded. */
  | "ADDON_MISSING"
  /** The addon was linked to a TensorFlow that has changed since: link it again. */
  | "LINK_STALE"
  /** No Python starts whose TensorFlow could be linked. */
  | "PYTHON_MISSING"
  /** The Python has no TensorFlow, or one without the files to link to. */
  | "TENSORFLOW_MISSING"
  /** The Python's TensorFlow is older than what can be linked. */
  | "TENSORFLOW_TOO_OLD"
  /** No C++ compiler starts. */
  | "COMPILER_MISSING"
  /** The addon does not compile, does not load, or computes something else than it should. */
  | "LINK_FAILED"
  /** The engine is here and does not start. */
  | "ENGINE_BROKEN"
  /** The engine brought its own second copy of TensorFlow.js: tensors of one are unknown to the other. */
  | "TWO_COPIES"
  /** A training kernel ran on a WASM backend that it was not linked to. */
  | "KERNELS_NOT_LINKED"
  /** A training kernel was asked for something that it does not compute. */
  | "KERNEL_UNSUPPORTED"
  /** An engine for frozen parts does not take the graph or the images that it was given. */
  | "GRAPH_REFUSED"
  /** A thread of a pool does not start, has died, or its engine failed. */
  | "WORKER_FAILED"
  /** An option has a value that it cannot have. */
  | "OPTION_INVALID";

/** Options of {@link BackendError}. */
export interface BackendErrorOptions {
  readonly engine?: string;
  readonly cause?: unknown;
}

/** The one error of this package. Its message is one line that says what to do. */
export class BackendError extends Error {
  readonly code: BackendErrorCode;
  /** Name of the engine or of its package, where one is concerned. */
  readonly engine: string | undefined;

  constructor(code: BackendErrorCode, message: string, { engine, cause }: BackendErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "BackendError";
    this.code = code;
    this.engine = engine;
  }
}

/** True for a {@link BackendError}, of the given code where one is given. Works across copies of this package. */
export function isBackendError(error: unknown, code?: BackendErrorCode): error is BackendError {
  return (
    error instanceof Error &&
    error.name === "BackendError" &&
    (code === undefined || (error as BackendError).code === code)
  );
}
