import type { Batch, BatchSource, ClassInfo, FrozenPart } from "@cassava/contracts";
import { TrainError } from "../errors.ts";
import { shuffledIndices } from "../random.ts";
import { copyRow, type FeatureSet, type FeatureValues } from "./feature-set.ts";

/** What the trainable part of a network sees of some images. */
export interface FeatureBatch {
  readonly ids: readonly string[];
  /** `[n, ...shape]`, row-major. */
  readonly features: Float32Array;
  /** Shape of one image's features. */
  readonly shape: readonly number[];
  /** `[n]` class indices; absent where unlabeled. */
  readonly labels?: Int32Array;
  /** `[n, classes]` shares in place of labels (mixup). */
  readonly targets?: Float32Array;
  /** `[n]` weight of each image in the loss of a training step; default 1. */
  readonly weights?: Float32Array;
}

/** Batches of features; the same epoch gives the same batches. */
export interface FeatureSource {
  readonly classes: readonly ClassInfo[];
  /** Number of images in an epoch. */
  readonly size: number;
  readonly batchSize: number;
  /** `from`: so many batches of the epoch are passed over. */
  batches(epoch: number, signal?: AbortSignal, from?: number): AsyncIterable<FeatureBatch>;
}

/** How {@link featureBatches} orders an epoch. */
export interface FeatureBatchesOptions {
  readonly batchSize: number;
  /** Draw a new exact order every epoch; without it the order of the set is kept. */
  readonly shuffle?: { readonly seed: number } | undefined;
}

/** Batches of features that are held in memory, as float32; what is copied is one batch. */
export function featureBatches(
  set: FeatureSet<FeatureValues>,
  { batchSize, shuffle }: FeatureBatchesOptions,
): FeatureSource {
  checkBatchSize(batchSize);
  const size = set.ids.length;
  return {
    classes: set.classes,
    size,
    batchSize,
    async *batches(epoch, signal, from = 0) {
      const order = shuffle ? shuffledIndices(size, shuffle.seed, epoch) : undefined;
      for (let start = from * batchSize; start < size; start += batchSize) {
        signal?.throwIfAborted();
        const count = Math.min(batchSize, size - start);
        const rows = Array.from({ length: count }, (_, i) => order?.[start + i] ?? start + i);
        yield gather(set, rows);
      }
    },
  };
}

function gather(set: FeatureSet<FeatureValues>, rows: readonly number[]): FeatureBatch {
  const { ids, width, shape, labels } = set;
  const features = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) copyRow(set, row, features, i * width);
  const batch = { ids: rows.map((row) => ids[row]!), features, shape };
  return labels ? { ...batch, labels: Int32Array.from(rows, (row) => labels[row]!) } : batch;
}

/** Batches of images that run through the frozen part anew every epoch: for a network that is trained down to its pixels. */
export function imageFeatures(frozen: FrozenPart, source: BatchSource, batchSize: number): FeatureSource {
  checkBatchSize(batchSize);
  return {
    classes: source.classes,
    size: source.size,
    batchSize,
    async *batches(epoch, signal, from = 0) {
      const decoded = from === 0 ? source.batches(epoch, signal) : decodedFrom(source, from, epoch, signal);
      for await (const batch of decoded) {
        const { ids, labels, targets } = batch;
        const features = await frozen.run(batch);
        yield { ids, features, shape: frozen.outputShape, ...(labels && { labels }), ...(targets && { targets }) };
      }
    },
  };
}

/** The batches of an epoch from the one numbered `from` on; those before it are not decoded. */
async function* decodedFrom(
  source: BatchSource,
  from: number,
  epoch: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch> {
  let index = 0;
  for await (const batch of source.encoded(epoch, signal)) if (index++ >= from) yield await batch.decode();
}

function checkBatchSize(batchSize: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1) return;
  throw new TrainError("OPTION_INVALID", `the batch size must be a whole number from 1; got ${batchSize}`);
}
