import * as tf from "@tensorflow/tfjs";
import { BackendError } from "../errors.ts";
import { linkTrainingModule, type WasmBackend } from "../wasm/heap.ts";
import { avgPoolGradient } from "./avg-pool-gradient.ts";
import { batchNormGradient } from "./batch-norm-training.ts";
import { type KernelEntry, registerEntry } from "./kernel.ts";
import { CPU_KERNELS, WASM_KERNELS } from "./kernel-lists.ts";
import { reluGradient } from "./relu-gradient.ts";

const KERNELS: Readonly<Record<string, readonly KernelEntry[]>> = {
  wasm: WASM_KERNELS,
  cpu: CPU_KERNELS,
  // They lack nothing, and are wrong in one gradient.
  webgpu: [],
  webgl: [],
};

/** Registers `gradient` in place of whatever there is for its kernel. */
export function replaceGradient(gradient: tf.GradConfig): void {
  if (tf.getGradient(gradient.kernelName) !== undefined) tf.unregisterGradient(gradient.kernelName);
  tf.registerGradient(gradient);
}

/**
 * Registers what training needs and the *active* engine lacks or does slowly, and returns the names of those kernels; of
 * other engines than `wasm` and `cpu`, none. `useBackend` calls it. Idempotent.
 *
 * @throws {BackendError} `KERNELS_NOT_LINKED` where WASM runs with threads: that build does not hand out its memory.
 */
export async function registerTrainingKernels(): Promise<readonly string[]> {
  await tf.ready();
  const backendName = tf.getBackend();
  const kernels = KERNELS[backendName];
  if (kernels === undefined) return [];
  if (backendName === "wasm" && !(await linkTrainingModule(tf.backend() as unknown as WasmBackend))) {
    throw new BackendError(
      "KERNELS_NOT_LINKED",
      "the training kernels need WASM without threads: call useBackend() before anything else starts the wasm backend",
      { engine: "wasm" },
    );
  }
  for (const entry of kernels) registerEntry(entry, backendName);
  for (const gradient of [batchNormGradient, reluGradient, avgPoolGradient]) replaceGradient(gradient);
  return kernels.map(({ name }) => name);
}
