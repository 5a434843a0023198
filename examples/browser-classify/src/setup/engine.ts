import { type EngineChoice, type EngineName, useBackend } from "@cassava/backend";
import plain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threads from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";

/** The files of the WebAssembly engine, which Vite puts beside the page: nothing comes from another server. */
const wasmPaths = {
  "tfjs-backend-wasm.wasm": plain,
  "tfjs-backend-wasm-simd.wasm": simd,
  "tfjs-backend-wasm-threaded-simd.wasm": threads,
};

/** Engines that a page can be told to take. */
export const ENGINES = ["auto", "webgpu", "webgl", "wasm", "cpu"] as const satisfies readonly (EngineName | "auto")[];
export type EngineWish = (typeof ENGINES)[number];

let started: Promise<unknown> | undefined;

/** Starts an engine; "auto" takes WebGPU or WebGL where there is a real GPU, else WebAssembly. */
export function startEngine(wish: EngineWish): Promise<EngineChoice> {
  const choice = useBackend(wish, { wasmPaths });
  started = choice;
  return choice;
}

/** Resolves when the engine that was asked for last runs: tensors must not be made before. */
export async function engineStarted(): Promise<void> {
  await started;
}
