import { chooseEngine, type EngineChoice } from "../choose.ts";
import { cpuEngine } from "../engines/cpu.ts";
import type { Engine, EngineName, UseBackendOptions } from "../engines/engine.ts";
import { wasmEngine } from "../engines/wasm.ts";
import { tensorflowEngine } from "./tensorflow-engine.ts";
import { webgpuNodeEngine } from "./webgpu-node.ts";

const PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const;
const ON_GPU: readonly Engine[] = PACKAGES.map((name) => tensorflowEngine(name, { gpuOnly: true }));
const TENSORFLOW: readonly Engine[] = PACKAGES.map((name) => tensorflowEngine(name));
const WEBGPU = webgpuNodeEngine();

/** Every engine that Node can have, each once. */
export const NODE_ENGINES: readonly Engine[] = [...TENSORFLOW, WEBGPU, wasmEngine, cpuEngine];

/**
 * Starts an engine and makes it the active one of TensorFlow.js, with the kernels that training needs. "auto" takes the first
 * of: TensorFlow on a GPU (`@tensorflow/tfjs-node-gpu`, or a linked one), WebGPU on a GPU (`webgpu`), TensorFlow on the processor
 * (`@tensorflow/tfjs-node`), WebAssembly, plain JavaScript.
 * Call it before the first tensor: tensors of another engine are moved at a cost.
 *
 * @throws {BackendError} `ENGINE_UNKNOWN`, `ENGINE_MISSING`, `GPU_MISSING`, `ADDON_MISSING`, `ENGINE_BROKEN` or `TWO_COPIES` where the named engine
 *   does not start.
 */
export function useBackend(name: EngineName | "auto" = "auto", options: UseBackendOptions = {}): Promise<EngineChoice> {
  return chooseEngine([...ON_GPU, WEBGPU, ...TENSORFLOW, wasmEngine, cpuEngine], name, options);
}
