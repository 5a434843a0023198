// The whole data set in constant memory (memory-shards.mjs): audit, split and one epoch of batches in a process of its own; a tenth of it
// once in another, and a tenth of it ten times over in a third: the same work as the whole, so that what is left of the difference is what
// the size of the data set adds. All of them read the same 2,000 images first.
import { join } from "node:path";
import { run } from "../scripts/lib/run.mjs";
import { originalsOf, rowsOf, writeShards } from "./memory-shards.mjs";

const PEAK_MIB = 600;
const SHARE = 10;

/** @type {import("../scripts/bench.mjs").Bench} */
export default async ({ shared, work }) => {
  if (process.platform !== "linux") throw new Error("the peak is read from Linux's /proc");
  const originals = await originalsOf(shared);
  const rows = await rowsOf(shared);
  /** @type {Record<string, string | number>[]} */
  const table = [];
  const write = async (/** @type {string} */ name, /** @type {number} */ count) => {
    console.error(`writing ${count} photographs into shards…`);
    await writeShards(join(work, name), rows.slice(0, count), originals);
    return { folder: join(work, name), count };
  };
  /** @param {{ folder: string, count: number }} set */
  const measure = async ({ folder, count }, passes = 1) => {
    console.error(`audit, split, epoch of ${count}, ${passes} times…`);
    const program = join(import.meta.dirname, "memory-run.mjs");
    const { stdout } = await run(process.execPath, [program, folder, String(passes)], { tail: 20 });
    const { steps, peak } = JSON.parse(stdout);
    for (const step of steps) table.push({ "data set": count, passes, ...step });
    return peak;
  };
  const tenth = await write("tenth", Math.round(rows.length / SHARE));
  const once = await measure(tenth);
  const sameWork = await measure(tenth, SHARE);
  const whole = await measure(await write("whole", rows.length));
  const growth = (/** @type {number} */ from) => ({ value: whole - from, atMost: Math.max(32, from / 10) });
  return {
    rows: table,
    targets: [
      { id: "peak-rss-mib", value: whole, atMost: PEAK_MIB },
      { id: "growth-mib", ...growth(once) },
      { id: "growth-same-work-mib", ...growth(sameWork) },
    ],
  };
};
