// `node memory-run.mjs FOLDER PASSES`: what a whole pass over the shards in FOLDER takes in memory, in a process of its own: audit
// (every image decoded), split, one epoch of batches. Linux: the kernel's peak of the resident set (VmHWM).
import { readFileSync } from "node:fs";
import { audit, duplicateGroups, imageBatches, split } from "@cassava/data";
import { defaultDecoder, openDataset } from "@cassava/data/node";

const [folder = "", times = "1"] = process.argv.slice(2);
const passes = Number(times);
const CONCURRENCY = 4;

const peak = () => {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "latin1"));
  if (found === null) throw new Error("/proc/self/status has no VmHWM");
  return Number(found[1]) / 1024;
};

/** @type {{ step: string, seconds: number, "peak MiB": number }[]} */
const steps = [];
/**
 * @template T
 * @param {string} step
 * @param {() => Promise<T> | T} work
 */
const timed = async (step, work) => {
  const start = performance.now();
  const result = await work();
  steps.push({ step, seconds: (performance.now() - start) / 1000, "peak MiB": peak() });
  return result;
};

const decode = defaultDecoder();
const dataset = await timed("open", () => openDataset(folder));
const report = await timed("audit", async () => {
  for (let pass = 1; pass < passes; pass++) await audit(dataset, { decode, concurrency: CONCURRENCY });
  return await audit(dataset, { decode, concurrency: CONCURRENCY });
});
if (report.unreadable.length > 0) throw new Error(`${report.unreadable.length} images cannot be read`);
const parts = await timed("split", () => split(dataset, { ratios: "60/20/20", groups: duplicateGroups(report) }));
const ids = [...parts.train, ...parts.validation, ...parts.test];
await timed("epoch", async () => {
  const options = { ids, shuffle: { seed: 1 }, size: /** @type {const} */ ([224, 224]), batchSize: 16, decode };
  const source = imageBatches(dataset, { ...options, concurrency: CONCURRENCY });
  let images = 0;
  for (let pass = 0; pass < passes; pass++) {
    for await (const batch of source.batches(pass)) images += batch.ids.length;
  }
  if (images !== ids.length * passes) throw new Error(`${images} of ${ids.length * passes} images came`);
});
await dataset.close();
process.stdout.write(JSON.stringify({ images: ids.length * passes, steps, peak: peak() }));
