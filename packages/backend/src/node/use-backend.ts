import { chooseEngine, type EngineChoice } from "../choose.ts";
import { cpuEngine } from "../engines/cpu.ts";
import type { Engine, EngineName, UseBackendOptions } from "../engines/engine.ts";
import { wasmEngine } from "../engines/wasm.ts";
import { tensorflowEngine } from "./tensorflow-engine.ts";

/** Every engine that Node can have, fastest first. */
export const NODE_ENGINES: readonly Engine[] = [
  tensorflowEngine("@tensorflow/tfjs-node-gpu"),
  tensorflowEngine("@tensorflow/tfjs-node"),
  wasmEngine,
  cpuEngine,
];

/**
 * Starts an engine and makes it the active one of TensorFlow.js, with the kernels that training needs. "auto" takes the first
 * of: TensorFlow on a GPU (`@tensorflow/tfjs-node-gpu`), TensorFlow (`@tensorflow/tfjs-node`), WebAssembly, plain JavaScript.
 * Call it before the first tensor: tensors of another engine are moved at a cost.
 *
 * @throws {BackendError} `ENGINE_UNKNOWN`, `ENGINE_MISSING`, `ADDON_MISSING`, `ENGINE_BROKEN` or `TWO_COPIES` where the named engine
 *   does not start.
 */
export function useBackend(name: EngineName | "auto" = "auto", options: UseBackendOptions = {}): Promise<EngineChoice> {
  return chooseEngine(NODE_ENGINES, name, options);
}
