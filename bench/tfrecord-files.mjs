import { randomFillSync } from "node:crypto";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { bytesFeature, encodeExample, frameRecord, int64Feature } from "@cassava/tfrecord";

/** Frames are gathered up to this size before they are written. */
const WRITE_BYTES = 4e6;

/**
 * Writes a file of Examples as the cassava shards have them: `image` (incompressible bytes), `image_name`, `target`.
 * @param {string} path
 * @param {number} count records
 * @param {readonly [min: number, max: number]} size bytes of an image; sizes are spread evenly over the range
 * @returns {Promise<number>} bytes of the largest record
 */
export const writeMadeUp = async (path, count, [min, max]) => {
  const noise = randomFillSync(new Uint8Array(4 * max + 1));
  const file = await open(path, "wx");
  let largest = 0;
  try {
    /** @type {Uint8Array[]} */
    let frames = [];
    let gathered = 0;
    for (let i = 0; i < count; i++) {
      const length = min + ((i * 7919) % (max - min + 1));
      const start = (i * 104729) % (noise.length - length);
      const example = encodeExample({
        image: bytesFeature(noise.subarray(start, start + length)),
        image_name: bytesFeature(`${1_000_000 + i}.jpg`),
        target: int64Feature(i % 5),
      });
      largest = Math.max(largest, example.length);
      frames.push(frameRecord(example));
      gathered += example.length;
      if (gathered < WRITE_BYTES && i < count - 1) continue;
      await file.writeFile(Buffer.concat(frames));
      frames = [];
      gathered = 0;
    }
    return largest;
  } finally {
    await file.close();
  }
};

/**
 * The real shards where they are; otherwise four made-up ones with records of the same size.
 * @param {string | undefined} shared
 * @param {string} work
 * @returns {Promise<string[]>}
 */
export const largeFiles = async (shared, work) => {
  if (shared !== undefined) {
    const folder = join(shared, "data/cassava/train_tfrecords");
    return (await readdir(folder)).sort().map((name) => join(folder, name));
  }
  const paths = [0, 1, 2, 3].map((shard) => join(work, `made-up${shard}-64.tfrec`));
  for (const path of paths) await writeMadeUp(path, 64, [90_000, 120_000]);
  return paths;
};
