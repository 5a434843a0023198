// `node --expose-gc soak/run.mjs KIND EPOCHS LEAK`: a long training in a process of its own. KIND is head or fine-tune; LEAK is none, tensor
// (one small tensor an epoch stays behind) or bytes (2 MiB an epoch do). Prints, for every epoch of the last stage, the tensors of the
// engine, and the resident set after garbage collection in MiB, as lines of JSON.
import { useBackend } from "@cassava/backend/node";
import { createClassifier, denseHead, loadBackbone, stagesOf } from "@cassava/models";
import * as train from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

const [kind = "", length = "", leak = "none"] = process.argv.slice(2);
const EPOCHS = Number(length);
const [IMAGES, HELD, BATCH, CLASSES] = [512, 128, 16, 5];
const LEAKED_BYTES = 2 ** 21;

tf.env().set("PROD", true);
await useBackend("wasm");
const classes = Array.from({ length: CLASSES }, (_, index) => ({ index, name: `${index}` }));

/** Features that say something of their class. */
const featureSet = (count, shape, seed) => {
  const width = shape.reduce((product, n) => product * n, 1);
  const labels = Int32Array.from({ length: count }, (_, i) => (i * 7 + seed) % CLASSES);
  const features = Float32Array.from({ length: count * width }, (_, k) => {
    const [i, j] = [Math.floor(k / width), k % width];
    return Math.sin((k + seed) * 12.9898) * 0.5 + (j % CLASSES === labels[i] ? 0.5 : 0);
  });
  return { classes, ids: Array.from(labels, (_, i) => `${seed}-${i}`), features, shape, width, labels, cached: 0 };
};
const sourcesOf = (shape) => ({
  train: train.featureBatches(featureSet(IMAGES, shape, 1), { batchSize: BATCH, shuffle: { seed: 1 } }),
  validation: train.featureBatches(featureSet(HELD, shape, 2), { batchSize: BATCH }),
});

const kept = [];
/** Looks at the memory after every epoch, and plants what it is asked to. */
const watch = {
  onEpochEnd({ epoch }) {
    if (leak === "tensor") kept.push(tf.scalar(epoch));
    if (leak === "bytes") kept.push(new Uint8Array(LEAKED_BYTES).fill(epoch));
    globalThis.gc();
    const rss = process.memoryUsage.rss() / 2 ** 20;
    process.stdout.write(`${JSON.stringify({ epoch, tensors: tf.memory().numTensors, rss })}\n`);
  },
};
const values = new Map();
/** One key, replaced at every checkpoint. */
const store = {
  get: async (key) => values.get(key),
  put: async (key, bytes) => void values.set(key, bytes.slice()),
  delete: async (key) => void values.delete(key),
  async *keys() {
    yield* values.keys();
  },
};
/** All that a run may have with it. */
const settings = {
  optimizer: train.adamW({ learningRate: 1e-3 }),
  ema: { decay: 0.99 },
  clip: { globalNorm: 1 },
  evaluateTrain: true,
};

const trainHead = async () => {
  const backbone = await loadBackbone("resnet14", { weights: "none", inputSize: 32 });
  const frozenEngine = {
    name: "none",
    load: async (_, spec) => ({ ...spec, run: () => Promise.reject(), dispose() {} }),
  };
  const head = denseHead({ units: [256, 128, 64], dropout: 0.3 });
  const model = await createClassifier({ backbone, head, classes, frozenEngine });
  const [width] = model.frozen.outputShape;
  const sources = sourcesOf([width]);
  const stopping = train.earlyStopping({ monitor: "val_loss", mode: "min", patience: EPOCHS });
  const plateau = train.reduceLROnPlateau({ monitor: "val_loss", mode: "min", patience: 20 });
  const callbacks = [stopping, plateau, watch];
  await train.fit(model, { ...sources, ...settings, epochs: EPOCHS, callbacks, checkpoints: { store } }).result;
};

const fineTune = async () => {
  const backbone = await loadBackbone("resnet14", { weights: "none", inputSize: 32 });
  const model = await createClassifier({ backbone, head: denseHead({ units: [32] }), classes, batchNorm: "frozen" });
  const stages = [
    { unfreeze: null, epochs: 2, learningRate: 1e-3 },
    { unfreeze: stagesOf(model.backbone.graph).at(-1), epochs: EPOCHS, learningRate: 1e-4, patience: EPOCHS },
  ];
  await train.fineTune(model, {
    stages,
    sources: async ({ frozen }) => sourcesOf(frozen.outputShape),
    evaluateTrain: true,
    callbacks: ({ unfreeze }) => (unfreeze === null ? [] : [watch]),
    checkpoints: { store },
  }).result;
};

if (kind === "head") await trainHead();
else await fineTune();
