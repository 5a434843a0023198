// Steps of fine-tuning a ResNet50 as a worker of the bench: node finetune-worker.mjs ENGINE FROZEN FILE.h5 PIXELS STAGE BATCH, where ENGINE is
// tensorflow or wasm, FROZEN is onnx or own (what runs below the cut), STAGE is the first that is trained. Answers lines of JSON
// {"images"}, how many of PIXELS [n, 224, 224, 3] to take, or says once why it cannot. Each answer starts from the same weights.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { onnxEngine, useBackend } from "@cassava/backend/node";
import { createClassifier, denseHead, stagesOf } from "@cassava/models";
import { loadBackbone } from "@cassava/models/node";
import { adam, fit } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

const [SIZE, CLASSES, RATE] = [224, 5, 1e-5];
const [engine = "", frozen = "", file = "", pixelFile = "", stage = "", batch = ""] = process.argv.slice(2);
const batchSize = Number(batch);
const answer = (/** @type {unknown} */ value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const classes = Array.from({ length: CLASSES }, (_, index) => ({ index, name: `${index}` }));

const start = async () => {
  tf.env().set("PROD", true);
  await useBackend(/** @type {"wasm" | "tensorflow"} */ (engine));
  const frozenEngine = frozen === "onnx" ? await onnxEngine() : undefined;
  const backbone = await loadBackbone("resnet50", { weights: file, inputSize: SIZE });
  const unfreezeFrom = stage === "all" ? stagesOf(backbone.graph)[0] : stage;
  return createClassifier({ backbone, head: denseHead({ units: [] }), classes, unfreezeFrom, frozenEngine });
};

const model = await start().catch((/** @type {unknown} */ error) => String(error));
if (typeof model === "string") {
  answer({ missing: model });
  process.exit();
}
const first = new Map();
for (const { name, variable } of model.weights) {
  // As in Keras's worker the head starts at zero: random numbers of two libraries are not the same.
  first.set(name, name.startsWith("head_") ? new Float32Array(variable.size) : await variable.data());
}
const pixels = new Uint8Array(await readFile(pixelFile));
const stride = SIZE * SIZE * 3;

/** From pixels to what the trained part takes, in order. */
const source = (/** @type {number} */ size) => ({
  classes,
  size,
  batchSize,
  async *batches() {
    for (let at = 0; at < size; at += batchSize) {
      const n = Math.min(batchSize, size - at);
      const ids = Array.from({ length: n }, (_, i) => `${at + i}`);
      const images = pixels.subarray(at * stride, (at + n) * stride);
      const shape = /** @type {const} */ ([n, SIZE, SIZE, 3]);
      const features = await model.frozen.run({ ids, images, shape, views: new Int32Array(n), hashes: ids });
      const labels = Int32Array.from(ids, (id) => Number(id) % CLASSES);
      yield { ids, features, shape: model.frozen.outputShape, labels };
    }
  },
});

for await (const line of createInterface({ input: process.stdin })) {
  const { images } = JSON.parse(line);
  for (const { name, variable } of model.weights) {
    tf.tidy(() => variable.assign(tf.tensor(first.get(name), variable.shape)));
  }
  const [from, cpuFrom] = [performance.now(), process.cpuUsage()];
  const run = fit(model, { train: source(images), epochs: 1, optimizer: adam({ learningRate: RATE }) });
  const losses = [];
  for await (const event of run) if (event.type === "batch") losses.push(event.loss);
  await run.result;
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(cpuFrom);
  answer({ seconds, cpu: (user + system) / 1e6, losses });
}
