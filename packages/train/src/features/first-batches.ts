import { TrainError } from "../errors.ts";
import type { FeatureSource } from "./feature-source.ts";

/** The first `count` batches of epoch 0 of a source, the same in every epoch. */
export function firstBatches(source: FeatureSource, count: number): FeatureSource {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new TrainError("OPTION_INVALID", `the number of batches must be a whole number from 1; got ${count}`);
  }
  return {
    ...source,
    size: Math.min(source.size, count * source.batchSize),
    async *batches(_, signal, from = 0) {
      let index = 0;
      for await (const batch of source.batches(0, signal)) {
        if (index >= from) yield batch;
        if (++index >= count) return;
      }
    },
  };
}
