// The two test beds of the diagnosis: a head on the frozen features of real photographs, and a small network from scratch on synthetic
// leaves. Both are images by name with features in several variants: as they should be, and as faults make them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { onnxEngine } from "@cassava/backend/node";
import { imageBatches, memoryDataset, random, SYNTHETIC_CLASSES, shuffled, syntheticLeaves } from "@cassava/data";
import { csvDataset, defaultDecoder } from "@cassava/data/node";
import { pixelStatistics } from "@cassava/metrics/diagnosis";
import { createClassifier, loadBackbone, readKerasWeights, stagesOf, untrainedWeights } from "@cassava/models";
import { extractFeatures } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

/**
 * `plain`: right. `scaled`: pixels divided by 255 before the network's own preprocessing.
 * `twice`: pixels from -1 to 1, to which the network does the same again. `blank`: black images. `random`: of a backbone without its weights. `jumbled`: of one whose weights are in other places of their layers. `batch`: batch normalization by the statistics of the batch.
 * @typedef {"plain" | "scaled" | "twice" | "blank" | "random" | "jumbled" | "batch"} Variant
 * @typedef {import("@cassava/train").FeatureSet} FeatureSet
 * @typedef {import("@cassava/models").CassavaClassifier} Model
 * @typedef {Parameters<typeof createClassifier>[0]} ModelOptions
 * @typedef {Pick<ModelOptions, "head" | "seed" | "classes" | "rescale">} Top
 * @typedef {object} World
 * @property {string} name
 * @property {ModelOptions["classes"]} classes
 * @property {ReadonlyMap<string, number>} labels by image
 * @property {readonly Variant[]} variants
 * @property {boolean} frozen whether a part of the network is frozen
 * @property {number} rate a learning rate that works
 * @property {number} epochs
 * @property {readonly number[]} head hidden layers of the head
 * @property {(variant: Variant) => Promise<FeatureSet>} features of all images, in one order
 * @property {(variant: Variant) => import("@cassava/metrics/diagnosis").PixelStatistics} pixels
 * @property {(top: Top) => Promise<Model>} build
 * @property {(variant: Variant) => readonly string[]} unloaded weights of the frozen part that look as if they had not been loaded
 */

const WEIGHTS = "weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5";
const [PHOTO_SIZE, PHOTO_WIDTH, LEAF_SIZE, BATCH] = [128, 1280, 32, 32];

/** What a variant does to a batch of pixels. @param {Variant} variant @param {import("@cassava/contracts").Batch} batch */
const changed = (variant, batch) => {
  if (variant === "blank") return { ...batch, images: new Uint8Array(batch.images.length) };
  return batch;
};

/**
 * By what the network's own preprocessing finds pixels scaled. It refuses pixels below 0, so the -1 of `twice` is left out there, as a hundredth of the range.
 * @param {Variant} variant
 */
const rescaleOf = (variant) => (variant === "scaled" ? 1 / 255 : variant === "twice" ? 1 / 127.5 : 1);

/** Statistics of what the backbone's own preprocessing gets. @param {Variant} variant @param {import("@cassava/contracts").Batch} batch */
const pixelsOf = (variant, batch) =>
  pixelStatistics(
    Float32Array.from(
      changed(variant, batch).images,
      (value) => value * rescaleOf(variant) - (variant === "twice" ? 1 : 0),
    ),
  );

/** @template K, V @param {(key: K) => V} make @returns {(key: K) => V} */
const once = (make) => {
  /** @type {Map<K, V>} */
  const made = new Map();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return /** @type {V} */ (made.get(key));
  };
};

/**
 * Features of all images of `source` by `frozen`, as `variant` has them.
 * @param {import("@cassava/contracts").FrozenPart} frozen
 * @param {import("@cassava/contracts").BatchSource} source
 * @param {Variant} variant
 */
const extracted = (frozen, source, variant) =>
  extractFeatures({ ...frozen, run: (batch) => frozen.run(changed(variant, batch)) }, source);

/** The real photographs under a frozen MobileNetV2 with real weights. @param {string} shared @returns {Promise<World>} */
export const photographs = async (shared) => {
  const file = join(shared, WEIGHTS);
  const weights = await readKerasWeights(await readFile(file), { file });
  const loaded = await loadBackbone("mobilenetV2", { weights, inputSize: PHOTO_SIZE });
  const untrained = await loadBackbone("mobilenetV2", { weights: "none", inputSize: PHOTO_SIZE, seed: 7 });
  const jumbled = await loadBackbone("mobilenetV2", { weights: inOtherPlaces(weights), inputSize: PHOTO_SIZE });
  const backboneOf = (/** @type {Variant} */ variant) =>
    variant === "random" ? untrained : variant === "jumbled" ? jumbled : loaded;
  const frozenEngine = await onnxEngine();
  const dataset = await csvDataset(join(shared, "data/cassava"));
  const labelled = dataset.entries.filter(({ label }) => label !== undefined);
  // In an order of no meaning: batch normalization by the batch mixes those that are next to each other.
  const ids = shuffled(
    labelled.map(({ id }) => id),
    random(1, "order"),
  );
  const source = imageBatches(dataset, {
    ids,
    size: [PHOTO_SIZE, PHOTO_SIZE],
    batchSize: BATCH,
    decode: defaultDecoder(),
  });
  /** @type {import("@cassava/contracts").Batch | undefined} */
  let first;
  for await (const batch of source.batches(0)) {
    first = batch;
    break;
  }
  const { classes } = dataset;
  const build = (/** @type {Top} */ top) => createClassifier({ backbone: loaded, ...top });
  const features = once(async (/** @type {Variant} */ variant) => {
    if (variant === "batch") return byBatchStatistics(weights, source);
    const backbone = backboneOf(variant);
    const head = /** @type {const} */ ({ units: [], dropout: 0, batchNorm: false, activation: "relu" });
    const model = await createClassifier({ backbone, head, classes, frozenEngine, rescale: rescaleOf(variant) });
    const set = await extracted(model.frozen, source, variant);
    model.dispose();
    return set;
  });
  return {
    name: "photographs",
    classes,
    labels: new Map(labelled.map(({ id, label }) => [id, Number(label)])),
    variants: ["plain", "scaled", "twice", "blank", "random", "jumbled", "batch"],
    frozen: true,
    rate: 1e-3,
    epochs: 12,
    head: [256],
    features,
    pixels: (variant) => pixelsOf(variant, /** @type {never} */ (first)),
    build,
    unloaded(variant) {
      const { names, of } = untrainedWeights(backboneOf(variant).weights);
      return names.length > of / 2 ? names : [];
    },
  };
};

/** The same numbers in every layer, in an order of no meaning. @param {Awaited<ReturnType<typeof readKerasWeights>>} weights */
const inOtherPlaces = (weights) =>
  new Map(
    [...weights].map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(shuffled([...data], random(1, name))) },
    ]),
  );

/**
 * Features as a frozen backbone gives them whose normalizations go by each batch: a linear head hands them through.
 * @param {Awaited<ReturnType<typeof readKerasWeights>>} weights
 * @param {import("@cassava/contracts").BatchSource} source
 * @returns {Promise<FeatureSet>}
 */
const byBatchStatistics = async (weights, source) => {
  const identity = new Float32Array(PHOTO_WIDTH ** 2);
  for (let i = 0; i < PHOTO_WIDTH; i++) identity[i * PHOTO_WIDTH + i] = 1;
  const restore = new Map([
    ...weights,
    ["head_logits/kernel", { shape: [PHOTO_WIDTH, PHOTO_WIDTH], data: identity }],
    ["head_logits/bias", { shape: [PHOTO_WIDTH], data: new Float32Array(PHOTO_WIDTH) }],
  ]);
  const backbone = await loadBackbone("mobilenetV2", { weights, inputSize: PHOTO_SIZE });
  const model = await createClassifier({
    backbone,
    head: { units: [], dropout: 0, batchNorm: false, activation: "relu" },
    classes: Array.from({ length: PHOTO_WIDTH }, (_, index) => ({ index, name: `${index}` })),
    unfreezeFrom: /** @type {string} */ (stagesOf(backbone.graph)[0]),
    batchNorm: "training",
    restore: /** @type {never} */ (restore),
  });
  const features = new Float32Array(source.size * PHOTO_WIDTH);
  /** @type {string[]} */
  const ids = [];
  /** @type {number[]} */
  const labels = [];
  for await (const batch of source.batches(0)) {
    const pixels = await model.frozen.run(batch);
    const rows = tf.tidy(() =>
      model.logits(tf.tensor(pixels, [batch.ids.length, ...model.frozen.outputShape]), "training"),
    );
    features.set(await rows.data(), ids.length * PHOTO_WIDTH);
    rows.dispose();
    ids.push(...batch.ids);
    labels.push(.../** @type {Int32Array} */ (batch.labels));
  }
  model.dispose();
  return {
    classes: source.classes,
    ids,
    features,
    shape: [PHOTO_WIDTH],
    width: PHOTO_WIDTH,
    labels: Int32Array.from(labels),
    cached: 0,
  };
};

/**
 * Synthetic leaves under a small residual network from scratch.
 * @param {{ count: number, seed: number, difficulty: number }} options
 * @returns {Promise<World>}
 */
export const leaves = async ({ count, seed, difficulty }) => {
  const painted = [...syntheticLeaves({ count, seed, difficulty, size: 2 * LEAF_SIZE })];
  const images = new Map(painted.map(({ id, width, height, pixels }) => [id, { width, height, pixels }]));
  const dataset = memoryDataset({
    classes: SYNTHETIC_CLASSES.map(({ name }) => name),
    images: painted.map(({ id, label }) => ({ id, label, bytes: new TextEncoder().encode(id) })),
  });
  const decode = {
    id: "painted",
    decode: async (/** @type {Uint8Array} */ bytes) =>
      /** @type {never} */ (images.get(new TextDecoder().decode(bytes))),
  };
  const source = imageBatches(dataset, { size: [LEAF_SIZE, LEAF_SIZE], batchSize: BATCH, decode });
  const backbone = await loadBackbone("resnet14", { weights: "none", inputSize: LEAF_SIZE, seed: 1 });
  const { classes } = dataset;
  /** @type {import("@cassava/contracts").Batch | undefined} */
  let first;
  for await (const batch of source.batches(0)) {
    first = batch;
    break;
  }
  const unfreezeFrom = /** @type {string} */ (stagesOf(backbone.graph)[0]);
  const build = async (/** @type {Top} */ top) =>
    createClassifier({
      backbone: await loadBackbone("resnet14", { weights: "none", inputSize: LEAF_SIZE, seed: top.seed ?? 1 }),
      unfreezeFrom,
      ...top,
    });
  const features = once(async (/** @type {Variant} */ variant) => {
    const head = /** @type {const} */ ({ units: [], dropout: 0, batchNorm: false, activation: "relu" });
    const model = await build({ head, classes, seed: 1, rescale: rescaleOf(variant) });
    const set = await extracted(model.frozen, source, variant);
    model.dispose();
    return set;
  });
  return {
    name: "leaves",
    classes,
    labels: new Map(painted.map(({ id, label }) => [id, label])),
    variants: ["plain", "scaled", "twice", "blank"],
    frozen: false,
    rate: 3e-3,
    epochs: 8,
    head: [],
    features,
    pixels: (variant) => pixelsOf(variant, /** @type {never} */ (first)),
    build,
    unloaded: () => [],
  };
};
