// `node data-reader.mjs`: @cassava/data as a worker of the bench. Each line of JSON on stdin is a job, answered by one
// line on stdout: {"job": "epoch" | "augment", "mode", "files", "cache", "passes"}.
import { createInterface } from "node:readline";
import {
  applyPlan,
  augmentation,
  augmentPlan,
  imageBatches,
  imageLoader,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from "@cassava/data";
import { defaultDecoder, pixelCache, sharpDecoder, tfrecordDataset, workerLoader } from "@cassava/data/node";

const SIZE = /** @type {const} */ ([224, 224]);
const BATCH = 16;
/** Keras's names and ranges; bench/data.py has the same. */
const POLICY = augmentation([
  randomFlip("horizontal"),
  randomRotation(0.1),
  randomZoom(0.2),
  randomTranslation(0.1, 0.1),
]);

/** @typedef {import("@cassava/data").ImageLoader} ImageLoader */

/** @type {Readonly<Record<string, (cache: string) => ImageLoader>>} */
const loaders = {
  default: () => imageLoader(defaultDecoder()),
  sharp: () => imageLoader(sharpDecoder()),
  workers: () => workerLoader(),
  cache: (folder) => pixelCache(imageLoader(defaultDecoder()), folder),
};

/** A data set is opened once: its index is kept. @type {Map<string, ReturnType<typeof tfrecordDataset>>} */
const datasets = new Map();
const open = (/** @type {readonly string[]} */ files) => {
  const key = files.join("\n");
  const found = datasets.get(key) ?? tfrecordDataset(files);
  datasets.set(key, found);
  return found;
};
/** @type {Map<string, ImageLoader>} */
const kept = new Map();

/** One pass over all images, read, verified, parsed, hashed, decoded, resized, in batches; the sum of the labels. */
const epoch = async (/** @type {{ mode: string, files: readonly string[], cache: string, passes: number }} */ job) => {
  const dataset = await open(job.files);
  const key = `${job.mode} ${job.cache}`;
  const decode = kept.get(key) ?? /** @type {ImageLoader} */ (loaders[job.mode]?.(job.cache));
  kept.set(key, decode);
  const source = imageBatches(dataset, { size: SIZE, batchSize: BATCH, decode, concurrency: 8 });
  let total = 0;
  for (let pass = 0; pass < job.passes; pass++) {
    total = 0;
    for await (const { labels, images } of source.batches(pass)) {
      if (images.length % (SIZE[0] * SIZE[1] * 3) !== 0) throw new Error("a batch of another size");
      for (const label of labels ?? []) total += label + 1;
    }
  }
  return total;
};

/** Flip, rotation, zoom and shift of one batch of noise, again and again: no image is read. */
const augment = (/** @type {{ passes: number }} */ { passes }) => {
  const length = SIZE[0] * SIZE[1] * 3;
  const images = Uint8Array.from({ length: BATCH * length }, (_, k) => (k * 2_654_435_761) >>> 24);
  const out = new Uint8Array(images.length);
  for (let view = 1; view <= passes; view++) {
    for (let at = 0; at < BATCH; at++) {
      const plan = augmentPlan(POLICY, { seed: 1, id: `${at}`, view, size: SIZE });
      applyPlan(images.subarray(at * length, (at + 1) * length), ...SIZE, plan, out, at * length);
    }
  }
  return passes * BATCH;
};

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  if (job.job === "epoch") await open(job.files);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const total = job.job === "epoch" ? await epoch(job) : augment(job);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, total }));
}
for (const loader of kept.values()) await loader.close?.();
