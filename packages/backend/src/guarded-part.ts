import type { Batch, FrozenPart, FrozenSpec } from "@cassava/contracts";
import { BackendError } from "./errors.ts";

/** What {@link guardedPart} guards. */
export interface PartWork {
  /** Features `[n, ...outputShape]`, row-major, of images that have been checked. */
  run(batch: Batch): Promise<Float32Array>;
  /** Called once, when nothing runs any more. */
  release(): void;
}

/**
 * A frozen part around `run`: refuses images that are not `[n, height, width, 3]`, and everything once it was disposed of; what is
 * on its way then is finished first. It may be disposed of twice.
 *
 * @throws {BackendError} in `run`, `GRAPH_REFUSED`
 */
export function guardedPart({ id, inputSize, outputShape }: FrozenSpec, { run, release }: PartWork): FrozenPart {
  const [height, width] = inputSize;
  let [running, disposed] = [0, false];
  return {
    id,
    inputSize,
    outputShape,
    async run(batch) {
      if (disposed) throw new BackendError("GRAPH_REFUSED", `the frozen part ${id} was disposed of: make it again`);
      if (batch.images.length !== batch.ids.length * height * width * 3) {
        const message = `${batch.ids.length} images of ${height}x${width}x3 are not ${batch.images.length} numbers: resize them to the input size`;
        throw new BackendError("GRAPH_REFUSED", message);
      }
      running += 1;
      try {
        return await run(batch);
      } finally {
        running -= 1;
        if (disposed && running === 0) release();
      }
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      if (running === 0) release();
    },
  };
}
