// Every engine that this machine has, beside Keras in graph mode in one run: a ResNet50 at 224 pixels on the fast ones, one of a quarter of the
// width at 64 pixels on all; the features of images, and a step of Adam on all weights (batch normalization in inference mode). Each
// contender is a process of its own that lives through all rounds, runs the weights that Keras wrote and must give Keras's features and losses. Without a
// GPU WebGPU computes in software (SwiftShader): its row says so, and measures nothing but that it works.
import { randomFillSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { useSwiftShader } from "../scripts/lib/chromium.mjs";
import { linkedTensorflow } from "../scripts/lib/linked-tensorflow.mjs";
import { sideBySide } from "./side-by-side.mjs";
import { startWorker } from "./tfrecord-workers.mjs";

const BATCH = 8;
const KERAS = "Keras, graph mode";
/** Engines, and how many images each gets in a round: the slow ones fewer, their time is per image. */
const NETWORKS = [
  { network: "ResNet50, 224 px", alpha: 1, size: 224, engines: { onnx: 16, tensorflow: 16, wasm: 8 }, keras: 16 },
  {
    network: "ResNet50 x .25, 64 px",
    alpha: 0.25,
    size: 64,
    engines: { onnx: 64, tensorflow: 64, wasm: 64, webgpu: 8, cpu: 8 },
    keras: 64,
  },
];
const TASKS = /** @type {const} */ (["forward", "step"]);
/** Largest relative difference from Keras: of a feature, as a share of the largest, and of a loss. */
const TOLERANCES = { forward: 1e-3, step: 1e-2 };

/**
 * @typedef {{ task: "forward" | "step", images: number }} Question
 * @typedef {{ seconds: number, values: readonly number[], device?: string, missing?: string }} Answer
 * @typedef {import("./tfrecord-workers.mjs").Worker<Question, Answer>} Peer
 */

/** @type {import("../scripts/bench.mjs").Bench} */
export default async ({ python, work, rounds }) => {
  await linkedTensorflow().catch((error) => console.error(`↓ SKIPPED the link to TensorFlow: ${error.message}`));
  await useSwiftShader().catch((error) => console.error(`↓ SKIPPED WebGPU in software: ${error.message}`));
  const interpreter = (await python("engines.py", ["where"])).trim();
  const quiet = { CUDA_VISIBLE_DEVICES: "-1", KERAS_BACKEND: "tensorflow", PYTHONDONTWRITEBYTECODE: "1" };
  const rows = [];
  for (const { network, alpha, size, engines, keras: count } of NETWORKS) {
    const [pixels, file] = [join(work, `${size}.raw`), join(work, `resnet50-${alpha}.h5`)];
    await writeFile(pixels, randomFillSync(new Uint8Array(count * size * size * 3)));
    await python("engines.py", ["weights", alpha, size, file]);
    const shared = [String(alpha), String(size), file, pixels, String(BATCH)];
    /** @type {Peer} */
    const keras = startWorker(interpreter, ["engines.py", "serve", ...shared], { ...quiet, TF_CPP_MIN_LOG_LEVEL: "2" });
    const peers = [{ name: KERAS, images: count, worker: keras, device: "CPU" }];
    for (const [engine, images] of Object.entries(engines)) {
      /** @type {Peer} */
      const worker = startWorker(process.execPath, ["engines-worker.mjs", engine, ...shared]);
      const { missing, device = "" } = await worker.ask({ task: "forward", images: 1 });
      if (missing === undefined) peers.push({ name: engine, images, worker, device });
      else console.error(`↓ SKIPPED ${network} on ${engine}: ${missing.slice(0, 300)}`);
    }
    for (const task of TASKS) {
      const { values: wanted } = await keras.ask({ task, images: count });
      const largest = Math.max(...wanted.map(Math.abs));
      const apart = (/** @type {readonly number[]} */ values) =>
        Math.max(...values.map((value, i) => Math.abs(value - (wanted[i] ?? Number.NaN)))) / largest;
      // Activations of a whole ResNet50 for the backward pass do not fit into WebAssembly's memory; ONNX Runtime does not train.
      const able = peers.filter(
        ({ name }) => task === "forward" || (name !== "onnx" && !(name === "wasm" && alpha === 1)),
      );
      const contenders = able.map(({ name, images, worker }) => {
        const run = async () => {
          const { seconds, values } = await worker.ask({ task, images });
          if (!(apart(values) <= TOLERANCES[task]))
            throw new Error(`${task} of ${network} on ${name}: ${apart(values)} from Keras`);
          return seconds / images;
        };
        return /** @type {const} */ ([name, run]);
      });
      const found = await sideBySide({ rounds, contenders: Object.fromEntries(contenders) });
      for (const { contender, median: seconds, min, max, spread, ratio } of found) {
        const device = able.find(({ name }) => name === contender)?.device ?? "";
        rows.push({
          network,
          task,
          contender,
          device,
          "ms/image": 1000 * seconds,
          min: 1000 * min,
          max: 1000 * max,
          rounds,
          spread,
          "times Keras": 1 / ratio,
        });
      }
    }
    for (const { worker } of peers) worker.stop();
  }
  return { rows, targets: [] };
};
