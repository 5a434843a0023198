// The soak: 200 epochs of a head and 20 of a small fine-tuning, with early stopping, checkpoints and averaged weights, each in a process of
// its own on WebAssembly. After a warm-up of a quarter of the epochs the number of tensors is the same after every epoch, and the resident
// set, read after a forced garbage collection, is flat: its median over the last quarter of the epochs lies within 5 % of that over the
// quarter after the warm-up. Medians, since a single reading sways by 4 % with what the allocator has not given back. Minutes long: `all`
// leaves it out.
import { join } from "node:path";
import { run } from "../scripts/lib/run.mjs";

export const slow = true;

const RUNS = [
  { kind: "head", epochs: 200 },
  { kind: "fine-tune", epochs: 20 },
];
/** Of the epochs: engine and allocator grow to what an epoch needs, and code is compiled, before anything is held against the run. */
const WARM_UP = 1 / 4;
const GROWTH = 0.05;

/** @typedef {{ epoch: number, tensors: number, rss: number }} Sample */

/** @returns {Promise<Sample[]>} one for each epoch */
const soak = async (/** @type {string} */ kind, /** @type {number} */ epochs, leak = "none") => {
  const program = join(import.meta.dirname, "soak/run.mjs");
  const { stdout } = await run(process.execPath, ["--expose-gc", program, kind, String(epochs), leak], { tail: 20 });
  const samples = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  if (samples.length !== epochs) throw new Error(`${samples.length} of ${epochs} epochs ran`);
  return samples;
};

const medianOf = (/** @type {readonly Sample[]} */ samples) => {
  const sorted = samples.map(({ rss }) => rss).sort((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length / 2)];
  if (value === undefined) throw new Error("there is no epoch to look at");
  return value;
};

/** What is wrong with the epochs after the warm-up; undefined where nothing is. */
const complaint = (/** @type {readonly Sample[]} */ samples) => {
  const quarter = Math.round(samples.length * WARM_UP);
  const warm = samples.slice(quarter);
  const counts = [...new Set(warm.map(({ tensors }) => tensors))];
  if (counts.length > 1) return `the number of tensors went from ${counts[0]} to ${counts.at(-1)}`;
  const [before, after] = [medianOf(warm.slice(0, quarter)), medianOf(warm.slice(-quarter))];
  console.log(
    `    ${counts[0]} tensors; resident set ${before.toFixed(1)} MiB after the warm-up, ${after.toFixed(1)} MiB at the end`,
  );
  return after <= before * (1 + GROWTH)
    ? undefined
    : `the resident set grew by ${(100 * (after / before - 1)).toFixed(0)} %`;
};

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async ({ check }) => {
  for (const { kind, epochs } of RUNS) {
    await check(`${kind}, ${epochs} epochs: no tensor stays behind, and memory is flat within 5 %`, async () => {
      const found = complaint(await soak(kind, epochs));
      if (found !== undefined) throw new Error(found);
    });
  }
  for (const [leak, sign] of [
    ["tensor", "number of tensors went"],
    ["bytes", "resident set grew"],
  ]) {
    await check(`the soak notices a planted leak (${leak})`, async () => {
      const found = complaint(await soak("head", 40, leak));
      if (!found?.includes(sign)) throw new Error(`it said: ${found ?? "nothing"}`);
      console.log(`    ${found}`);
    });
  }
};
