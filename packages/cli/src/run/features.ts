import { join } from "node:path";
import type { Dataset } from "@cassava/contracts";
import { type Augmentation, type ImageBatchesOptions, imageBatches } from "@cassava/data";
import { defaultDecoder, folderStore } from "@cassava/data/node";
import { type CassavaClassifier, stagesOf } from "@cassava/models";
import {
  extractFeatures,
  type FeaturePrecision,
  type FeatureSet,
  type FeatureSource,
  type FeatureValues,
  featureBatches,
  imageFeatures,
  viewBatches,
} from "@cassava/train";
import { type ActionContext, cacheFolder } from "../context.ts";
import { bytes, duration, plural } from "../terminal/format.ts";

/** Images that are decoded and run through the frozen part together. */
const EXTRACTION_BATCH = 32;
/** Features of all parts that may be held in memory; above it they are computed anew every epoch. */
const HELD_BYTES = 2 ** 30;
/** Features that the cache keeps, of all runs; the least recently used go first. */
const CACHE_BYTES = 2 ** 33;

/** Images of a data set by id, and how they are ordered. */
export interface FeatureRequest {
  readonly ids: readonly string[];
  readonly batchSize: number;
  /** A new order every epoch; absent: in the order of `ids`. */
  readonly shuffle?: { readonly seed: number };
  /** Random changes of the images. Of features from the cache one of `views` kinds is drawn every epoch; pixels are changed anew. */
  readonly augment?: ViewRequest | undefined;
}

/** Augmented views of images: one of `views`, drawn every epoch, or always the one that `only` names, from 1. */
export type ViewRequest = { readonly policy: Augmentation; readonly seed: number } & (
  | { readonly views: number }
  | { readonly only: number }
);

/** What a model's trainable part sees of the images of one data set. */
export type FeatureSupply = (label: string, request: FeatureRequest) => Promise<FeatureSource>;

/** What {@link featureSupply} supplies. */
export interface SupplyOptions {
  /** Images of all parts, counted once for each view. */
  readonly images: number;
  readonly precision: FeaturePrecision;
}

/**
 * Features by way of the cache where a frozen part does real work; where the network is trained down to its pixels, or where the
 * features would not fit into memory, straight from the images.
 */
export function featureSupply(
  model: CassavaClassifier,
  dataset: Dataset,
  { images, precision }: SupplyOptions,
  { output, env, signal }: ActionContext,
): FeatureSupply {
  const decode = defaultDecoder();
  const size = model.frozen.inputSize;
  const width = model.frozen.outputShape.reduce((product, n) => product * n, 1);
  const downToPixels = model.cut === stagesOf(model.backbone.graph)[0];
  const held = images * width * (precision === "float16" ? 2 : 4);
  const tooMuch = !downToPixels && held > HELD_BYTES;
  if (tooMuch) {
    output.warn(
      `the features would take ${bytes(held)}: they are computed anew every epoch; unfreeze less, take fewer --views${precision === "float16" ? "" : " or --feature-precision float16"}, to keep them`,
    );
  }
  if (downToPixels || tooMuch) {
    return async (_, { ids, batchSize, shuffle, augment }) => {
      const views = augment && "only" in augment ? { only: augment.only } : ("fresh" as const);
      const fresh = augment && { policy: augment.policy, seed: augment.seed, views };
      const options = { ids, size, batchSize, decode, ...(shuffle && { shuffle }), ...(fresh && { augment: fresh }) };
      return imageFeatures(model.frozen, imageBatches(dataset, options), batchSize);
    };
  }
  const cache = folderStore(join(cacheFolder(env), "features"), { maxBytes: CACHE_BYTES });
  const extract = async (label: string, ids: readonly string[], augment?: ImageBatchesOptions["augment"]) => {
    const options = { ids, size, batchSize: EXTRACTION_BATCH, decode, ...(augment && { augment }) };
    const progress = output.progress(`features of ${label}`, ids.length);
    const onProgress = ({ done, cached }: { done: number; cached: number }) =>
      progress.update(done, `${cached} from the cache`);
    const set: FeatureSet<FeatureValues> = await extractFeatures(model.frozen, imageBatches(dataset, options), {
      cache,
      precision,
      signal,
      onProgress,
    });
    const seconds = duration(progress.end());
    output.info(`features of ${label}: ${plural(ids.length, "image")} in ${seconds}, ${set.cached} from the cache`);
    return set;
  };
  return async (label, { ids, batchSize, shuffle, augment }) => {
    if (augment === undefined) return featureBatches(await extract(label, ids), { batchSize, shuffle });
    const { policy, seed } = augment;
    if ("only" in augment) {
      const set = await extract(`${label}, view ${augment.only}`, ids, { policy, seed, views: { only: augment.only } });
      return featureBatches(set, { batchSize, shuffle });
    }
    const { views } = augment;
    const sets: FeatureSet<FeatureValues>[] = [];
    for (let view = 1; view <= views; view++) {
      sets.push(await extract(`${label}, view ${view} of ${views}`, ids, { policy, seed, views: { only: view } }));
    }
    return viewBatches(sets, { batchSize, shuffle, seed });
  };
}
