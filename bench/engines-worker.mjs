// An engine as a worker of `bench engines`: node engines-worker.mjs ENGINE ALPHA SIZE FILE.h5 PIXELS BATCH. Answers lines of JSON {"task",
// "images"}: task is forward or step, images how many of PIXELS [n, SIZE, SIZE, 3] to take; or says once why it cannot. ResNet50 with batch
// normalization in inference mode; each step starts from the same weights.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { onnxEngine, useBackend } from "@cassava/backend/node";
import { createClassifier, denseHead, stagesOf } from "@cassava/models";
import { loadBackbone } from "@cassava/models/node";
import { adam, fit } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

const [CLASSES, RATE] = [5, 1e-5];
const [engine = "", alpha = "", pixelSize = "", file = "", pixelFile = "", batch = ""] = process.argv.slice(2);
const [size, batchSize] = [Number(pixelSize), Number(batch)];
const answer = (/** @type {unknown} */ value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const classes = Array.from({ length: CLASSES }, (_, index) => ({ index, name: `${index}` }));

const start = async () => {
  tf.env().set("PROD", true);
  const { device } = await useBackend(engine === "onnx" ? "wasm" : /** @type {"tensorflow"} */ (engine));
  const frozenEngine = engine === "onnx" ? await onnxEngine() : undefined;
  const backbone = await loadBackbone("resnet50", { weights: file, inputSize: size, alpha: Number(alpha) });
  const common = { backbone, head: denseHead({ units: [] }), classes };
  return {
    device: engine === "onnx" ? "CPU, ONNX Runtime" : device,
    forward: await createClassifier({ ...common, frozenEngine }),
    // ONNX Runtime does not train.
    step:
      engine === "onnx" ? undefined : await createClassifier({ ...common, unfreezeFrom: stagesOf(backbone.graph)[0] }),
  };
};

const models = await start().catch((/** @type {unknown} */ error) => String(error));
if (typeof models === "string") {
  answer({ missing: models });
  process.exit();
}
const first = new Map();
for (const { name, variable } of models.step?.weights ?? []) {
  // As in Keras's worker the head starts at zero.
  first.set(name, name.startsWith("head_") ? new Float32Array(variable.size) : await variable.data());
}
const pixels = new Uint8Array(await readFile(pixelFile));
const stride = size * size * 3;

/** @param {number} at @param {number} n */
const batchAt = (at, n) => {
  const ids = Array.from({ length: n }, (_, i) => `${at + i}`);
  const images = pixels.subarray(at * stride, (at + n) * stride);
  return { ids, images, shape: /** @type {const} */ ([n, size, size, 3]), views: new Int32Array(n), hashes: ids };
};

const forward = async (/** @type {number} */ images) => {
  const began = performance.now();
  const features = await models.forward.frozen.run(batchAt(0, images));
  const seconds = (performance.now() - began) / 1000;
  return { seconds, values: [...features.subarray(0, features.length / images)] };
};

const step = async (/** @type {number} */ images) => {
  const model = models.step;
  if (model === undefined) return { seconds: Number.NaN, values: [] };
  for (const { name, variable } of model.weights) {
    tf.tidy(() => variable.assign(tf.tensor(first.get(name), variable.shape)));
  }
  const source = {
    classes,
    size: images,
    batchSize,
    async *batches() {
      for (let at = 0; at < images; at += batchSize) {
        const some = batchAt(at, Math.min(batchSize, images - at));
        const labels = Int32Array.from(some.ids, (id) => Number(id) % CLASSES);
        yield { ids: some.ids, features: await model.frozen.run(some), shape: model.frozen.outputShape, labels };
      }
    },
  };
  const began = performance.now();
  const run = fit(model, { train: source, epochs: 1, optimizer: adam({ learningRate: RATE }) });
  const values = [];
  for await (const event of run) if (event.type === "batch") values.push(event.loss);
  await run.result;
  return { seconds: (performance.now() - began) / 1000, values };
};

for await (const line of createInterface({ input: process.stdin })) {
  const { task, images } = JSON.parse(line);
  answer({ device: models.device, ...(task === "forward" ? await forward(images) : await step(images)) });
}
process.exit();
