// One run of the diagnosis's bench: trains as its plan says, watched by the packages' own observers, and hands all of it to the diagnosis;
// and the host of its experiments.
import { random, shuffled } from "@cassava/data";
import { logLoss } from "@cassava/metrics";
import {
  adam,
  adamW,
  balancedClassWeights,
  crossentropy,
  earlyStopping,
  featureBatches,
  findLearningRate,
  fit,
  linearProbe,
  observeTraining,
  predict,
  rmsprop,
  sgd,
} from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

/**
 * @typedef {import("./diagnosis-faults.mjs").Plan} Plan
 * @typedef {import("./diagnosis-worlds.mjs").World} World
 * @typedef {import("./diagnosis-worlds.mjs").FeatureSet} FeatureSet
 * @typedef {import("@cassava/metrics/diagnosis").DiagnosisInput} Input
 */

const OPTIMIZERS = { adam, adamW, rmsprop, sgd };
/** Share of the images that are trained on, and of those left over that are validated on. */
const [TRAIN, HELD_BATCH] = [0.7, 64];

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
const rowsOf = (set, ids, { labels, stuck = false }, world) => {
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

/** What a look at sixteen images gives: all differ, but where they are black or stuck. @param {Plan} plan */
const distinctOf = ({ variant, stuck = false }) => ({ images: variant === "blank" || stuck ? 1 : 16, of: 16 });

/** @param {World} world @param {Plan} plan */
const buildModel = async (world, { units, dropout, activation, outputs, seed, deadHead }) => {
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
const optimizerOf = ({ optimizer, rate, actualRate = rate, momentum = 0, idle }) => {
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

/** @param {readonly string[]} ids @param {Plan} plan @param {World} world */
const countsOf = (ids, { labels }, world) =>
  world.classes.map(({ index }) => ids.filter((id) => labels.get(id) === index).length);

/**
 * Trains and looks; the caller disposes of the host.
 * @param {World} world @param {Plan} plan
 */
export const observedRun = async (world, plan) => {
  const { train: ids, seed, rate } = plan;
  const all = await world.features(plan.variant);
  const trainSet = rowsOf(all, ids, plan, world);
  if (plan.nonFinite) trainSet.features[(ids.length >> 1) * trainSet.width] = Number.NaN;
  const heldSet = rowsOf(await world.features(plan.validationVariant), plan.validation, plan, world);
  const train = featureBatches(trainSet, {
    batchSize: plan.batchSize,
    ...(plan.order === "shuffled" && { shuffle: { seed } }),
  });
  const held = featureBatches(heldSet, { batchSize: HELD_BATCH });
  const model = await buildModel(world, plan);
  const observer = observeTraining();
  const trainCounts = countsOf(ids, plan, world);
  const optimizer = optimizerOf(plan);
  const loss = plan.balanced ? crossentropy({ classWeights: balancedClassWeights(trainCounts) }) : plan.loss;
  const { history } = await fit(model, {
    train: observer.watch(train),
    validation: held,
    epochs: plan.epochs,
    optimizer,
    loss,
    seed,
    ...((plan.jumpsAt !== undefined || plan.warmup !== undefined) && {
      schedule: (/** @type {number} */ step, /** @type {number} */ steps) => {
        if (plan.warmup !== undefined) return (rate * (step + 1)) / (plan.warmup * steps);
        return step < Number(plan.jumpsAt) * steps ? rate : 1000 * rate;
      },
    }),
    callbacks: [observer.callback(), ...(plan.patience > 0 ? [earlyStopping({ patience: plan.patience })] : [])],
  }).result;
  const { labels, probabilities } = await predict(model, held);
  const epochs = history.loss?.length ?? 0;
  const logs = Array.from({ length: epochs }, (_, i) =>
    Object.fromEntries(
      // What was believed of the rate is told by the setup; of a schedule the log tells what became of it.
      Object.entries(history).flatMap(([key, values]) =>
        key === "learning_rate" && plan.warmup === undefined ? [] : [[key, Number(values[i])]],
      ),
    ),
  );
  const some = shuffled(plan.validation, random(seed, "checks")).slice(0, 64);
  const lossOn = async (
    /** @type {import("./diagnosis-worlds.mjs").Variant} */ variant,
    /** @type {readonly string[]} */ which,
  ) => {
    const set = rowsOf(await world.features(variant), which, plan, world);
    const made = await predict(model, featureBatches(set, { batchSize: HELD_BATCH }));
    // A model of numbers that are none has no loss.
    if (!made.probabilities.every(Number.isFinite)) return Number.NaN;
    return logLoss(/** @type {Int32Array} */ (made.labels), made.probabilities, {
      classes: plan.outputs,
      sumTolerance: 1e-2,
    });
  };
  const finite = probabilities.every(Number.isFinite);
  const trained = shuffled(ids, random(seed, "trained")).slice(0, 64);
  const checks = finite
    ? {
        loss: await lossOn(plan.validationVariant, some),
        zeroedLoss: await lossOn("blank", some),
        trainingModeLoss: await lossOn(plan.variant, trained),
        trainingImagesLoss: await lossOn(plan.validationVariant, trained),
        images: some.length,
      }
    : {};
  /** @type {Input} */
  const input = {
    history: logs,
    classes: world.classes.map(({ name }) => name),
    classCounts: countsOf([...ids, ...plan.validation], plan, world),
    splitCounts: { train: trainCounts, validation: countsOf(plan.validation, plan, world) },
    ...(finite && {
      predictions: {
        split: "validation",
        labels: /** @type {Int32Array} */ (labels),
        probabilities,
        classes: plan.outputs,
        ids: plan.validation,
      },
    }),
    setup: {
      optimizer: plan.optimizer,
      learningRate: rate,
      epochs: plan.epochs,
      batchSize: plan.batchSize,
      dropout: plan.units.length > 0 ? plan.dropout : 0,
      headUnits: plan.units,
      hiddenActivation: plan.activation,
      outputs: plan.outputs,
      outputActivation: "linear",
      lossInput: "logits",
      balanced: plan.balanced,
      keptBest: plan.patience > 0,
      weights: world.frozen ? "imagenet" : "none",
      frozen: world.frozen,
      batchNormMode: "inference",
    },
    ...(plan.pixelsSeen && {
      batches: {
        ...observer.batches,
        pixels: world.pixels(plan.variant),
        distinct: distinctOf(plan),
        inputRange: [0, 255],
      },
      weights: { ...observer.weights, ...(world.frozen && { missing: world.unloaded(plan.variant) }) },
      checks,
    }),
    data: { leaked: plan.leaked, images: ids.length + plan.validation.length },
  };
  return { input, host: probeHost(world, plan, model, lossOn, trained, some) };
};

/**
 * Experiments in the world of the fault: "as given" is what the run had.
 * @param {World} world @param {Plan} plan
 * @param {import("./diagnosis-worlds.mjs").Model} model
 * @param {(variant: import("./diagnosis-worlds.mjs").Variant, ids: readonly string[]) => Promise<number>} lossOn
 * @param {readonly string[]} trained @param {readonly string[]} some
 * @returns {import("@cassava/contracts").ProbeHost & { dispose(): void }}
 */
const probeHost = (world, plan, model, lossOn, trained, some) => {
  const given = async (/** @type {number} */ images) => {
    const ids = shuffled(plan.train, random(plan.seed, "probe")).slice(0, images);
    const set = rowsOf(await world.features(plan.variant), ids, plan, world);
    if (plan.nonFinite) set.features[0] = Number.NaN;
    return set;
  };
  return {
    secondsPerImage: async () => 0.01,
    async overfit({ images, steps }) {
      const fresh = await buildModel(world, plan);
      const train = featureBatches(await given(images), { batchSize: images });
      const run = fit(fresh, { train, epochs: steps, optimizer: optimizerOf(plan), loss: plan.loss, seed: plan.seed });
      /** @type {number[]} */
      const losses = [];
      for await (const event of run) if (event.type === "batch") losses.push(event.loss);
      await run.result;
      const { labels, predicted } = await predict(fresh, train);
      fresh.dispose();
      return { losses, error: predicted.filter((answer, i) => answer !== labels?.[i]).length / predicted.length };
    },
    async learningRates() {
      const fresh = await buildModel(world, plan);
      const train = featureBatches(await given(200), { batchSize: 32, shuffle: { seed: plan.seed } });
      const found = await findLearningRate(fresh, {
        train,
        optimizer: optimizerOf(plan),
        loss: plan.loss,
        seed: plan.seed,
      });
      fresh.dispose();
      return { used: plan.actualRate ?? plan.rate, suggestion: found.suggestion, divergedAt: found.divergedAt };
    },
    async evaluate({ split, zeroed = false, mode = "inference" }) {
      const ids = split === "train" ? trained : some;
      // In training mode a frozen normalization goes by the batch where the fault makes it; else both modes are one.
      const variant = zeroed
        ? "blank"
        : mode === "training" && split === "train"
          ? plan.variant
          : plan.validationVariant;
      return { loss: await lossOn(variant, ids), accuracy: Number.NaN, images: ids.length };
    },
    async linearProbe({ images, pixels = "as given", weights = "loaded" }) {
      if (!world.frozen) return undefined;
      const variants = { "as given": plan.variant, "as declared": "plain", "0 to 1": "scaled" };
      const variant = weights === "random" ? "random" : variants[/** @type {keyof variants} */ (pixels)];
      if (variant === undefined) return undefined;
      const ids = shuffled(plan.train, random(plan.seed, "probe")).slice(0, images);
      // Weights that were not loaded stay so, whatever is done to the pixels, and black images stay black.
      const actual = plan.variant === "random" || plan.variant === "blank" ? plan.variant : variant;
      return linearProbe(rowsOf(await world.features(/** @type {never} */ (actual)), ids, plan, world));
    },
    dispose: () => model.dispose(),
  };
};
