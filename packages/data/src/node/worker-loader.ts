import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DataError } from "../errors.ts";
import { fullDecodeId } from "../image/full-decode.ts";
import { type ImageLoader, loaderId } from "../image/image-loader.ts";
import { checkSize } from "../image/resize.ts";
import { type LoaderWorker, workerPool } from "./worker-pool.ts";

/** What a worker is started with, in its `workerData`. */
export interface WorkerSettings {
  readonly decoder: "default" | "sharp";
  readonly maxPixels?: number;
  readonly library?: string;
  /** A pixel cache in front of the decoder, in each worker. */
  readonly cache?: { readonly folder: string; readonly maxBytes?: number };
}

/** How {@link workerLoader} works. */
export interface WorkerLoaderOptions {
  /** Threads, at least 1. Default: one for each core, `availableParallelism()`. */
  readonly workers?: number;
  /** Images under way in each worker, at least 1: one that it works on, and others so that it need not wait. Default 2. */
  readonly depth?: number;
  /** `default`: libjpeg-turbo where it is there. Their pixels are the same. Default "default". */
  readonly decoder?: "default" | "sharp";
  /** Largest width x height that is decoded. Default 100 million. */
  readonly maxPixels?: number;
  /** Path of a libjpeg-turbo, see `turboDecoder`. */
  readonly library?: string;
  /** A `pixelCache` that the workers read and write, so that this is done in the threads too. Default: none. */
  readonly cache?: { readonly folder: string; readonly maxBytes?: number };
  /**
   * Starts a worker that serves images. Default: the file `worker.js` beside this module. For bundles that move it, and
   * for tests.
   */
  readonly createWorker?: (settings: WorkerSettings) => LoaderWorker;
}

/**
 * Decodes, resizes and augments in worker threads: nothing of it blocks the caller's thread, and all cores work (on two
 * cores 1.3 times as many photographs as in process). Pixels come back without a copy. `load` throws a DataError: as the decoder does; WORKER_FAILED where a thread died;
 * LOADER_CLOSED after `close`. Idle workers do not keep the process alive. `concurrency` of the batches should be about
 * `workers` x `depth`, or workers are idle.
 */
export function workerLoader(options: WorkerLoaderOptions = {}): ImageLoader {
  const { workers = availableParallelism(), depth = 2, decoder = "default", maxPixels, library, cache } = options;
  const { createWorker = startWorker } = options;
  for (const [name, value] of Object.entries({ workers, depth, maxPixels: maxPixels ?? 1 })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new DataError("OPTION_INVALID", `workerLoader: ${name} is ${value}: use an integer of at least 1`);
  }
  const settings = {
    decoder,
    ...(maxPixels !== undefined && { maxPixels }),
    ...(library !== undefined && { library }),
    ...(cache !== undefined && { cache }),
  };
  const pool = workerPool(() => createWorker(settings), workers, depth);
  return {
    id: loaderId({ id: fullDecodeId }),
    async load(bytes, origin, target) {
      checkSize(target.height, target.width);
      return pool.load(bytes, origin, target);
    },
    close: () => pool.close(),
  };
}

const startWorker = (settings: WorkerSettings): LoaderWorker =>
  new Worker(new URL("./worker.js", import.meta.url), { workerData: settings, name: "cassava-data" });
