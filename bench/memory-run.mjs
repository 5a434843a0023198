// `node memory-run.mjs FOLDER PASSES`: what a whole pass over the shards in FOLDER takes in memory, in a process of its own: audit
// (every image decoded), split, one epoch of batches. Linux: the kernel's peak of the resident set (VmHWM).
import { audit, duplicateGroups, imageBatches, split } from "@cassava/data";
import { defaultDecoder, openDataset } from "@cassava/data/node";
import { peakMiB } from "./memory-peak.mjs";

const [folder = "", times = "1"] = process.argv.slice(2);
const passes = Number(times);
const CONCURRENCY = 4;
/**
 * Images that are read and decoded before anything is measured, the same number for every size of data set: engines and allocators grow to
 * their working size in the first seconds, whatever comes after.
 */
const WARM_UP = 2_000;

/** @type {Record<string, string | number>[]} */
const steps = [];
/**
 * @template T
 * @param {string} step
 * @param {() => Promise<T> | T} work
 * @param {(result: T) => number} imagesOf how many images it looked at
 */
const timed = async (step, work, imagesOf) => {
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  const images = imagesOf(result);
  steps.push({ step, images, seconds, "images/s": images / seconds, "peak MiB": peakMiB() });
  return result;
};

const decode = defaultDecoder();
const dataset = await timed(
  "open",
  () => openDataset(folder),
  (opened) => opened.entries.length,
);
await timed(
  "warm-up",
  async () => {
    const ids = dataset.entries.slice(0, WARM_UP).map(({ id }) => id);
    const source = imageBatches(dataset, { ids, size: [224, 224], batchSize: 16, decode, concurrency: CONCURRENCY });
    let images = 0;
    for await (const batch of source.batches(0)) images += batch.ids.length;
    if (images !== ids.length) throw new Error(`${images} of ${ids.length} images came`);
    return images;
  },
  Number,
);
const report = await timed(
  "audit",
  async () => {
    for (let pass = 1; pass < passes; pass++) await audit(dataset, { decode, concurrency: CONCURRENCY });
    return await audit(dataset, { decode, concurrency: CONCURRENCY });
  },
  () => passes * dataset.entries.length,
);
if (report.unreadable.length > 0) throw new Error(`${report.unreadable.length} images cannot be read`);
const parts = await timed(
  "split",
  () => split(dataset, { ratios: "60/20/20", groups: duplicateGroups(report) }),
  () => dataset.entries.length,
);
const ids = [...parts.train, ...parts.validation, ...parts.test];
await timed(
  "epoch",
  async () => {
    const options = { ids, shuffle: { seed: 1 }, size: /** @type {const} */ ([224, 224]), batchSize: 16, decode };
    const source = imageBatches(dataset, { ...options, concurrency: CONCURRENCY });
    let images = 0;
    for (let pass = 0; pass < passes; pass++) {
      for await (const batch of source.batches(pass)) images += batch.ids.length;
    }
    if (images !== ids.length * passes) throw new Error(`${images} of ${ids.length * passes} images came`);
    return images;
  },
  Number,
);
await dataset.close();
process.stdout.write(JSON.stringify({ steps, peak: peakMiB() }));
