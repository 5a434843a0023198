import type { Batch, BatchSource, EncodedBatch, FrozenPart, Store } from "@cassava/contracts";
import { TrainError } from "../errors.ts";
import { featureCache } from "./feature-cache.ts";
import type { FeaturePrecision, FeatureSet, FeatureValues, ValuesOf } from "./feature-set.ts";
import { isFiniteHalf, toHalves } from "./half-floats.ts";
import { oneAhead } from "./one-ahead.ts";

/** Progress of {@link extractFeatures}. */
export interface ExtractProgress {
  /** Images done, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Of those done, how many came from the cache. */
  readonly cached: number;
  /** Estimate of the seconds that the rest will take, by the pace of the last batches; 0 at the end. */
  readonly secondsLeft: number;
}

/** How {@link extractFeatures} works. */
export interface ExtractFeaturesOptions<Precision extends FeaturePrecision = FeaturePrecision> {
  /**
   * Where features are kept from run to run, by content hash, frozen part, pixels, view and precision (with augmentation and id above
   * view 0); what was computed before an abort or a kill stays. Several processes may fill one store; bound it by the store's own means.
   */
  readonly cache?: Store | undefined;
  /** `float16` keeps features in half the bytes, in memory and in the cache, and refuses those beyond 65504. Default `float32`. */
  readonly precision?: Precision | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ExtractProgress) => void) | undefined;
}

/** Share of the last batch in the average pace. */
const NEWEST = 0.2;

/**
 * Runs every image of `source` (in its order in epoch 0) through the frozen part, once; what is in the cache is not even decoded.
 * While a batch runs, the next one is looked up and decoded.
 *
 * @throws {TrainError} `FEATURES_INVALID`: features that are not finite, or too large for float16; also the errors of the source, of the
 *   store, and the signal's reason.
 */
export function extractFeatures<Precision extends FeaturePrecision = "float32">(
  frozen: FrozenPart,
  source: BatchSource,
  options?: ExtractFeaturesOptions<Precision>,
): Promise<FeatureSet<ValuesOf<Precision>>>;
export async function extractFeatures(
  frozen: FrozenPart,
  source: BatchSource,
  options: ExtractFeaturesOptions = {},
): Promise<FeatureSet<FeatureValues>> {
  const { cache: store, precision = "float32", signal, onProgress } = options;
  const width = frozen.outputShape.reduce((product, n) => product * n, 1);
  const total = source.size;
  const features: FeatureValues =
    precision === "float16" ? new Uint16Array(total * width) : new Float32Array(total * width);
  const cache = store && featureCache(store, frozen, source, width, precision);
  const ids: string[] = [];
  const labels = new Int32Array(total);
  let [labelled, cached, pace] = [true, 0, 0];

  /** What the cache has of a batch, and the images that it lacks. */
  const prepare = async (batch: EncodedBatch) => {
    const known = await Promise.all(batch.ids.map((_, i) => cache?.get(batch, i)));
    const missing = [...known.keys()].filter((i) => known[i] === undefined);
    return { batch, known, missing, images: missing.length > 0 ? await batch.decode() : undefined };
  };
  let began = Date.now();
  for await (const { batch, known, missing, images } of oneAhead(source.encoded(0, signal), prepare)) {
    signal?.throwIfAborted();
    const start = ids.length;
    for (const [i, id] of batch.ids.entries()) {
      ids.push(id);
      if (batch.labels) labels[start + i] = batch.labels[i]!;
      else labelled = false;
      if (known[i] !== undefined) features.set(known[i], (start + i) * width);
    }
    if (images !== undefined) {
      const computed = await frozen.run(selectImages(images, missing));
      const puts = missing.map((i, j) => {
        const row = checked(computed.slice(j * width, (j + 1) * width), batch.ids[i]!, precision);
        features.set(row, (start + i) * width);
        return cache?.put(batch, i, row);
      });
      await Promise.all(puts);
    }
    cached += batch.ids.length - missing.length;
    const now = Date.now();
    const each = (now - began) / 1000 / batch.ids.length;
    pace = start === 0 ? each : pace + NEWEST * (each - pace);
    began = now;
    onProgress?.({ done: ids.length, total, cached, secondsLeft: pace * (total - ids.length) });
  }
  const set = { classes: source.classes, ids, features, shape: frozen.outputShape, width, cached };
  return labelled ? { ...set, labels } : set;
}

/** Features of one image in the precision that is asked for. */
function checked(row: Float32Array, id: string, precision: FeaturePrecision): FeatureValues {
  if (!row.every(Number.isFinite)) {
    const message = `the features of ${id} are not finite; check the weights and the preprocessing`;
    throw new TrainError("FEATURES_INVALID", message);
  }
  if (precision === "float32") return row;
  const halves = toHalves(row);
  const large = halves.findIndex((half) => !isFiniteHalf(half));
  if (large < 0) return halves;
  const message = `the features of ${id} reach ${row[large]}, beyond float16's 65504; use precision float32`;
  throw new TrainError("FEATURES_INVALID", message);
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
