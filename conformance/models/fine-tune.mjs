// One step of fine-tuning with the last stage unfrozen, beside Keras's.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClassifier, denseHead, loadBackbone, readKerasWeights } from "@cassava/models";
import { adam, featureBatches, fit, sgd } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";
import { batchOf, patterns, randomBytes } from "./pixels.mjs";
import { updateDifferences } from "./updates.mjs";

const CLASSES = Array.from({ length: 5 }, (_, index) => ({ index, name: `${index}` }));
const LABELS = [0, 1, 2, 3, 4, 3, 3, 1];
const SIZE = 96;
/**
 * Sets of images, each with a step of its own. Of the differences of weights and updates those of the middle set count: a relu whose
 * input is so near zero that rounding decides its sign changes the gradients of one channel by a percent and of those below it by a
 * thousandth, which is no mistake and hits a set now and then (1 of 14 with ResNet50, where the others were at 5e-5); a mistake hits
 * them all.
 */
const SETS = 3;
/** Largest relative difference of the loss, of every weight and of every update of a weight. */
const TOLERANCE = 1e-3;
/** The optimizers, with the rates that users of Keras begin with. */
const STEPS = [
  { optimizer: "sgd", learningRate: 0.01, make: sgd },
  { optimizer: "adam", learningRate: 1e-3, make: adam },
];

/**
 * Compares one step of each optimizer on one engine, from the weights of `file`; shows that a wrong rate and a live batch
 * normalization are noticed.
 */
export async function checkFineTuning({ python, work, check }, architecture, file, engine) {
  const { lastStage } = architecture;
  const label = `${architecture.label} on ${engine.name}`;
  const { frozenEngine } = await engine.start();
  const images = patterns(SETS * LABELS.length, SIZE);
  const weights = await readKerasWeights(await readFile(file), { file });
  const start = await startOf(architecture, weights);
  const theirs = await kerasSteps({ python, work }, architecture, { file, images, start });
  const model = await classifierOf(architecture, weights, start, { batchNorm: "frozen", frozenEngine });
  const features = await model.frozen.run(batchOf(images, SIZE));
  /** @param change what our step has that is not Keras's */
  const compare = async (ours, step, change = {}) => {
    const found = [];
    for (let set = 0; set < SETS; set++) {
      const made = await stepOf(ours, start, partOf(features, set), { ...step, ...change });
      found.push(differencesOf(made, theirs[set], start, step));
    }
    return together(found);
  };

  for (const step of STEPS) {
    await check(`${label}: a step of ${step.optimizer} from ${lastStage} up is Keras's`, async () => {
      const found = await compare(model, step);
      refuse(found);
      print(found);
    });
    await check(`${label}: the comparison notices 1.01 times the learning rate of ${step.optimizer}`, async () => {
      const { update } = await compare(model, step, { learningRate: 1.01 * step.learningRate });
      return update > 5 * TOLERANCE;
    });
  }
  model.dispose();
  if (![...start.keys()].some((name) => name.endsWith("/moving_mean"))) return;
  await check(`${label}: the comparison notices a batch normalization that trains`, async () => {
    const live = await classifierOf(architecture, weights, start, { batchNorm: "training", frozenEngine });
    const { loss, update, moved } = await compare(live, STEPS[0]);
    live.dispose();
    return loss > TOLERANCE && update > 5 * TOLERANCE && moved > 0;
  });
}

/** The weights above the cut before the step, by name: those of the backbone, and a head of repeatable numbers within ±0.05. */
async function startOf({ name, alpha, lastStage }, weights) {
  const backbone = await loadBackbone(name, { weights, alpha, inputSize: SIZE });
  const next = randomBytes(4);
  const head = (...shape) => {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    return { shape, data: data.map(() => (next() / 255 - 0.5) / 10) };
  };
  const layers = new Set(backbone.graph.nodes.filter(({ stage }) => stage === lastStage).map((node) => node.name));
  const start = new Map([...weights].filter(([weight]) => layers.has(weight.split("/")[0])));
  start.set("head_logits/kernel", head(backbone.spec.features, CLASSES.length));
  return start.set("head_logits/bias", head(CLASSES.length));
}

async function classifierOf({ name, alpha, lastStage }, weights, start, options) {
  const backbone = await loadBackbone(name, { weights, alpha, inputSize: SIZE });
  const head = denseHead({ units: [] });
  return createClassifier({ backbone, head, classes: CLASSES, unfreezeFrom: lastStage, restore: start, ...options });
}

/** The features of one set of images. */
function partOf(features, set) {
  const length = features.length / SETS;
  return features.subarray(set * length, (set + 1) * length);
}

/** For each set of images Keras's losses, and the weights above the cut after each of the steps. */
async function kerasSteps({ python, work }, { name, alpha }, { file, images, start }) {
  const path = (what) => join(work, `${name}-step-${what}`);
  const [pixels, head, plan] = [path("pixels.raw"), path("head.raw"), path("plan.json")];
  const [kernel, bias] = ["kernel", "bias"].map((role) => start.get(`head_logits/${role}`).data);
  await writeFile(pixels, images);
  await writeFile(head, new Uint8Array(Float32Array.of(...kernel, ...bias).buffer));
  const sets = Array.from({ length: SETS }, (_, set) => set);
  const steps = sets.flatMap((set) =>
    STEPS.map(({ optimizer, learningRate }) => ({ set, optimizer, learningRate, out: path(`${optimizer}-${set}.h5`) })),
  );
  const layers = [...new Set([...start.keys()].map((weight) => weight.split("/")[0]))];
  const about = { name, alpha, weights: file, size: SIZE, pixels, labels: LABELS, layers, classes: CLASSES.length };
  await writeFile(plan, JSON.stringify({ ...about, head, steps }));
  const losses = (await python("models/fine_tune.py", [plan])).trim().split("\n").slice(-steps.length).map(Number);
  const made = await Promise.all(steps.map(async ({ out }) => readKerasWeights(await readFile(out), { file: out })));
  const answers = steps.map(({ set, optimizer }, i) => ({ set, optimizer, loss: losses[i], weights: made[i] }));
  return sets.map((set) => new Map(answers.filter((one) => one.set === set).map((one) => [one.optimizer, one])));
}

/** Loss and weights of our step, from `start`. */
async function stepOf(model, start, features, { make, learningRate }) {
  for (const { name, variable } of model.weights) {
    tf.tidy(() => variable.assign(tf.tensor(start.get(name).data, variable.shape)));
  }
  const { outputShape: shape } = model.frozen;
  const ids = LABELS.map((_, i) => `${i}`);
  const set = {
    classes: CLASSES,
    ids,
    features,
    shape,
    width: features.length / ids.length,
    labels: Int32Array.from(LABELS),
  };
  const train = featureBatches({ ...set, cached: 0 }, { batchSize: ids.length });
  const { history } = await fit(model, { train, epochs: 1, optimizer: make({ learningRate }) }).result;
  const weights = new Map();
  for (const { name, variable } of model.weights) weights.set(name, await variable.data());
  return { loss: history.loss[0], weights };
}

/** What the sets of images say in common: the middle one of the differences of weights and updates, the largest of the rest. */
function together(found) {
  const sorted = (key) => found.map((one) => one[key]).sort((a, b) => a - b);
  const middle = (key) => sorted(key)[(SETS - 1) / 2];
  const most = (key) => sorted(key).at(-1);
  const differences = { weight: middle("weight"), update: middle("update"), most: most("update") };
  return { ...differences, loss: most("loss"), moved: most("moved"), compared: sorted("compared")[0] };
}

/** How far our step is from Keras's. */
function differencesOf(made, theirs, start, { optimizer }) {
  const keras = theirs.get(optimizer);
  const loss = Math.abs(made.loss / keras.loss - 1);
  const found = { loss, weight: 0, update: 0, moved: 0, compared: 1 };
  for (const [name, { data: before }] of start) {
    const [ours, wanted] = [made.weights.get(name), keras.weights.get(name).data];
    if (/\/(gamma|beta|moving_mean|moving_variance)$/.test(name)) {
      // Keras leaves them as they are, to the bit; so must we.
      if (wanted.some((value, i) => value !== before[i])) throw new Error(`Keras changed ${name}`);
      if (ours.some((value, i) => value !== before[i])) found.moved++;
      continue;
    }
    const descent = theirs.get("sgd").weights.get(name).data;
    const apart = updateDifferences({ before, ours, wanted, descent });
    found.weight = Math.max(found.weight, apart.weight);
    found.update = Math.max(found.update, apart.update);
    found.compared = Math.min(found.compared, apart.compared);
  }
  return found;
}

function refuse({ loss, weight, update, moved }) {
  const wrong = [];
  if (!(loss <= TOLERANCE)) wrong.push(`the loss by ${loss}`);
  if (!(weight <= TOLERANCE)) wrong.push(`a weight by ${weight}`);
  if (!(update <= TOLERANCE)) wrong.push(`an update by ${update}`);
  if (moved > 0) wrong.push(`${moved} weights of frozen batch normalizations moved`);
  if (wrong.length > 0) throw new Error(`differs from Keras: ${wrong.join(", ")}`);
}

function print({ loss, weight, update, most, compared }) {
  const [a, b, c, d] = [loss, weight, update, most].map((value) => value.toExponential(1));
  const share = (100 * compared).toFixed(1);
  console.log(
    `    relative difference of the loss ${a}, of weights ${b}, of updates ${c}, at most ${d} (at least ${share} % of each tensor)`,
  );
}
