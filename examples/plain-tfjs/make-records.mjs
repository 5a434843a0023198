import { bytes, encodeWith, int, schema } from "@cassava/tfrecord";
import { writeRecordsFile } from "@cassava/tfrecord/node";

/** Pixels of a side; an image is SIZE x SIZE x 3 bytes, RGB. */
export const SIZE = 16;
/** What is drawn on a leaf. */
export const CLASSES = ["plain", "spots", "stripes"];
/** A record: raw pixels, as `tf.io.decode_raw` reads them in Python, and a label. */
export const leaf = schema({ image: bytes(), target: int() });

/**
 * Leaves from a seed: green of some shade, with dark spots, pale stripes, or nothing.
 * @param {string} path of the TFRecord file
 * @param {{ count: number, seed: number }} options
 */
export const makeRecords = async (path, { count, seed }) => {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const records = Array.from({ length: count }, () => {
    const target = Math.floor(random() * CLASSES.length);
    return encodeWith(leaf, { image: paint(target, random), target });
  });
  await writeRecordsFile(path, records);
};

/**
 * @param {number} target
 * @param {() => number} random
 */
const paint = (target, random) => {
  const image = new Uint8Array(SIZE * SIZE * 3);
  const [shade, phase, width] = [90 + 80 * random(), 6 * random(), 4 + 2 * random()];
  for (let at = 0; at < SIZE * SIZE; at++) {
    const [x, y] = [at % SIZE, Math.floor(at / SIZE)];
    const wave = Math.sin((2 * Math.PI * x) / width + phase);
    const mark = target === 0 ? 0 : target === 1 ? Math.sin((2 * Math.PI * y) / width) * wave : wave;
    const light = shade + 40 * mark + 30 * (random() - 0.5);
    image.set([light * 0.5, light, light * 0.4], at * 3);
  }
  return image;
};
