import { TrainError } from "../errors.ts";
import { seedFrom } from "../random.ts";
import { copyRow, type FeatureSet, type FeatureValues } from "./feature-set.ts";
import { type FeatureBatchesOptions, type FeatureSource, featureBatches } from "./feature-source.ts";

/** How {@link viewBatches} orders an epoch and draws views. */
export interface ViewBatchesOptions extends FeatureBatchesOptions {
  /** Of the draws. */
  readonly seed: number;
}

/**
 * Batches of the features of several views of the same images: every epoch draws one view for each image, all equally likely.
 *
 * @param sets one for each view: the same images in the same order
 * @throws {TrainError} `OPTION_INVALID`
 */
export function viewBatches(
  sets: readonly FeatureSet<FeatureValues>[],
  { seed, ...options }: ViewBatchesOptions,
): FeatureSource {
  const [first, ...others] = sets;
  if (first === undefined) throw new TrainError("OPTION_INVALID", "there are no views to draw from");
  for (const { ids, width } of others) {
    if (width !== first.width || ids.length !== first.ids.length || ids.some((id, i) => id !== first.ids[i])) {
      throw new TrainError("OPTION_INVALID", "the views must be of the same images in the same order");
    }
  }
  const sources = sets.map((set) => featureBatches(set, options));
  if (sources.length === 1) return sources[0]!;
  const place = new Map(first.ids.map((id, i) => [id, i]));
  const { width } = first;
  return {
    ...sources[0]!,
    async *batches(epoch, signal, from = 0) {
      for await (const batch of sources[0]!.batches(epoch, signal, from)) {
        const features = batch.features.slice();
        for (const [row, id] of batch.ids.entries()) {
          const image = place.get(id)!;
          const view = seedFrom(seed, epoch, image) % sets.length;
          if (view > 0) copyRow(sets[view]!, image, features, row * width);
        }
        yield { ...batch, features };
      }
    },
  };
}
