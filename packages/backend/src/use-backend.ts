import { chooseEngine, type EngineChoice } from "./choose.ts";
import { cpuEngine } from "./engines/cpu.ts";
import type { EngineName, UseBackendOptions } from "./engines/engine.ts";
import { wasmEngine } from "./engines/wasm.ts";
import { webglEngine } from "./engines/webgl.ts";
import { webgpuEngine } from "./engines/webgpu.ts";

/**
 * Starts an engine and makes it the active one of TensorFlow.js, with the kernels that training needs. "auto" takes the first of:
 * WebGPU and WebGL on a real GPU, WebAssembly, plain JavaScript. Call it before the first tensor: tensors of another engine are moved at a cost.
 *
 * @throws {BackendError} `ENGINE_UNKNOWN`, `ENGINE_MISSING` or `ENGINE_BROKEN` where the named engine does not start.
 */
export function useBackend(name: EngineName | "auto" = "auto", options: UseBackendOptions = {}): Promise<EngineChoice> {
  return chooseEngine([webgpuEngine, webglEngine, wasmEngine, cpuEngine], name, options);
}
