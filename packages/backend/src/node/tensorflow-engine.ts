import { pathToFileURL } from "node:url";
import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import type { Engine } from "../engines/engine.ts";
import { BackendError } from "../errors.ts";
import { registerTensorflowKernels } from "./batch-norm-tensorflow.ts";
import { findTensorflow, type TensorflowPackage } from "./tensorflow-module.ts";

/** tfjs-node 4.22 calls functions of `util` that Node 23 removed (tfjs#8425, merged and unreleased). */
export function restoreRemovedUtilities(target: Record<string, unknown>): void {
  target.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  target.isArray ??= Array.isArray;
}

/** What this package reads of a loaded tfjs-node. */
interface TensorflowExports {
  readonly default?: TensorflowExports;
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
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!.trim();
}

/** TensorFlow through tfjs-node or tfjs-node-gpu, where that optional peer is installed and has its native library. */
export function tensorflowEngine(
  name: TensorflowPackage,
  { from = import.meta.url }: TensorflowEngineOptions = {},
): Engine {
  return {
    name: "tensorflow",
    package: name,
    open: async () => {
      const { file, version } = findTensorflow(name, from);
      restoreRemovedUtilities(util as unknown as Record<string, unknown>);
      const previous = tf.engine().backendName as string | undefined;
      let loaded: TensorflowExports;
      try {
        // By address, not by name: no bundler may try to resolve an optional package.
        loaded = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as TensorflowExports;
      } catch (cause) {
        throw new BackendError("ENGINE_BROKEN", `${name} ${version} does not start: ${firstLine(cause)}`, {
          engine: name,
          cause,
        });
      }
      if ((loaded.default ?? loaded).Tensor !== tf.Tensor) {
        if (previous) await tf.setBackend(previous);
        const message = `${name} ${version} brings its own copy of @tensorflow/tfjs beside ${tf.version.tfjs}: install one version of both`;
        throw new BackendError("TWO_COPIES", message, { engine: name });
      }
      await tf.setBackend("tensorflow");
      const { isUsingGpuDevice, binding } = tf.backend() as unknown as NodeBackend;
      if (isUsingGpuDevice === false) registerTensorflowKernels();
      return {
        device: `${isUsingGpuDevice ? "GPU" : "CPU"}, TensorFlow ${binding?.TF_Version ?? "of unknown version"} through ${name}`,
      };
    },
  };
}
