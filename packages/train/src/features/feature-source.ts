import type { BatchSource, ClassInfo, FrozenPart } from "@cassava/contracts";
import { TrainError } from "../errors.ts";
import { shuffledIndices } from "../random.ts";
import type { FeatureSet } from "./extract-features.ts";

/** What the trainable part of a network sees of some images. */
export interface FeatureBatch {
  readonly ids: readonly string[];
  /** `[n, ...shape]`, row-major. */
  readonly features: Float32Array;
  /** Shape of one image's features. */
  readonly shape: readonly number[];
  /** `[n]` class indices; absent where unlabeled. */
  readonly labels?: Int32Array;
}

/** Batches of features; the same epoch gives the same batches. */
export interface FeatureSource {
  readonly classes: readonly ClassInfo[];
  /** Number of images in an epoch. */
  readonly size: number;
  readonly batchSize: number;
  batches(epoch: number, signal?: AbortSignal): AsyncIterable<FeatureBatch>;
}

/** How {@link featureBatches} orders an epoch. */
export interface FeatureBatchesOptions {
  readonly batchSize: number;
  /** Draw a new exact order every epoch; without it the order of the set is kept. */
  readonly shuffle?: { readonly seed: number } | undefined;
}

/** Batches of features that are held in memory. */
export function featureBatches(set: FeatureSet, { batchSize, shuffle }: FeatureBatchesOptions): FeatureSource {
  checkBatchSize(batchSize);
  const size = set.ids.length;
  return {
    classes: set.classes,
    size,
    batchSize,
    async *batches(epoch, signal) {
      const order = shuffle ? shuffledIndices(size, shuffle.seed, epoch) : undefined;
      for (let from = 0; from < size; from += batchSize) {
        signal?.throwIfAborted();
        const count = Math.min(batchSize, size - from);
        const rows = Array.from({ length: count }, (_, i) => order?.[from + i] ?? from + i);
        yield gather(set, rows);
      }
    },
  };
}

function gather({ ids, features, width, shape, labels }: FeatureSet, rows: readonly number[]): FeatureBatch {
  const gathered = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) gathered.set(features.subarray(row * width, (row + 1) * width), i * width);
  const batch = { ids: rows.map((row) => ids[row]!), features: gathered, shape };
  return labels ? { ...batch, labels: Int32Array.from(rows, (row) => labels[row]!) } : batch;
}

/** Batches of images that run through the frozen part anew every epoch: for a network that is trained down to its pixels. */
export function imageFeatures(frozen: FrozenPart, source: BatchSource, batchSize: number): FeatureSource {
  checkBatchSize(batchSize);
  return {
    classes: source.classes,
    size: source.size,
    batchSize,
    async *batches(epoch, signal) {
      for await (const batch of source.batches(epoch, signal)) {
        const features = await frozen.run(batch);
        const made = { ids: batch.ids, features, shape: frozen.outputShape };
        yield batch.labels ? { ...made, labels: batch.labels } : made;
      }
    },
  };
}

function checkBatchSize(batchSize: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1) return;
  throw new TrainError("OPTION_INVALID", `the batch size must be a whole number from 1; got ${batchSize}`);
}
