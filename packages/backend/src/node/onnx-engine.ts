import { availableParallelism } from "node:os";
import type { FrozenEngine } from "@cassava/contracts";
import { onnxFrozenEngine } from "../onnx/onnx-part.ts";
import { loadOnnxRuntime } from "./onnx-module.ts";

/** Options of {@link onnxEngine}. */
export interface OnnxEngineOptions {
  /** Threads that compute one batch. Default: one for each core that this process may use. */
  readonly threads?: number;
  /**
   * Where it computes, best first: `cpu`, or what the installed build has beside it (`webgpu`, `cuda`, `coreml`, `dml`). Default
   * `["cpu"]`.
   */
  readonly executionProviders?: readonly string[];
  /** The npm package that brings ONNX Runtime. Default `onnxruntime-node`. */
  readonly package?: string;
  /** File or URL whose `node_modules` are searched for it. Default: this package. */
  readonly from?: string | URL;
}

/** ONNX Runtime's "error": its warnings are about its own optimizations. */
const ERRORS_ONLY = 3;

/**
 * ONNX Runtime as the engine of frozen parts, where the optional peer `onnxruntime-node` is installed. While a batch runs, the
 * event loop of this thread waits; what other threads do (decoding) goes on.
 *
 * @throws {BackendError} `ENGINE_MISSING`: the package is not installed; `ENGINE_BROKEN`: it does not start.
 */
export async function onnxEngine(options: OnnxEngineOptions = {}): Promise<FrozenEngine> {
  const { threads = availableParallelism(), executionProviders = ["cpu"] } = options;
  const { package: name = "onnxruntime-node", from = import.meta.url } = options;
  const { runtime, version } = await loadOnnxRuntime(name, from);
  const sessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionProviders,
    graphOptimizationLevel: "all",
    logSeverityLevel: ERRORS_ONLY,
  };
  return onnxFrozenEngine(runtime, {
    // Features of another device differ in their last digits: a cache keeps them apart by this name.
    name: executionProviders[0] === "cpu" ? "onnx" : `onnx-${executionProviders[0]}`,
    title: `${name} ${version}`,
    session: sessionOptions,
  });
}
