/** Engines that can run training. `tensorflow` needs Node and `@cassava/backend/node`, `webgl` a browser. */
export type EngineName = "tensorflow" | "webgpu" | "webgl" | "wasm" | "cpu";

/** Options of `useBackend`. */
export interface UseBackendOptions {
  /**
   * Where the `.wasm` files of tfjs-backend-wasm are: a folder address that ends in "/", or an address per file. Needed with
   * most bundlers; in Node they are found by themselves. Has no effect once the wasm engine has started.
   */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  /** Receives the warning of a choice that has one, before `useBackend` returns. */
  readonly onWarning?: (warning: string) => void;
}

/** What an engine says of itself once it runs. */
export interface OpenedEngine {
  /** The device, in words for people. */
  readonly device: string;
  readonly warning?: string;
}

/** One way to get an engine. */
export interface Engine {
  readonly name: EngineName;
  /** The npm package that brings it, for messages. */
  readonly package: string;
  /**
   * Makes it the active engine of TensorFlow.js, with its training kernels; throws a `BackendError` where it cannot. `asked`: by
   * name, rather than as one of those that "auto" tries.
   */
  open(options: UseBackendOptions, asked: boolean): Promise<OpenedEngine>;
}
