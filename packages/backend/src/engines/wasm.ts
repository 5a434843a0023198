import * as tf from "@tensorflow/tfjs";
import { BackendError, isBackendError } from "../errors.ts";
import { registerTrainingKernels } from "../kernels/register.ts";
import type { Engine } from "./engine.ts";

const PACKAGE = "@tensorflow/tfjs-backend-wasm";

/**
 * WebAssembly, single-threaded: threads are off in Node anyway (tfjs#3830), and the threaded build in browsers keeps its
 * memory to itself, out of reach of the training kernels. Several workers, each with its own engine, use all cores.
 */
export const wasmEngine: Engine = {
  name: "wasm",
  package: PACKAGE,
  open: async ({ wasmPaths }) => {
    if (typeof WebAssembly === "undefined") {
      throw new BackendError("ENGINE_MISSING", "wasm: this JavaScript engine has no WebAssembly", { engine: PACKAGE });
    }
    const wasm = await import("@tensorflow/tfjs-backend-wasm").catch((cause: unknown) => {
      throw new BackendError("ENGINE_MISSING", `wasm: ${PACKAGE} cannot be loaded: install it`, {
        engine: PACKAGE,
        cause,
      });
    });
    if (tf.engine().findBackend("wasm") === null) {
      tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
      if (wasmPaths !== undefined) wasm.setWasmPaths(wasmPaths as string);
    }
    if (!(await tf.setBackend("wasm"))) {
      const hint =
        "the .wasm files may be out of reach or of another version: set options.wasmPaths to where they are served";
      throw new BackendError("ENGINE_BROKEN", `wasm: ${PACKAGE} did not start: ${hint}`, { engine: PACKAGE });
    }
    const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
    try {
      await registerTrainingKernels();
    } catch (error) {
      // Started by somebody else, with threads: still far faster than plain JavaScript, for inference.
      if (!isBackendError(error, "KERNELS_NOT_LINKED")) throw error;
      return { device: "CPU, WebAssembly with threads", warning: `inference only: ${error.message}` };
    }
    return { device: `CPU, WebAssembly ${simd ? "with SIMD" : "without SIMD (slow)"}, 1 thread` };
  },
};
