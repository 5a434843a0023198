import { existsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { frozenPool } from "@cassava/backend/node";
import type { FrozenPart } from "@cassava/contracts";
import type { FrozenSource, FrozenThreads } from "@cassava/models";
import * as tf from "@tensorflow/tfjs";

/** Images from which on threads are worth their start, of a second or two. */
const WORTHWHILE = 64;
/** Memory that a thread may take with a large backbone, and the share of the machine's that all of them may. */
const [THREAD_BYTES, MEMORY_SHARE] = [2 ** 30, 0.5];
/** Beside the built files; from the sources there are no threads. */
const SCRIPT = new URL("./frozen-worker.js", import.meta.url);

/**
 * Runs frozen parts in a thread for each core where WebAssembly computes, which has one thread an engine; undefined where another
 * engine does, or one core. Features are the same to the last bit. Where the threads do not start, this one goes on alone and
 * `onProblem` is told.
 */
export function frozenThreads(onProblem: (message: string) => void = () => {}): FrozenThreads | undefined {
  const workers = Math.min(availableParallelism(), Math.floor((MEMORY_SHARE * totalmem()) / THREAD_BYTES));
  if (tf.getBackend() !== "wasm" || workers < 2 || !existsSync(fileURLToPath(SCRIPT))) return undefined;
  return (local, source) => threaded(local, source, { workers, onProblem });
}

function threaded(
  local: FrozenPart,
  source: FrozenSource,
  { workers, onProblem }: { readonly workers: number; readonly onProblem: (message: string) => void },
): FrozenPart {
  let seen = 0;
  let pool: Promise<FrozenPart> | undefined;
  return {
    ...local,
    async run(batch) {
      seen += batch.ids.length;
      if (seen < WORTHWHILE && pool === undefined) return local.run(batch);
      const createWorker = () => new Worker(SCRIPT, { name: "cassava-frozen" });
      pool ??= frozenPool({ createWorker, workers, init: source }).catch((error: Error) => {
        onProblem(`${error.message}: the frozen part runs on one core`);
        return local;
      });
      return (await pool).run(batch);
    },
    dispose() {
      local.dispose();
      void pool?.then((part) => part.dispose());
    },
  };
}
