import type { FrozenEngine } from "@cassava/contracts";
import { BackendError } from "../errors.ts";
import { type OnnxRuntime, onnxFrozenEngine } from "./onnx-part.ts";

/** Options of {@link onnxWebEngine}. */
export interface OnnxWebEngineOptions {
  /** Where it computes, best first. Default `["wasm"]`. */
  readonly executionProviders?: readonly ("webgpu" | "wasm" | "webnn")[];
}

/**
 * ONNX Runtime as the engine of frozen parts in a browser: `import * as ort from "onnxruntime-web"` (or `onnxruntime-web/webgpu`), set
 * `ort.env.wasm.wasmPaths` to where its `.wasm` files are served, and hand it over. It is not found by itself: bundlers fail on a
 * package that may not be there.
 *
 * @throws {BackendError} `ENGINE_MISSING`: `ort` is no ONNX Runtime.
 */
export function onnxWebEngine(
  ort: unknown,
  { executionProviders = ["wasm"] }: OnnxWebEngineOptions = {},
): FrozenEngine {
  const runtime = ort as Partial<OnnxRuntime> | undefined;
  if (runtime?.InferenceSession === undefined || runtime.Tensor === undefined) {
    const message = "onnxWebEngine takes the module onnxruntime-web: import * as ort from it";
    throw new BackendError("ENGINE_MISSING", message, { engine: "onnxruntime-web" });
  }
  return onnxFrozenEngine(runtime as OnnxRuntime, {
    name: `onnx-web-${executionProviders[0]}`,
    title: "onnxruntime-web",
    session: { executionProviders: [...executionProviders], graphOptimizationLevel: "all", logSeverityLevel: 3 },
  });
}
