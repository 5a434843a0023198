// @cassava/train against Keras: twenty steps of a small network from the same weights over the same batches, for every
// optimizer, loss and schedule; published formulas stand in where Keras has none (packages/train/test/optimizing.test.ts).
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { useBackend } from "@cassava/backend/node";
import * as train from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

const TOLERANCE = 1e-4;
const [IMAGES, WIDTH, HIDDEN, CLASSES, BATCH, EPOCHS] = [38, 6, 8, 3, 8, 4];
const RATE = 0.02;
const { adam, adamW, rmsprop, sgd } = train;

/** Repeatable numbers in [-1, 1). */
const noise = (seed) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (2 * state) / 2 ** 32 - 1;
  };
};
const draw = (next, rows, columns) => Array.from({ length: rows }, () => Array.from({ length: columns }, next));

/** Keras's side of a case, and ours as options of `fit`. */
const optimizers = {
  SGD: [{ kind: "SGD" }, { optimizer: sgd() }],
  "SGD with momentum": [{ kind: "SGD", momentum: 0.9 }, { optimizer: sgd({ momentum: 0.9 }) }],
  "SGD with Nesterov momentum": [
    { kind: "SGD", momentum: 0.9, nesterov: true },
    { optimizer: sgd({ momentum: 0.9, nesterov: true }) },
  ],
  Adam: [{ kind: "Adam" }, { optimizer: adam() }],
  "Adam, other moments": [
    { kind: "Adam", beta_1: 0.8, beta_2: 0.95, epsilon: 1e-4 },
    { optimizer: adam({ beta1: 0.8, beta2: 0.95, epsilon: 1e-4 }) },
  ],
  AdamW: [{ kind: "AdamW", weight_decay: 0.1 }, { optimizer: adamW({ weightDecay: 0.1 }) }],
  RMSprop: [{ kind: "RMSprop" }, { optimizer: rmsprop() }],
  "RMSprop, centered, with momentum": [
    { kind: "RMSprop", rho: 0.8, momentum: 0.5, centered: true },
    { optimizer: rmsprop({ rho: 0.8, momentum: 0.5, centered: true }) },
  ],
  "gradients clipped by value": [
    { kind: "SGD", clipvalue: 0.01 },
    { optimizer: sgd(), clip: { value: 0.01 } },
  ],
  "gradients clipped by norm": [
    { kind: "SGD", clipnorm: 0.05 },
    { optimizer: sgd(), clip: { norm: 0.05 } },
  ],
  "gradients clipped by their norm together": [
    { kind: "SGD", global_clipnorm: 0.05 },
    { optimizer: sgd(), clip: { globalNorm: 0.05 } },
  ],
  "gradients accumulated over 5 steps": [
    { kind: "Adam", gradient_accumulation_steps: 5 },
    { optimizer: adam(), accumulate: 5 },
  ],
  "an average of the weights": [
    { kind: "Adam", use_ema: true, ema_momentum: 0.8 },
    { optimizer: adam(), ema: { decay: 0.8 } },
  ],
};
const losses = {
  "label smoothing": [{ loss: { smoothing: 0.2 } }, train.crossentropy({ labelSmoothing: 0.2 })],
  "class weights": [{ classWeights: [3, 0.5, 1] }, train.crossentropy({ classWeights: [3, 0.5, 1] })],
  "class weights and smoothing": [
    { classWeights: [3, 0.5, 1], loss: { smoothing: 0.1 } },
    train.crossentropy({ classWeights: [3, 0.5, 1], labelSmoothing: 0.1 }),
  ],
  "sample weights": [{ sampleWeights: true }, train.crossentropy()],
  "soft targets": [{ targets: "soft" }, train.crossentropy()],
  "focal loss": [{ loss: { focal: { alpha: 0.25, gamma: 2 } } }, train.focalCrossentropy()],
  "focal loss, smoothed": [
    { loss: { focal: { alpha: 0.5, gamma: 1, label_smoothing: 0.1 } } },
    train.focalCrossentropy({ alpha: 0.5, gamma: 1, labelSmoothing: 0.1 }),
  ],
};
const schedules = {
  "exponential decay": [
    { kind: "exponential", decaySteps: 7, decayRate: 0.6 },
    train.exponentialSchedule(RATE, { decaySteps: 7, decayRate: 0.6 }),
  ],
  "exponential decay in stairs": [
    { kind: "exponential", decaySteps: 7, decayRate: 0.6, staircase: true },
    train.exponentialSchedule(RATE, { decaySteps: 7, decayRate: 0.6, staircase: true }),
  ],
  "polynomial decay": [
    { kind: "polynomial", final: 0.001, power: 2 },
    train.polynomialSchedule(RATE, { final: 0.001, power: 2 }),
  ],
  "cosine decay": [{ kind: "cosine", final: 0.1 }, train.cosineSchedule(RATE, { warmup: 0, final: 0.1 })],
  "cosine decay with a restart": [
    { kind: "restarts", restartFactor: 0.5 },
    train.cosineSchedule(RATE, { warmup: 0, restarts: 1, periodFactor: 2, restartFactor: 0.5 }),
  ],
  "decay in steps": [
    { kind: "step", at: [0.5, 0.75], factor: 0.3 },
    train.stepSchedule(RATE, { at: [0.5, 0.75], factor: 0.3 }),
  ],
};

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async ({ python, work, check }) => {
  await useBackend("wasm");
  const next = noise(5);
  const soft = draw(next, IMAGES, CLASSES).map((row) => {
    const shares = row.map((value) => Math.exp(2 * value));
    const sum = shares.reduce((a, b) => a + b);
    return shares.map((share) => share / sum);
  });
  const task = {
    features: draw(next, IMAGES, WIDTH),
    labels: Array.from({ length: IMAGES }, (_, i) => (i * i + 1) % CLASSES),
    soft,
    sampleWeights: Array.from({ length: IMAGES }, () => 1 + next()),
    batch: BATCH,
    epochs: EPOCHS,
    weights: [
      [draw(next, WIDTH, HIDDEN), draw(next, 1, HIDDEN)[0]],
      [draw(next, HIDDEN, CLASSES), draw(next, 1, CLASSES)[0]],
    ],
  };
  const constant = { kind: "constant", rate: RATE };
  const cases = [
    ...Object.entries(optimizers).map(([name, [keras, options]]) => [
      name,
      { optimizer: keras, schedule: constant },
      options,
    ]),
    ...Object.entries(losses).map(([name, [keras, loss]]) => [
      name,
      { optimizer: { kind: "Adam" }, schedule: constant, ...keras },
      { optimizer: adam(), loss },
    ]),
    ...Object.entries(schedules).map(([name, [keras, schedule]]) => [
      name,
      { optimizer: { kind: "SGD" }, schedule: { ...keras, rate: RATE } },
      { optimizer: sgd(), schedule },
    ]),
  ].map(([name, keras, options]) => ({ name, keras, options }));

  const [asked, answered] = [join(work, "cases.json"), join(work, "steps.json")];
  await writeFile(asked, JSON.stringify({ ...task, cases: cases.map(({ name, keras }) => ({ name, ...keras })) }));
  await python("train/steps.py", [asked, answered]);
  const theirs = JSON.parse(await readFile(answered, "utf8"));

  for (const { name, keras, options } of cases) {
    await check(`${name}: Keras's weights and losses after ${EPOCHS * Math.ceil(IMAGES / BATCH)} steps`, async () => {
      const own = await steps(task, keras, options);
      const [weights, loss] = [
        difference(own.weights, theirs[name].weights),
        difference(own.losses, theirs[name].losses),
      ];
      if (!(weights <= TOLERANCE && loss <= TOLERANCE))
        throw new Error(`weights differ by ${weights}, losses by ${loss}`);
      console.log(`    weights ${weights.toExponential(1)}, losses ${loss.toExponential(1)}`);
    });
  }
  await check("the oracle notices a planted error in optimizer, loss and schedule", async () => {
    const planted = [
      ["Adam", { optimizer: adam({ beta2: 0.998 }) }],
      ["SGD with Nesterov momentum", { optimizer: sgd({ momentum: 0.9 }) }],
      ["class weights", { optimizer: adam(), loss: train.crossentropy({ classWeights: [3, 0.5, 1.01] }) }],
      ["cosine decay", { optimizer: sgd(), schedule: train.cosineSchedule(RATE, { warmup: 0, final: 0.11 }) }],
      ["an average of the weights", { optimizer: adam(), ema: { decay: 0.81 } }],
    ];
    for (const [name, options] of planted) {
      const { keras } = cases.find((one) => one.name === name);
      const { weights } = await steps(task, keras, options);
      if (difference(weights, theirs[name].weights) < 2 * TOLERANCE) throw new Error(`not in ${name}`);
    }
  });
};

/** Our steps: a classifier of two dense layers in the hands of `fit`. */
async function steps(task, keras, options) {
  const weights = ["hidden", "logits"].flatMap((layer, i) =>
    ["kernel", "bias"].map((role, j) => ({
      name: `${layer}/${role}`,
      trainable: true,
      variable: tf.tidy(() => tf.variable(tf.tensor(task.weights[i][j]))),
    })),
  );
  const [w1, b1, w2, b2] = weights.map(({ variable }) => variable);
  const classes = Array.from({ length: CLASSES }, (_, index) => ({ index, name: `${index}` }));
  const model = {
    classes,
    weights,
    frozen: { id: "none" },
    logits: (x) => x.matMul(w1).add(b1).relu().matMul(w2).add(b2),
  };
  const rows = (from, values) => values.slice(from, from + BATCH);
  const source = {
    classes,
    size: IMAGES,
    batchSize: BATCH,
    async *batches() {
      for (let from = 0; from < IMAGES; from += BATCH) {
        const features = rows(from, task.features);
        const targets =
          keras.targets === "soft"
            ? { targets: Float32Array.from(rows(from, task.soft).flat()) }
            : { labels: Int32Array.from(rows(from, task.labels)) };
        const sample = keras.sampleWeights ? { weights: Float32Array.from(rows(from, task.sampleWeights)) } : {};
        const ids = features.map((_, i) => `${from + i}`);
        yield { ids, features: Float32Array.from(features.flat()), shape: [WIDTH], ...targets, ...sample };
      }
    },
  };
  const found = [];
  const callbacks = [{ onBatchEnd: ({ loss }) => void found.push(loss) }];
  const schedule = options.schedule ?? train.constantSchedule(RATE);
  await train.fit(model, { train: source, epochs: EPOCHS, callbacks, ...options, schedule }).result;
  const flat = (await Promise.all(weights.map(({ variable }) => variable.data()))).flatMap((values) => [...values]);
  for (const { variable } of weights) variable.dispose();
  return { weights: flat, losses: found };
}

/** Largest difference as a share of the largest value. */
function difference(found, wanted) {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(...wanted.map(Math.abs));
  return Math.max(...found.map((value, i) => Math.abs(value - wanted[i]))) / largest;
}
