// `node inputs-reader.mjs ROAD PATH INDEXES`: one epoch over one data set, in a process that does nothing else.
// Linux: the peak of the resident set is the kernel's (VmHWM).
import { readFileSync } from "node:fs";
import { imageBatches } from "@cassava/data";
import { csvDataset, defaultDecoder, tfrecordDataset } from "@cassava/data/node";

const SIZE = /** @type {const} */ ([224, 224]);
const BATCH = 16;
const [road = "", path = "", indexes = ""] = process.argv.slice(2);

const open = () => (road === "tfrecord" ? tfrecordDataset(path, { indexes }) : csvDataset(path));

const start = performance.now();
const since = () => (performance.now() - start) / 1000;
const dataset = await open();
const opened = since();
const source = imageBatches(dataset, {
  size: SIZE,
  batchSize: BATCH,
  decode: defaultDecoder(),
  shuffle: { seed: 1 },
  concurrency: 8,
});
let first = 0;
let images = 0;
/** Sum of the labels, each plus one: proves that both roads read the same. */
let total = 0;
/** @type {Float32Array[]} */
const held = [];
for await (const batch of source.batches(0)) {
  if (images === 0) first = since();
  images += batch.ids.length;
  for (const label of batch.labels ?? []) total += label + 1;
  // What the students' CSV notebooks did: every image as floats in one array.
  if (road === "arrays") {
    const floats = new Float32Array(batch.images.length);
    for (let i = 0; i < floats.length; i++) floats[i] = (batch.images[i] ?? 0) / 255;
    held.push(floats);
  }
}
const seconds = since();
for (const array of held) total += array.length === 0 ? 1 : 0;
const raw = performance.now();
let bytes = 0;
for (const entry of dataset.entries) bytes += (await dataset.read(entry)).length;
const reading = (performance.now() - raw) / 1000;
await dataset.close();
const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "latin1"))?.[1]) / 1024;
process.stdout.write(JSON.stringify({ opened, first, seconds, images, total, peak, bytes, reading }));
