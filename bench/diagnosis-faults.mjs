// What is injected into runs, and the healthy runs beside them. A fault is a change of a run's plan; what the diagnosis is told of the setup
// is what the user of such a run believes of it.
import { random, shuffled } from "@cassava/data";
import { crossentropy } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

/**
 * One run before it starts.
 * @typedef {import("./diagnosis-worlds.mjs").Variant} Variant
 * @typedef {object} Plan
 * @property {number} seed
 * @property {Map<string, number>} labels as the run has them
 * @property {readonly string[]} train
 * @property {readonly string[]} validation
 * @property {Variant} variant of the training images
 * @property {Variant} validationVariant
 * @property {"shuffled" | "as given" | "fixed" | "buffered"} order
 * @property {number[]} units
 * @property {number} dropout
 * @property {"relu" | "linear"} activation
 * @property {"adam" | "adamW" | "sgd" | "rmsprop"} optimizer
 * @property {number} rate
 * @property {number} [actualRate] where it is another than the user believes
 * @property {number} epochs
 * @property {number} patience 0: all epochs, and the last weights
 * @property {number} batchSize
 * @property {import("@cassava/train").Loss} loss
 * @property {boolean} balanced
 * @property {number} outputs units of the last layer
 * @property {boolean} deadHead
 * @property {boolean} idle whether the optimizer changes nothing
 * @property {boolean} nonFinite whether the features of an image hold a value that is not a number
 * @property {number} [jumpsAt] share of the run after which the rate is a thousand times as high
 * @property {number} [warmup] runs that the rate takes to rise from nothing
 * @property {number} [halvedEvery] steps after which the rate is half of what it was
 * @property {boolean} [stuck] whether every image is the first one
 * @property {number} [momentum] of SGD
 * @property {boolean} pixelsSeen whether the diagnosis sees what the network is given, or only logs and answers
 * @property {{ trained: string, held: string }[]} leaked
 */

/**
 * `cause`: what has to come first; `worlds`: where it can be injected.
 * @typedef {object} Fault
 * @property {string} name
 * @property {import("@cassava/metrics/diagnosis").CauseId} cause
 * @property {readonly string[]} [worlds]
 * @property {(plan: Plan, world: import("./diagnosis-worlds.mjs").World) => Partial<Plan>} inject
 */

export const PHOTOGRAPHS = ["photographs"];
/** The most frequent class, of photographs and of leaves. */
export const MAJORITY = 3;

/** Probabilities handed to a loss that takes logits. @returns {import("@cassava/train").Loss} */
const doubleSoftmax = () => {
  const inner = crossentropy();
  return {
    name: "softmax twice",
    compute: (logits, targets, mode) => inner.compute(/** @type {tf.Tensor2D} */ (tf.softmax(logits)), targets, mode),
  };
};

/** Training images class by class. @param {Plan} plan */
export const byLabel = ({ train, labels }) => [...train].sort((a, b) => Number(labels.get(a)) - Number(labels.get(b)));

/** @type {readonly Fault[]} */
export const FAULTS = [
  {
    name: "pixels divided by 255",
    cause: "preprocessing",
    inject: () => ({ variant: "scaled", validationVariant: "scaled" }),
  },
  {
    name: "pixels divided by 255, only logs and answers known",
    cause: "preprocessing",
    worlds: PHOTOGRAPHS,
    inject: () => ({ variant: "scaled", validationVariant: "scaled", pixelsSeen: false }),
  },
  { name: "learning rate x 1000", cause: "learning-rate-too-high", inject: ({ rate }) => ({ rate: 1000 * rate }) },
  {
    name: "learning rate x 100, believed right",
    cause: "learning-rate-too-high",
    inject: ({ rate }) => ({ actualRate: 100 * rate }),
  },
  { name: "learning rate / 1000", cause: "learning-rate-too-low", inject: ({ rate }) => ({ rate: rate / 1000 }) },
  {
    name: "learning rate / 1000, believed right",
    cause: "learning-rate-too-low",
    inject: ({ rate }) => ({ actualRate: rate / 1000 }),
  },
  {
    name: "pretrained weights not loaded",
    cause: "weights-unloaded",
    worlds: PHOTOGRAPHS,
    inject: () => ({ variant: "random", validationVariant: "random" }),
  },
  {
    name: "labels shuffled",
    cause: "labels-misaligned",
    inject: ({ labels, seed }) => {
      const ids = [...labels.keys()];
      const dealt = shuffled([...labels.values()], random(seed, "dealt"));
      return { labels: new Map(ids.map((id, i) => [id, Number(dealt[i])])) };
    },
  },
  {
    name: "sorted by class, never shuffled",
    cause: "not-shuffled",
    inject: (plan) => ({ train: byLabel(plan), order: "as given" }),
  },
  { name: "softmax twice", cause: "double-softmax", inject: () => ({ loss: doubleSoftmax() }) },
  {
    name: "frozen batch normalization by the batch",
    cause: "batch-normalization-mode",
    worlds: PHOTOGRAPHS,
    inject: () => ({ variant: "batch" }),
  },
  {
    name: "half of the validation images are copies of training images",
    cause: "duplicate-leak",
    inject: ({ train, validation, labels, seed }) => {
      const kept = validation.slice(0, validation.length >> 1);
      const twins = shuffled(train, random(seed, "twins")).slice(0, validation.length - kept.length);
      // Under names of their own; the features are those of the original.
      for (const id of twins) labels.set(`copy of ${id}`, Number(labels.get(id)));
      const copies = twins.map((id) => `copy of ${id}`);
      return {
        validation: [...kept, ...copies],
        leaked: twins.map((trained, i) => ({ trained, held: String(copies[i]) })),
      };
    },
  },
  {
    name: "a class missing from the training part",
    cause: "class-missing",
    inject: ({ train, labels }) => ({ train: train.filter((id) => labels.get(id) !== 1) }),
  },
  {
    name: "split by sorted labels",
    cause: "split-drift",
    inject: (plan) => {
      const { labels, train, validation } = plan;
      const all = [...train, ...validation];
      // The validation part from the classes at the end, a few of the others.
      const late = all.filter((id) => Number(labels.get(id)) >= 3);
      const others = [0, 1, 2].flatMap((label) => validation.filter((id) => labels.get(id) === label).slice(0, 3));
      const held = new Set([...late.slice(-Math.round(0.9 * validation.length)), ...others]);
      return { train: all.filter((id) => !held.has(id)), validation: [...held] };
    },
  },
  { name: "the same order in every epoch", cause: "same-order", inject: () => ({ order: "fixed" }) },
  {
    name: "dropout of .9",
    cause: "strong-dropout",
    inject: ({ units }) => ({ dropout: 0.9, units: units.length > 0 ? units : [64] }),
  },
  { name: "no weight changes", cause: "nothing-trains", inject: () => ({ idle: true }) },
  {
    name: "forty images, sixty epochs",
    cause: "overfitting",
    inject: ({ train }) => ({ train: train.slice(0, 40), epochs: 60, patience: 0, dropout: 0 }),
  },
  {
    name: "black images",
    cause: "blank-input",
    inject: () => ({ variant: "blank", validationVariant: "blank" }),
  },
  {
    name: "a value that is not a number",
    cause: "numeric-overflow",
    inject: () => ({ nonFinite: true }),
  },
  {
    name: "dead units in the head",
    cause: "dead-head",
    inject: ({ units }) => ({ deadHead: true, units: units.length > 0 ? units : [64] }),
  },
  { name: "two units too many", cause: "head-size", inject: ({ outputs }) => ({ outputs: outputs + 2 }) },
  {
    name: "hidden layers without an activation",
    cause: "no-non-linearity",
    inject: () => ({ activation: "linear", units: [128, 64] }),
  },
  {
    name: "a quarter of the rate's thousandth, by SGD",
    cause: "learning-rate-too-low",
    inject: () => ({ optimizer: "sgd", rate: 1e-6 }),
  },
  {
    name: "a class missing from the validation part",
    cause: "class-missing",
    inject: ({ validation, labels }) => ({ validation: validation.filter((id) => labels.get(id) !== 1) }),
  },
  {
    name: "the rate jumps a thousandfold after a third of the run",
    cause: "learning-rate-too-high",
    inject: () => ({ jumpsAt: 1 / 3, patience: 0 }),
  },
  {
    name: "every label is that of the next image in the table",
    cause: "labels-misaligned",
    inject: ({ labels, seed }) => {
      // A table in an order of no meaning.
      const ids = shuffled([...labels.keys()], random(seed, "table"));
      return { labels: new Map(ids.map((id, i) => [id, Number(labels.get(String(ids[(i + 1) % ids.length])))])) };
    },
  },
  {
    name: "nine of ten images of the rarer classes gone",
    cause: "imbalance",
    inject: ({ train, validation, labels, seed }) => {
      const draw = random(seed, "gone").next;
      const kept = (/** @type {readonly string[]} */ ids) =>
        ids.filter((id) => labels.get(id) === MAJORITY || draw() < 0.1);
      return { train: kept(train), validation: kept(validation) };
    },
  },
  {
    name: "a class weight that overflows",
    cause: "numeric-overflow",
    inject: () => ({ loss: crossentropy({ classWeights: [1, 1, 1, 3e38, 1] }) }),
  },
  {
    name: "labels of the validation part shuffled",
    cause: "labels-misaligned",
    inject: ({ validation, labels, seed }) => {
      const dealt = shuffled(
        validation.map((id) => Number(labels.get(id))),
        random(seed, "dealt"),
      );
      return {
        labels: new Map([...labels, ...validation.map((id, i) => /** @type {const} */ ([id, Number(dealt[i])]))]),
      };
    },
  },
  {
    name: "four of ten labels are any",
    cause: "label-noise",
    inject: ({ labels, seed }, { classes }) => {
      const draw = random(seed, "any").next;
      const any = (/** @type {number} */ label) => (draw() < 0.4 ? Math.floor(draw() * classes.length) : label);
      return { labels: new Map([...labels].map(([id, label]) => [id, any(label)])) };
    },
  },
  {
    name: "every image is the first one",
    cause: "blank-input",
    inject: () => ({ stuck: true }),
  },
  {
    name: "a warm-up a hundred times as long as the run",
    cause: "learning-rate-too-low",
    inject: () => ({ warmup: 100 }),
  },
  {
    name: "pixels preprocessed twice",
    cause: "preprocessing",
    inject: () => ({ variant: "twice", validationVariant: "twice" }),
  },
];

/**
 * Plans of healthy runs, all different: sizes, heads, dropout, optimizers, rates, batches, label noise, imbalance.
 * @param {number} count
 * @param {number} seed
 * @param {import("./diagnosis-worlds.mjs").World} world
 */
export const controls = (count, seed, world) =>
  Array.from({ length: count }, (_, i) => {
    const draw = random(seed, "control", i).next;
    const pick = (/** @type {readonly any[]} */ from) => from[Math.floor(draw() * from.length)];
    const optimizer = pick(["adam", "adam", "adamW", "rmsprop", "sgd"]);
    const rates = optimizer === "sgd" ? [0.005, 0.01, 0.02] : [0.5, 1, 2].map((factor) => factor * world.rate);
    /** @type {Partial<Plan> & { size: number, noise: number, thin: number }} */
    const plan = {
      seed: seed * 1000 + i,
      units: world.frozen ? pick([[], [128], [256], [256, 128, 64]]) : pick([[], [], [64]]),
      dropout: pick([0, 0.1, 0.2, 0.3, 0.4, 0.5]),
      optimizer,
      rate: pick(rates),
      momentum: 0.9,
      batchSize: pick([16, 32, 64]),
      // Weights up to ten times as large are too much for a network from scratch and a few hundred images.
      balanced: draw() < 0.2 && world.frozen,
      epochs: pick(world.frozen ? [10, 12, 15] : [8, 10]),
      size: pick([0.7, 0.85, 1]),
      noise: pick([0, 0, 0.05]),
      thin: pick([0, 0.2, 0.4]),
    };
    return plan;
  });
