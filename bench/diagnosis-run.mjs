// One run of the diagnosis's bench: trains as its plan says, watched by the packages' own observers, and hands all of it to the diagnosis.
import { random, shuffled } from "@cassava/data";
import { logLoss } from "@cassava/metrics";
import {
  balancedClassWeights,
  crossentropy,
  earlyStopping,
  featureBatches,
  fit,
  observeTraining,
  predict,
} from "@cassava/train";
import { probeHost } from "./diagnosis-host.mjs";
import { buffered, buildModel, optimizerOf, rowsOf } from "./diagnosis-plan.mjs";

/**
 * @typedef {import("./diagnosis-faults.mjs").Plan} Plan
 * @typedef {import("./diagnosis-worlds.mjs").World} World
 * @typedef {import("@cassava/metrics/diagnosis").DiagnosisInput} Input
 */

const HELD_BATCH = 64;

/** What a look at sixteen images gives: all differ, but where they are black or stuck. @param {Plan} plan */
const distinctOf = ({ variant, stuck = false }) => ({ images: variant === "blank" || stuck ? 1 : 16, of: 16 });

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
  const train =
    plan.order === "buffered"
      ? buffered(trainSet, plan)
      : featureBatches(trainSet, {
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
    ...((plan.jumpsAt ?? plan.warmup ?? plan.halvedEvery) !== undefined && {
      schedule: (/** @type {number} */ step, /** @type {number} */ steps) => {
        if (plan.halvedEvery !== undefined) return rate * 0.5 ** Math.floor(step / plan.halvedEvery);
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
        key === "learning_rate" && (plan.warmup ?? plan.halvedEvery) === undefined ? [] : [[key, Number(values[i])]],
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
