// The article's two roads into training on the same photographs: a CSV and a folder of images against TFRecord shards.
// Each run is a process of its own that opens the data set, shuffles it, decodes, resizes to 224 x 224 and batches by 16.
// "cold": the files' pages were dropped from the page cache before (`dd iflag=nocache`), as far as the kernel follows the
// advice; "warm": they were read a moment ago.
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { convertToShards, csvDataset, tfrecordDataset, writeSyntheticShards } from "@cassava/data/node";
import { run } from "../scripts/lib/run.mjs";
import { median } from "./side-by-side.mjs";

const SHARDS = 4;
/** Files whose pages are dropped by one process. */
const FILES_AT_ONCE = 8;
const execute = promisify(execFile);

/**
 * What one process says.
 * @typedef {{ opened: number, first: number, seconds: number, images: number, total: number, peak: number, bytes: number, reading: number }} Reading
 */

/**
 * A way to read the data set. `fresh`: the index of the shards is made anew each time.
 * @typedef {{ road: "csv" | "arrays" | "tfrecord", path: string, fresh?: true }} Contender
 */

const CSV = "CSV + images";
const ARRAYS = "CSV + images, held as arrays";
const FIRST_TIME = "TFRecords, first time";
const INDEXED = "TFRecords, indexed";

/**
 * The same photographs both ways, with the same bytes.
 * @param {string | undefined} shared
 * @param {string} work
 */
const lay = async (shared, work) => {
  const csv = join(work, "csv");
  const shards = join(work, "shards");
  await mkdir(join(csv, "train_images"), { recursive: true });
  if (shared === undefined) {
    console.error("↓ SKIPPED the photographs: ../shared is missing; 200 synthetic leaves in their place");
    await writeSyntheticShards(join(work, "leaves"), { count: 200, size: 512 }, { shards: 1 });
  }
  const source =
    shared === undefined
      ? await tfrecordDataset(join(work, "leaves"), { indexes: false })
      : await csvDataset(join(shared, "data/cassava"));
  const rows = [];
  for (const entry of source.entries) {
    await writeFile(join(csv, "train_images", entry.id), await source.read(entry));
    rows.push(`${entry.id},${entry.label}`);
  }
  await writeFile(join(csv, "train.csv"), `image_id,label\n${rows.join("\n")}\n`);
  const files = await convertToShards(source, { out: shards, shards: SHARDS });
  await source.close();
  await cp(join(shards, "label_num_to_disease_map.json"), join(csv, "label_num_to_disease_map.json"));
  const photographs = (await readdir(join(csv, "train_images"))).map((name) => join(csv, "train_images", name));
  return { csv, shards, files: [...photographs, ...files.map(({ path }) => path)] };
};

/** Drops files from the page cache; what was just written has to reach the disk first. @param {readonly string[]} files */
const drop = async (files) => {
  await execute("sync");
  for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
    const some = files.slice(from, from + FILES_AT_ONCE);
    await Promise.all(some.map((file) => execute("dd", [`if=${file}`, "iflag=nocache", "count=0", "status=none"])));
  }
};

/**
 * @param {Contender} contender
 * @param {string} indexes
 * @returns {Promise<Reading>}
 */
const read = async ({ road, path }, indexes) => {
  const reader = join(import.meta.dirname, "inputs-reader.mjs");
  const { stdout } = await run(process.execPath, [reader, road, path, indexes], { tail: 20 });
  return JSON.parse(stdout);
};

/** @type {import("../scripts/bench.mjs").Bench} */
export default async ({ shared, work, rounds }) => {
  if (process.platform !== "linux") throw new Error("this bench reads Linux's /proc and its page cache");
  const { csv, shards, files } = await lay(shared, work);
  // Indexes are kept of files that have been still for two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  /** @type {Readonly<Record<string, Contender>>} */
  const contenders = {
    [CSV]: { road: "csv", path: csv },
    [ARRAYS]: { road: "arrays", path: csv },
    [FIRST_TIME]: { road: "tfrecord", path: shards, fresh: true },
    [INDEXED]: { road: "tfrecord", path: shards },
  };
  const kept = join(work, "indexes");
  await read({ road: "tfrecord", path: shards }, kept);
  /** @type {Map<string, Reading[]>} */
  const readings = new Map();
  let total = 0;
  for (let round = 0; round < rounds; round++) {
    for (const cache of ["cold", "warm"]) {
      const names = Object.keys(contenders);
      for (const name of round % 2 === 0 ? names : names.reverse()) {
        const contender = /** @type {Contender} */ (contenders[name]);
        if (cache === "cold") await drop(files);
        const indexes = contender.fresh ? join(work, `indexes-${round}-${cache}`) : kept;
        const reading = await read(contender, indexes);
        total ||= reading.total;
        if (reading.total !== total) throw new Error(`${name} reads ${reading.total}, the others ${total}`);
        const key = `${name}\n${cache}`;
        readings.set(key, [...(readings.get(key) ?? []), reading]);
        console.error(
          `  round ${round + 1}/${rounds}  ${name}, ${cache}  first batch ${reading.first.toFixed(3)} s, all ${reading.seconds.toFixed(2)} s, ${reading.peak.toFixed(0)} MiB`,
        );
      }
    }
  }
  const rows = [...readings].map(([key, all]) => {
    const [contender = "", cache = ""] = key.split("\n");
    const of = (/** @type {(one: Reading) => number} */ figure) => median(all.map(figure));
    const seconds = all.map((one) => one.seconds);
    return {
      contender,
      cache,
      "opened s": of((one) => one.opened),
      "first batch s": of((one) => one.first),
      "images/s": of((one) => one.images / one.seconds),
      "read only, images/s": of((one) => one.images / one.reading),
      "peak MiB": of((one) => one.peak),
      images: all[0]?.images ?? 0,
      rounds: all.length,
      spread: (Math.max(...seconds) - Math.min(...seconds)) / median(seconds),
    };
  });
  console.error(`\n${verdict(rows)}`);
  return { rows, targets: [] };
};

/** Two speeds that differ by less than this share are called alike: more would be said of the machine. */
const ALIKE = 0.15;

/**
 * When which road is better, in the figures of this run.
 * @param {readonly { contender: string, cache: string, "first batch s": number, "images/s": number, "read only, images/s": number, "peak MiB": number, images: number }[]} rows
 */
const verdict = (rows) => {
  const row = (/** @type {string} */ contender, cache = "warm") => {
    const found = rows.find((one) => one.contender === contender && one.cache === cache);
    if (found === undefined) throw new Error(`no row of ${contender}`);
    return found;
  };
  const [cold, warm] = ["cold", "warm"].map((cache) => row(INDEXED, cache)["images/s"] / row(CSV, cache)["images/s"]);
  const ratios = [cold ?? NaN, warm ?? NaN];
  const reading = row(INDEXED)["read only, images/s"] / row(CSV)["read only, images/s"];
  const seconds = (/** @type {number} */ value) => `${value.toFixed(2)} s`;
  const grown = row(ARRAYS)["peak MiB"] - row(CSV)["peak MiB"];
  const better = ratios.every((ratio) => Math.abs(ratio - 1) <= ALIKE)
    ? "the road does not matter to a training run, which spends its time on decoding: keep the one you have"
    : ratios.every((ratio) => ratio > 1)
      ? "TFRecords for training, CSV + images for looking at images and mending labels"
      : ratios.every((ratio) => ratio < 1)
        ? "CSV + images here; TFRecords where their checksums are wanted, or where thousands of small files are slow to copy"
        : "CSV + images where the files are in the page cache, TFRecords where they are not (or the other way round: see the rows)";
  return [
    `On ${row(CSV).images} images indexed TFRecords give ${ratios[0]?.toFixed(2)} times the images per second of CSV + images from a cold page cache and ${ratios[1]?.toFixed(2)} times from a warm one, ${reading.toFixed(1)} times where nothing is decoded;`,
    `the first batch takes ${seconds(row(CSV)["first batch s"])} from CSV + images, ${seconds(row(FIRST_TIME)["first batch s"])} from TFRecords that are read through for the first time and ${seconds(row(INDEXED)["first batch s"])} once they are indexed (warm);`,
    `memory peaks at ${row(CSV)["peak MiB"].toFixed(0)} and ${row(INDEXED)["peak MiB"].toFixed(0)} MiB: what ended the CSV road of the article was holding the images, here ${grown.toFixed(0)} MiB more.`,
    `So: ${better}.`,
  ].join(" ");
};
