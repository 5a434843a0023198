// The made data set of the memory benches: as many photographs of 800 x 600 as the competition has (21,397), in 16 shards (2.6 GB, in the
// system's folder for temporary files). They are made of 300 of the 1,058 real photographs: names and labels are the competition's, and
// a comment in each JPEG makes every file another one. CASSAVA_BENCH_IMAGES=2140 takes fewer.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseLabelCsv } from "@cassava/data";
import { csvDataset, encodeJpeg } from "@cassava/data/node";
import { bytesFeature, encodeExample, int64Feature } from "@cassava/tfrecord";
import { createShardWriter } from "@cassava/tfrecord/node";

const IMAGES = Number(process.env.CASSAVA_BENCH_IMAGES ?? 21_397);
const SHARDS = 16;
/** Of the photographs, or of the made-up images where there are none. */
const ORIGINALS = 300;

/** The JPEG with a comment after its first marker (ITU-T T.81, B.2.4.5): the same pixels, another content. */
const withComment = (/** @type {Uint8Array} */ jpeg, /** @type {string} */ comment) => {
  const text = Buffer.from(comment);
  return Buffer.concat([
    jpeg.subarray(0, 2),
    Buffer.from([0xff, 0xfe, (text.length + 2) >> 8, (text.length + 2) & 255]),
    text,
    jpeg.subarray(2),
  ]);
};

/** 800 x 600 of coarse and fine structure, which compress about as a photograph does. */
const madeUp = (/** @type {number} */ seed) => {
  const pixels = new Uint8Array(800 * 600 * 3);
  let noise = seed + 1;
  for (let at = 0; at < pixels.length; at++) {
    noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
    pixels[at] = 100 + 60 * Math.sin((at % 2400) / (90 + seed)) + (noise >>> 27);
  }
  return encodeJpeg({ width: 800, height: 600, pixels });
};

/** Encoded photographs, or made-up ones. @param {string | undefined} shared */
export const originalsOf = async (shared) => {
  if (shared === undefined) {
    console.error("↓ no real photographs: made-up ones in their place");
    return Promise.all(Array.from({ length: 40 }, (_, seed) => madeUp(seed)));
  }
  const photographs = await csvDataset(join(shared, "data/cassava"));
  const bytes = [];
  for (const entry of photographs.entries.slice(0, ORIGINALS)) bytes.push(await photographs.read(entry));
  await photographs.close();
  return bytes;
};

/** Names and labels of the whole competition, or made-up ones. @param {string | undefined} shared */
export const rowsOf = async (shared) => {
  if (shared === undefined) return Array.from({ length: IMAGES }, (_, k) => ({ id: `${k}.jpg`, label: k % 5 }));
  const csv = await readFile(join(shared, "data/cassava/all-labels.csv"), "utf8");
  return (await parseLabelCsv(csv)).map(({ id, label }) => ({ id, label: Number(label) })).slice(0, IMAGES);
};

/**
 * @param {string} folder
 * @param {readonly { id: string, label: number }[]} rows
 * @param {readonly Uint8Array[]} originals
 */
export const writeShards = async (folder, rows, originals) => {
  await mkdir(folder);
  const writer = createShardWriter({ folder, prefix: "ld_train", shards: SHARDS });
  for (const [k, { id, label }] of rows.entries()) {
    const image = withComment(/** @type {Uint8Array} */ (originals[k % originals.length]), id);
    const features = { image: bytesFeature(image), image_name: bytesFeature(id), target: int64Feature(label) };
    await writer.write(encodeExample(features));
  }
  await writer.close();
};
