// Steps of fine-tuning a ResNet50 at 224 pixels, from uint8 pixels to updated weights (Adam, batch normalization in inference mode),
// beside Keras's compiled training step in one run. Each contender is a process of its own that lives through all rounds; all start
// from the weights that Keras wrote, and must give Keras's losses. What lies below the cut runs once per image and step, as it does
// where every view of an image is new; with cached features it would not run at all.
import { randomFillSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { linkedTensorflow } from "../scripts/lib/linked-tensorflow.mjs";
import { median, sideBySide } from "./side-by-side.mjs";
import { startWorker } from "./tfrecord-workers.mjs";

const SIZE = 224;
const BATCH = 16;
/** Images in one round: three steps. WebAssembly gets one step. */
const IMAGES = 3 * BATCH;
/** Largest relative difference of the loss of any step from Keras's: at the third, two updates lie between. */
const TOLERANCE = 1e-2;
const KERAS = "Keras, compiled step";
/** Parts of the network that are trained, what Keras calls them, and what the project has set itself. */
const PARTS = [
  // What is frozen runs where `cassava train` runs it by default.
  { part: "last-stage", stage: "conv5", prefix: "conv5_", judged: "tensorflow, frozen part on onnx", atLeast: 0.9 },
  { part: "all", stage: "all", prefix: "all", judged: "tensorflow", atLeast: 0.75 },
];

/**
 * `cpu` is seconds of all threads, `losses` those of the steps.
 * @typedef {{ images: number }} Question
 * @typedef {{ seconds: number, cpu: number, losses: readonly number[], missing?: string }} Answer
 * @typedef {import("./tfrecord-workers.mjs").Worker<Question, Answer>} Peer
 */

/** @param {{ interpreter: string, file: string, pixels: string, rounds: number, stage: string, prefix: string, part: string }} options */
const compare = async ({ interpreter, file, pixels, rounds, stage, prefix, part }) => {
  const quiet = { CUDA_VISIBLE_DEVICES: "-1", KERAS_BACKEND: "tensorflow", PYTHONDONTWRITEBYTECODE: "1" };
  const environment = { ...quiet, TF_CPP_MIN_LOG_LEVEL: "2" };
  /** @type {Peer} */
  const keras = startWorker(interpreter, ["finetune.py", "serve", file, pixels, prefix, String(BATCH)], environment);
  const peers = new Map([[KERAS, keras]]);
  const ours = [
    { engine: "tensorflow", frozen: "own" },
    // Where nothing is frozen there is nothing for another engine to run.
    ...(stage === "all" ? [] : [{ engine: "tensorflow", frozen: "onnx" }]),
    // The activations of 16 images through all of it do not fit into WebAssembly's memory.
    ...(stage === "all" ? [] : [{ engine: "wasm", frozen: "own" }]),
  ];
  for (const { engine, frozen } of ours) {
    const name = frozen === "own" ? engine : `${engine}, frozen part on ${frozen}`;
    const started = [engine, frozen, file, pixels, stage, String(BATCH)];
    /** @type {Peer} */
    const worker = startWorker(process.execPath, ["finetune-worker.mjs", ...started]);
    const { missing } = await worker.ask({ images: 1 });
    if (missing === undefined) peers.set(name, worker);
    else console.error(`↓ SKIPPED ${part} on ${name}: ${missing.slice(0, 300)}`);
  }
  const { losses: wanted } = await keras.ask({ images: IMAGES });
  /** @type {Map<string, number[]>} */
  const cores = new Map([...peers.keys()].map((peer) => [peer, []]));
  const contenders = [...peers].map(([peer, worker]) => {
    const images = peer === "wasm" ? BATCH : IMAGES;
    const run = async () => {
      const { seconds, cpu, losses } = await worker.ask({ images });
      const apart = Math.max(...losses.map((loss, i) => Math.abs(loss / (wanted[i] ?? Number.NaN) - 1)));
      if (!(apart <= TOLERANCE)) throw new Error(`${part} on ${peer}: losses ${losses}, Keras has ${wanted}`);
      cores.get(peer)?.push(cpu / seconds);
      return seconds / images;
    };
    return /** @type {const} */ ([peer, run]);
  });
  try {
    const found = await sideBySide({ rounds, contenders: Object.fromEntries(contenders) });
    return found.map(({ contender, median: seconds, min, max, spread, ratio }) => ({
      trained: part,
      contender,
      "ms/image": 1000 * seconds,
      min: 1000 * min,
      max: 1000 * max,
      rounds,
      spread,
      cores: median(cores.get(contender) ?? []),
      "vs Keras": 1 / ratio,
    }));
  } finally {
    for (const worker of peers.values()) worker.stop();
  }
};

/** @type {import("../scripts/bench.mjs").Bench} */
export default async ({ python, work, rounds }) => {
  await linkedTensorflow().catch((error) => console.error(`↓ SKIPPED the link to TensorFlow: ${error.message}`));
  const interpreter = (await python("finetune.py", ["where"])).trim();
  const [pixels, file] = [join(work, "pixels.raw"), join(work, "resnet50.h5")];
  await writeFile(pixels, randomFillSync(new Uint8Array(IMAGES * SIZE * SIZE * 3)));
  await python("finetune.py", ["weights", file]);
  /** @type {Awaited<ReturnType<typeof compare>>} */
  const rows = [];
  for (const part of PARTS) rows.push(...(await compare({ interpreter, file, pixels, rounds, ...part })));
  const targets = PARTS.flatMap(({ part, judged, atLeast }) => {
    const row = rows.find((one) => one.trained === part && one.contender === judged);
    return row === undefined ? [] : [{ id: `resnet50.${part}.vs-keras`, value: row["vs Keras"], atLeast }];
  });
  return { rows, targets };
};
