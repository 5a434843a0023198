// A frozen part of @cassava/models as a worker of the bench: node features-worker.mjs ENGINE NAME FILE.h5 PIXELS, where ENGINE is onnx,
// wasm or tensorflow. Answers lines of JSON {"images"}, how many of PIXELS [n, 224, 224, 3] to take, or says once why it cannot.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { onnxEngine, useBackend } from "@cassava/backend/node";
import { createClassifier, denseHead } from "@cassava/models";
import { loadBackbone } from "@cassava/models/node";
import * as tf from "@tensorflow/tfjs";

const SIZE = 224;
const [engine = "", name = "", file = "", pixelFile = ""] = process.argv.slice(2);
const answer = (/** @type {unknown} */ value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const start = async () => {
  tf.env().set("PROD", true);
  // The head, which nothing here runs, needs an engine for its variables.
  await useBackend(engine === "onnx" ? "wasm" : /** @type {"wasm" | "tensorflow"} */ (engine));
  const frozenEngine = engine === "onnx" ? await onnxEngine() : undefined;
  const backbone = await loadBackbone(name, { weights: file, inputSize: SIZE });
  const classes = [0, 1].map((index) => ({ index, name: `${index}` }));
  const model = await createClassifier({ backbone, head: denseHead({ units: [] }), classes, frozenEngine });
  return model;
};

const model = await start().catch((/** @type {unknown} */ error) => String(error));
if (typeof model === "string") {
  answer({ missing: model });
  process.exit();
}
const pixels = new Uint8Array(await readFile(pixelFile));
const stride = SIZE * SIZE * 3;
for await (const line of createInterface({ input: process.stdin })) {
  const { images: n } = JSON.parse(line);
  const ids = Array.from({ length: n }, (_, i) => `${i}`);
  const images = pixels.subarray(0, n * stride);
  const shape = /** @type {const} */ ([n, SIZE, SIZE, 3]);
  const [from, cpuFrom] = [performance.now(), process.cpuUsage()];
  const features = await model.frozen.run({ ids, images, shape, views: new Int32Array(n), hashes: ids });
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(cpuFrom);
  const first = [...features.subarray(0, features.length / n)];
  answer({ seconds, cpu: (user + system) / 1e6, first });
}
