// What a plan of the diagnosis's bench comes to: its images in their order, its model, its optimizer.
import { random, shuffled } from "@cassava/data";
import { adam, adamW, crossentropy, featureBatches, rmsprop, sgd } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

/**
 * @typedef {import("./diagnosis-faults.mjs").Plan} Plan
 * @typedef {import("./diagnosis-worlds.mjs").World} World
 * @typedef {import("./diagnosis-worlds.mjs").FeatureSet} FeatureSet
 */

const OPTIMIZERS = { adam, adamW, rmsprop, sgd };
/** Share of the images that are trained on. */
const TRAIN = 0.7;

/** A healthy plan. @param {World} world @param {number} seed @returns {Plan} */
export const healthyPlan = (world, seed) => {
  const labels = new Map(world.labels);
  /** @type {string[]} */
  const train = [];
  /** @type {string[]} */
  const validation = [];
  for (const { index } of world.classes) {
    const members = [...labels].filter(([, label]) => label === index).map(([id]) => id);
    const order = shuffled(members, random(seed, "split", index));
    const cut = Math.round(TRAIN * order.length);
    train.push(...order.slice(0, cut));
    validation.push(...order.slice(cut));
  }
  return {
    seed,
    labels,
    train: shuffled(train, random(seed, "train")),
    validation: shuffled(validation, random(seed, "validation")),
    variant: "plain",
    validationVariant: "plain",
    order: "shuffled",
    units: [...world.head],
    dropout: world.head.length > 0 ? 0.3 : 0,
    activation: "relu",
    optimizer: "adam",
    rate: world.rate,
    epochs: world.epochs,
    patience: 5,
    batchSize: 32,
    loss: crossentropy(),
    balanced: false,
    outputs: world.classes.length,
    deadHead: false,
    idle: false,
    nonFinite: false,
    pixelsSeen: true,
    leaked: [],
  };
};

/**
 * Rows of some images, under the plan's labels; "copy of X" has X's features.
 * @param {FeatureSet} set @param {readonly string[]} ids @param {Plan} plan @param {World} world
 * @returns {FeatureSet}
 */
export const rowsOf = (set, ids, { labels, stuck = false }, world) => {
  const at = new Map(set.ids.map((id, i) => [id, i]));
  const features = new Float32Array(ids.length * set.width);
  for (const [i, id] of ids.entries()) {
    const row = stuck ? 0 : Number(at.get(id.replace(/^copy of /, "")));
    features.set(set.features.subarray(row * set.width, (row + 1) * set.width), i * set.width);
  }
  return {
    ...set,
    classes: world.classes,
    ids,
    features,
    labels: Int32Array.from(ids, (id) => Number(labels.get(id))),
  };
};

/**
 * Batches in the order that a buffer of 64 images makes of the set's own: the next is drawn from it, and what follows takes its place.
 * @param {FeatureSet} set @param {Plan} plan
 * @returns {import("@cassava/train").FeatureSource}
 */
export const buffered = (set, { seed, batchSize }) => ({
  ...featureBatches(set, { batchSize }),
  batches(epoch, signal, from) {
    const { next } = random(seed, "buffer", epoch);
    const waiting = set.ids.map((_, i) => i);
    const held = waiting.splice(0, 64);
    /** @type {number[]} */
    const order = [];
    while (held.length > 0) {
      const [drawn] = held.splice(Math.floor(next() * held.length), 1);
      order.push(/** @type {number} */ (drawn));
      held.push(...waiting.splice(0, 1));
    }
    const { width, labels } = set;
    const drawn = {
      ...set,
      ids: order.map((i) => /** @type {string} */ (set.ids[i])),
      features: new Float32Array(set.features.length),
      labels: Int32Array.from(order, (i) => Number(labels?.[i])),
    };
    for (const [at, i] of order.entries())
      drawn.features.set(set.features.subarray(i * width, (i + 1) * width), at * width);
    return featureBatches(drawn, { batchSize }).batches(epoch, signal, from);
  },
});

/** @param {World} world @param {Plan} plan */
export const buildModel = async (world, { units, dropout, activation, outputs, seed, deadHead }) => {
  const classes = Array.from(
    { length: outputs },
    (_, index) => world.classes[index] ?? { index, name: `extra ${index}` },
  );
  const head = { units, dropout: units.length > 0 ? dropout : 0, batchNorm: false, activation };
  const model = await world.build({ head, classes, seed });
  if (deadHead) {
    for (const { name, variable } of model.weights) {
      if (/head_dense_1\/bias/.test(name)) tf.tidy(() => variable.assign(tf.fill(variable.shape, -1e3)));
    }
  }
  return model;
};

/** @param {Plan} plan @returns {import("@cassava/train").Optimizer} */
export const optimizerOf = ({ optimizer, rate, actualRate = rate, momentum = 0, idle }) => {
  const made = OPTIMIZERS[optimizer]({ learningRate: actualRate, ...(optimizer === "sgd" && { momentum }) });
  return idle
    ? {
        ...made,
        update: (weight, _gradient, slots) => ({
          weight: weight.clone(),
          slots: Object.fromEntries(Object.entries(slots).map(([slot, tensor]) => [slot, tensor.clone()])),
        }),
      }
    : made;
};
