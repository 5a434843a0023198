// `node tfrecord-memory.mjs WARMUP FILE`: how much memory reading FILE takes, in a process of its own.
// Linux: the peak of the resident set is the kernel's (VmHWM), set back before reading by /proc/self/clear_refs.
import { readFileSync, writeFileSync } from "node:fs";
import { bytes, int, readExamples, schema, string } from "@cassava/tfrecord";
import { openFile } from "@cassava/tfrecord/node";

const MIB = 2 ** 20;
const [warmup = "", file = ""] = process.argv.slice(2);
const leaf = schema({ image: bytes(), image_name: string(), target: int() });

const read = async (/** @type {string} */ path) => {
  let total = 0;
  for await (const { image, target } of readExamples(openFile(path), leaf)) total += image.length + target;
  return total;
};

const peak = () => {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "latin1"));
  if (found === null) throw new Error("/proc/self/status has no VmHWM");
  return Number(found[1]) / 1024;
};

/** Reads a file; returns by how much the resident set rose above where it was, at its highest, in MiB. */
const measure = async (/** @type {string} */ path) => {
  const before = process.memoryUsage.rss() / MIB;
  writeFileSync("/proc/self/clear_refs", "5");
  const total = await read(path);
  return { total, before, extra: peak() - before };
};

const cold = await measure(warmup);
const warm = await measure(file);
process.stdout.write(JSON.stringify({ cold, warm }));
