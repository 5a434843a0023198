// `node memory-run.mjs FOLDER`: what a whole pass over the shards in FOLDER takes in memory, in a process of its own: audit
// (every image decoded), split, one epoch of batches. Linux: the kernel's peak of the resident set (VmHWM).
import { readFileSync } from "node:fs";
import { audit, duplicateGroups, imageBatches, split } from "@cassava/data";
import { defaultDecoder, openDataset } from "@cassava/data/node";

const [folder = ""] = process.argv.slice(2);
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
const report = await timed("audit", () => audit(dataset, { decode, concurrency: CONCURRENCY }));
if (report.unreadable.length > 0) throw new Error(`${report.unreadable.length} images cannot be read`);
const parts = await timed("split", () => split(dataset, { ratios: "60/20/20", groups: duplicateGroups(report) }));
const ids = [...parts.train, ...parts.validation, ...parts.test];
await timed("epoch", async () => {
  const options = { ids, shuffle: { seed: 1 }, size: /** @type {const} */ ([224, 224]), batchSize: 16, decode };
  let images = 0;
  for await (const batch of imageBatches(dataset, { ...options, concurrency: CONCURRENCY }).batches(0)) {
    images += batch.ids.length;
  }
  if (images !== ids.length) throw new Error(`${images} of ${ids.length} images came`);
});
await dataset.close();
process.stdout.write(JSON.stringify({ images: ids.length, steps, peak: peak() }));
