import { availableParallelism } from "node:os";
import * as tf from "@tensorflow/tfjs";
import type { Engine } from "../engines/engine.ts";
import { BackendError } from "../errors.ts";
import { registerTensorflowKernels } from "./tensorflow-kernels.ts";
import { loadTensorflow } from "./tensorflow-load.ts";
import { findTensorflow, LINK_COMMAND, type TensorflowModule, type TensorflowPackage } from "./tensorflow-module.ts";

/** What this package reads of a loaded tfjs-node. */
interface TensorflowExports {
  readonly Tensor?: unknown;
}
interface NodeBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string };
}

/** Options of {@link tensorflowEngine}. */
export interface TensorflowEngineOptions {
  /** File or URL whose `node_modules` are searched. Default: this package. */
  readonly from?: string | URL;
  /** Refuse it on a machine whose TensorFlow has no GPU: it may come again, without this. Default false. */
  readonly gpuOnly?: boolean;
  /** Cassava's cache, where linked addons are. Default: `CASSAVA_CACHE`, else the user's cache folder. */
  readonly cache?: string;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!.trim();
}

/** TensorFlow takes every core that the process may use, unless this variable of its own says otherwise. */
function threads(): string {
  const count = Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism();
  return `${count} ${count === 1 ? "thread" : "threads"}`;
}

function describe({ name, link }: TensorflowModule, { isUsingGpuDevice, binding }: NodeBackend): string {
  const version = `TensorFlow ${binding?.TF_Version ?? "of unknown version"}`;
  const origin = link === undefined ? `${version} through ${name}` : `${version} (linked)`;
  return isUsingGpuDevice ? `GPU, ${origin}` : `CPU, ${origin}, ${threads()}`;
}

/**
 * TensorFlow through tfjs-node or tfjs-node-gpu, where that optional peer is installed and has its native library: the one that
 * `linkTensorflow` made, else its own.
 */
export function tensorflowEngine(
  name: TensorflowPackage,
  { from = import.meta.url, cache, gpuOnly = false }: TensorflowEngineOptions = {},
): Engine {
  return {
    name: "tensorflow",
    package: name,
    open: async () => {
      const found = findTensorflow(name, from, cache);
      const { version, link, warning } = found;
      const previous = tf.engine().backendName as string | undefined;
      let loaded: TensorflowExports;
      try {
        loaded = loadTensorflow(found) as TensorflowExports;
      } catch (cause) {
        const again =
          link === undefined ? "" : ` (linked to ${link.tensorflow.folder}; ${LINK_COMMAND} links it again)`;
        throw new BackendError("ENGINE_BROKEN", `${name} ${version} does not start: ${firstLine(cause)}${again}`, {
          engine: name,
          cause,
        });
      }
      if (loaded.Tensor !== tf.Tensor) {
        if (previous) await tf.setBackend(previous);
        const message = `${name} ${version} brings its own copy of @tensorflow/tfjs beside ${tf.version.tfjs}: install one version of both`;
        throw new BackendError("TWO_COPIES", message, { engine: name });
      }
      await tf.setBackend("tensorflow");
      const backend = tf.backend() as unknown as NodeBackend;
      if (gpuOnly && backend.isUsingGpuDevice !== true) {
        if (previous) await tf.setBackend(previous);
        const message = `${name} ${version} computes on the processor: ${describe(found, backend)}`;
        throw new BackendError("GPU_MISSING", message, { engine: name });
      }
      registerTensorflowKernels({ gpu: backend.isUsingGpuDevice !== false });
      return { device: describe(found, backend), ...(warning === undefined ? {} : { warning }) };
    },
  };
}
