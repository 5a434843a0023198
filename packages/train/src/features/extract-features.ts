import type { Batch, BatchSource, ClassInfo, EncodedBatch, FrozenPart, Store } from "@cassava/contracts";
import { TrainError } from "../errors.ts";

/** Features of one split, in memory: n x width x 4 bytes. */
export interface FeatureSet {
  readonly classes: readonly ClassInfo[];
  readonly ids: readonly string[];
  /** `[n, ...shape]`, row-major. */
  readonly features: Float32Array;
  /** Shape of one image's features. */
  readonly shape: readonly number[];
  /** Numbers in one image's features. */
  readonly width: number;
  /** `[n]` class indices; absent where unlabeled. */
  readonly labels?: Int32Array;
  /** How many came from the cache. */
  readonly cached: number;
}

/** Progress of {@link extractFeatures}. */
export interface ExtractProgress {
  /** Images done, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Of those done, how many came from the cache. */
  readonly cached: number;
}

/** How {@link extractFeatures} works. */
export interface ExtractFeaturesOptions {
  /** Where features are kept from run to run, by content hash, frozen part, pixels and view (with augmentation and id above view 0); what was computed before an abort stays. */
  readonly cache?: Store | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ExtractProgress) => void) | undefined;
}

/**
 * Runs every image of `source` (in its order in epoch 0) through the frozen part, once; what is in the cache is not even decoded.
 *
 * @throws the errors of the source, and the signal's reason.
 */
export async function extractFeatures(
  frozen: FrozenPart,
  source: BatchSource,
  options: ExtractFeaturesOptions = {},
): Promise<FeatureSet> {
  const { cache, signal, onProgress } = options;
  const width = frozen.outputShape.reduce((product, n) => product * n, 1);
  const total = source.size;
  const features = new Float32Array(total * width);
  const ids: string[] = [];
  const labels = new Int32Array(total);
  let labelled = true;
  let cached = 0;
  const keyOf = (batch: EncodedBatch, i: number) => {
    const [hash, view] = [batch.hashes[i]!, batch.views[i]!];
    const plain = `${frozen.id}/${source.pixels}/${hash}-${view}`;
    // A view above 0 is drawn for the image's name: two images of the same bytes differ in it.
    return view === 0 ? plain : `${plain}/${source.augmentation ?? ""}/${batch.ids[i]}`;
  };

  for await (const batch of source.encoded(0, signal)) {
    const start = ids.length;
    const missing: number[] = [];
    for (const [i, id] of batch.ids.entries()) {
      ids.push(id);
      if (batch.labels) labels[start + i] = batch.labels[i]!;
      else labelled = false;
      const known = await cache?.get(keyOf(batch, i));
      const row = known?.length === 4 * width ? floatsOf(known) : undefined;
      if (row?.every(Number.isFinite)) {
        features.set(row, (start + i) * width);
        cached++;
      } else missing.push(i);
    }
    if (missing.length > 0) {
      const computed = await frozen.run(selectImages(await batch.decode(), missing));
      for (const [j, i] of missing.entries()) {
        const row = computed.slice(j * width, (j + 1) * width);
        if (!row.every(Number.isFinite)) {
          const message = `the features of ${batch.ids[i]} are not finite; check the weights and the preprocessing`;
          throw new TrainError("FEATURES_INVALID", message);
        }
        features.set(row, (start + i) * width);
        await cache?.put(keyOf(batch, i), new Uint8Array(row.buffer));
      }
    }
    onProgress?.({ done: ids.length, total, cached });
  }
  const { classes } = source;
  const set = { classes, ids, features, shape: frozen.outputShape, width, cached };
  return labelled ? { ...set, labels } : set;
}

/** The bytes as float32; copied, since a store may return a view at any offset. */
function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

/** Some images of a batch. */
function selectImages(batch: Batch, indices: readonly number[]): Batch {
  if (indices.length === batch.ids.length) return batch;
  const [, height, width, channels] = batch.shape;
  const stride = height * width * channels;
  const Images = batch.images instanceof Float32Array ? Float32Array : Uint8Array;
  const images = new Images(indices.length * stride);
  for (const [j, i] of indices.entries()) images.set(batch.images.subarray(i * stride, (i + 1) * stride), j * stride);
  return {
    ids: indices.map((i) => batch.ids[i]!),
    images,
    shape: [indices.length, height, width, channels],
    views: Int32Array.from(indices, (i) => batch.views[i]!),
    hashes: indices.map((i) => batch.hashes[i]!),
  };
}
