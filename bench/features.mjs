// Features of images of 224 pixels, from uint8 pixels with preprocessing, beside Keras in graph mode in one run: all cores for
// everyone but WebAssembly, which has one thread in Node. Each contender is a process of its own that lives through all rounds. All run
// the weights that Keras wrote, and must give Keras's features.
import { randomFillSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { linkedTensorflow } from "../scripts/lib/linked-tensorflow.mjs";
import { median, sideBySide } from "./side-by-side.mjs";
import { startWorker } from "./tfrecord-workers.mjs";

const SIZE = 224;
/** Images in one round. WebAssembly takes ten times as long for each: it gets fewer, and its time is scaled up. */
const IMAGES = 32;
const FEW = 4;
/** Largest difference from Keras's features, as a share of the largest of them. */
const TOLERANCE = 1e-3;

const KERAS = "keras";
const ENGINES = ["onnx", "tensorflow", "wasm"];
/** What the project has set itself: images per second over Keras's. */
const TARGETS = [
  { name: "resnet50", engine: "onnx", atLeast: 1.1 },
  { name: "densenet169", engine: "onnx", atLeast: 1.1 },
  { name: "vgg16", engine: "onnx", atLeast: 0.95 },
  { name: "resnet50", engine: "tensorflow", atLeast: 0.9 },
];
const NAMES = [...new Set(TARGETS.map(({ name }) => name))];

/**
 * `first` are the features of the first image; `cpu` is seconds of all threads. A contender that cannot run says why.
 * @typedef {{ images: number }} Question
 * @typedef {{ seconds: number, cpu: number, first: readonly number[], batch?: number, missing?: string }} Answer
 * @typedef {import("./tfrecord-workers.mjs").Worker<Question, Answer>} Peer
 */

/** Who can be had here, by name; says loudly who cannot. */
const startPeers = async (
  /** @type {{ interpreter: string, name: string, file: string, pixels: string }} */ {
    interpreter,
    name,
    file,
    pixels,
  },
) => {
  const quiet = { CUDA_VISIBLE_DEVICES: "-1", KERAS_BACKEND: "tensorflow", PYTHONDONTWRITEBYTECODE: "1" };
  /** @type {Peer} */
  const python = startWorker(interpreter, ["features.py", "serve", name, file, pixels], {
    ...quiet,
    TF_CPP_MIN_LOG_LEVEL: "2",
  });
  const peers = new Map([[KERAS, python]]);
  for (const engine of ENGINES) {
    /** @type {Peer} */
    const worker = startWorker(process.execPath, ["features-worker.mjs", engine, name, file, pixels]);
    const { missing } = await worker.ask({ images: 1 });
    if (missing === undefined) peers.set(engine, worker);
    else console.error(`↓ SKIPPED ${name} on ${engine}: ${missing.slice(0, 300)}`);
  }
  return peers;
};

const difference = (/** @type {readonly number[]} */ found, /** @type {readonly number[]} */ wanted) => {
  const largest = Math.max(...wanted.map(Math.abs));
  return Math.max(...wanted.map((value, i) => Math.abs(value - (found[i] ?? Number.POSITIVE_INFINITY)))) / largest;
};

/**
 * All contenders in turns with one architecture.
 * @param {{ interpreter: string, name: string, file: string, pixels: string, rounds: number }} options
 */
const compare = async ({ rounds, ...options }) => {
  const { name } = options;
  const peers = await startPeers(options);
  // Keras runs first of all, and says what the others must find; it tries its batch sizes by the way.
  const { first: wanted, batch } = await /** @type {Peer} */ (peers.get(KERAS)).ask({ images: IMAGES });
  console.error(`${name}: Keras with batches of ${batch}`);
  /** @type {Map<string, number[]>} */
  const cores = new Map([...peers.keys()].map((peer) => [peer, []]));
  const contenders = [...peers].map(([peer, worker]) => {
    const images = peer === "wasm" ? FEW : IMAGES;
    const run = async () => {
      const { seconds, cpu, first } = await worker.ask({ images });
      const apart = difference(first, wanted);
      if (!(apart <= TOLERANCE)) throw new Error(`${name} on ${peer}: features differ from Keras's by ${apart}`);
      cores.get(peer)?.push(cpu / seconds);
      return seconds / images;
    };
    return /** @type {const} */ ([peer, run]);
  });
  try {
    const found = await sideBySide({ rounds, contenders: Object.fromEntries(contenders) });
    return found.map(({ contender, median: seconds, min, max, spread, ratio }) => ({
      architecture: name,
      contender: contender === KERAS ? "Keras, tf.function" : `@cassava/models, ${contender}`,
      engine: contender,
      "images/s": 1 / seconds,
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
  // The link is found by the workers through the environment; without a C++ compiler they say what is missing.
  await linkedTensorflow().catch((error) => console.error(`↓ SKIPPED the link to TensorFlow: ${error.message}`));
  const interpreter = (await python("features.py", ["where"])).trim();
  const pixels = join(work, "pixels.raw");
  await writeFile(pixels, randomFillSync(new Uint8Array(IMAGES * SIZE * SIZE * 3)));
  /** @type {Awaited<ReturnType<typeof compare>>} */
  const all = [];
  for (const name of NAMES) {
    const file = join(work, `${name}.h5`);
    await python("features.py", ["weights", name, file]);
    all.push(...(await compare({ interpreter, name, file, pixels, rounds })));
  }
  const targets = TARGETS.flatMap(({ name, engine, atLeast }) => {
    const row = all.find((one) => one.architecture === name && one.engine === engine);
    return row === undefined ? [] : [{ id: `${name}.${engine}.vs-keras`, value: row["vs Keras"], atLeast }];
  });
  return { rows: all.map(({ engine: _, ...row }) => row), targets };
};
