// From TFRecord files to batches of pixels, beside tf.data with AUTOTUNE in one run, all cores for both: read, verify,
// parse, decode at full size, resize to 224 x 224, batches of 16. Then the same from the cache of decoded pixels, and flip,
// rotation, zoom and shift beside Keras's layers. Each contender is a process of its own that lives through all rounds.
//
// `decode.vs-tfdata` compares with the row that computes the same: antialias=True. TensorFlow's default resize leaves most
// pixels of a photograph out, and is in the table too; its default DCT is the fast, inexact one.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { convertToShards, csvDataset, tfrecordDataset, writeSyntheticShards } from "@cassava/data/node";
import { median, sideBySide } from "./side-by-side.mjs";
import { startWorker } from "./tfrecord-workers.mjs";

/** Images that a contender loads in one round, about; shorter rounds measure the clock. */
const IMAGES = 1500;
/** Batches of 16 that are augmented in one round. */
const AUGMENT_BATCHES = 40;

const OURS = "@cassava/data, worker threads";
/** libjpeg-turbo, then sharp, in libuv's pool; the resize on the main thread. */
const IN_PROCESS = "@cassava/data, in process";
const SHARP = "@cassava/data, in process, sharp";
const TENSORFLOW = "tf.data, AUTOTUNE, antialias=True";
const CACHED = "@cassava/data, epoch from the pixel cache";
const FIRST = "@cassava/data, epoch that fills the pixel cache";
const AUGMENT = "@cassava/data, one thread: augment";
const KERAS = "Keras layers in a tf.function: augment";

/**
 * Shards of the real photographs, their bytes as they are (800 x 600, some 120 kB each); where those are not, synthetic
 * leaves of nearly that size.
 * @param {string | undefined} shared
 * @param {string} work
 */
const writeShards = async (shared, work) => {
  const out = join(work, "shards");
  if (shared === undefined) {
    console.error("↓ no real photographs: synthetic leaves in their place");
    await writeSyntheticShards(out, { count: 500, size: 700, seed: 1 }, { shards: 4 });
  } else {
    const photographs = await csvDataset(join(shared, "data/cassava"));
    await convertToShards(photographs, { out, shards: 4 });
    await photographs.close();
  }
  return (await readdir(out))
    .sort()
    .filter((name) => name.endsWith(".tfrec"))
    .map((name) => join(out, name));
};

/** @type {import("../scripts/bench.mjs").Bench} */
export default async ({ python, shared, work, rounds }) => {
  const files = await writeShards(shared, work);
  const ours = startWorker(process.execPath, ["data-reader.mjs"]);
  const interpreter = (await python("data.py", ["where"])).trim();
  const quiet = { CUDA_VISIBLE_DEVICES: "-1", TF_CPP_MIN_LOG_LEVEL: "2", PYTHONDONTWRITEBYTECODE: "1" };
  const tensorflow = startWorker(interpreter, ["data.py", "serve"], { ...quiet, KERAS_BACKEND: "tensorflow" });
  /** @typedef {{ seconds: number, cpu: number, total: number }} Reply */
  const ask = (/** @type {typeof ours} */ worker, /** @type {object} */ job) =>
    /** @type {Promise<Reply>} */ (worker.ask(/** @type {never} */ (job)));
  /** @type {Map<string, number[]>} */
  const cores = new Map();
  /** @type {Map<string, number>} */
  const images = new Map();
  try {
    const { total } = await ask(tensorflow, { job: "epoch", mode: "antialias", files, passes: 1 });
    const dataset = await tfrecordDataset(files);
    const count = dataset.entries.length;
    await dataset.close();
    const passes = Math.max(1, Math.round(IMAGES / count));
    /**
     * @param {string} name
     * @param {typeof ours} worker
     * @param {object} job
     * @param {number} [times]
     */
    const contender =
      (name, worker, job, times = passes) =>
      async () => {
        const epoch = "mode" in job;
        const reply = await ask(worker, { ...job, files, passes: times });
        if (epoch && reply.total !== total) throw new Error(`${name} has labels of sum ${reply.total}, not ${total}`);
        images.set(name, epoch ? count * times : reply.total);
        cores.set(name, [...(cores.get(name) ?? []), reply.cpu / reply.seconds]);
        return reply.seconds;
      };
    const epoch = (/** @type {string} */ mode) => ({ job: "epoch", mode });
    const cache = join(work, "pixels");
    const fresh = async () => {
      const folder = await mkdtemp(join(work, "fresh-"));
      const run = contender(FIRST, ours, { ...epoch("cache"), cache: folder }, 1);
      const seconds = await run();
      await rm(folder, { recursive: true });
      return seconds;
    };
    const contenders = {
      [OURS]: contender(OURS, ours, epoch("workers")),
      [IN_PROCESS]: contender(IN_PROCESS, ours, epoch("default")),
      [SHARP]: contender(SHARP, ours, epoch("sharp")),
      [TENSORFLOW]: contender(TENSORFLOW, tensorflow, epoch("antialias")),
      "tf.data, antialias=True, accurate DCT": contender(
        "tf.data, antialias=True, accurate DCT",
        tensorflow,
        epoch("accurate"),
      ),
      "tf.data, antialias=False": contender("tf.data, antialias=False", tensorflow, epoch("plain")),
      [FIRST]: fresh,
      [CACHED]: contender(CACHED, ours, { ...epoch("cache"), cache }),
      [AUGMENT]: contender(AUGMENT, ours, { job: "augment" }, AUGMENT_BATCHES),
      [KERAS]: contender(KERAS, tensorflow, { job: "augment" }, AUGMENT_BATCHES),
    };
    const found = await sideBySide({ rounds, contenders });
    const rows = found.map(({ contender: name, ratio: _, ...row }) => ({
      contender: name,
      "images/s": (images.get(name) ?? NaN) / row.median,
      ...row,
      cores: median(cores.get(name) ?? []),
    }));
    const speed = (/** @type {string} */ name) => rows.find((row) => row.contender === name)?.["images/s"] ?? NaN;
    const targets = [
      { id: "decode.vs-tfdata", value: speed(OURS) / speed(TENSORFLOW), atLeast: 1 },
      { id: "cached-epoch.vs-first", value: speed(CACHED) / speed(FIRST), atLeast: 5 },
      { id: "augment.vs-keras", value: speed(AUGMENT) / speed(KERAS), atLeast: 1.5 },
    ];
    return { rows, targets };
  } finally {
    ours.stop();
    tensorflow.stop();
  }
};
