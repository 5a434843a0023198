// The images that both sides see.

import { imageBatches } from "@cassava/data";
import { openDataset, sharpDecoder } from "@cassava/data/node";

/** Side of the squares of one colour, in pixels. */
const SQUARE = 16;

/**
 * `n` repeatable images [size, size, 3] that differ: half noise, half coloured squares around a colour of its own each. Noise alone
 * would give nearly the same features for every image, since they are averages.
 */
export function patterns(n, size) {
  const next = randomBytes(9);
  const images = new Uint8Array(n * size * size * 3);
  const across = Math.ceil(size / SQUARE);
  for (let image = 0; image < n; image++) {
    const base = [next(), next(), next()];
    const squares = Uint8Array.from({ length: across * across * 3 }, next);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const square = 3 * (Math.floor(y / SQUARE) * across + Math.floor(x / SQUARE));
        const at = 3 * ((image * size + y) * size + x);
        for (let c = 0; c < 3; c++) images[at + c] = 0.3 * base[c] + 0.35 * squares[square + c] + 0.35 * next();
      }
    }
  }
  return images;
}

/** 256 pixels in which each channel takes every value, in another order than the other channels. */
export function everyValue() {
  return Uint8Array.from({ length: 256 * 3 }, (_, i) => {
    const value = Math.floor(i / 3);
    return [value, 7 * value + 3, 13 * value + 11][i % 3] % 256;
  });
}

/** The pixels of the first photographs of a data set, as training sees them. */
export async function photographs(folder, count, size) {
  const dataset = await openDataset(folder);
  const ids = dataset.entries.slice(0, count).map(({ id }) => id);
  const source = imageBatches(dataset, { ids, size: [size, size], batchSize: count, decode: sharpDecoder() });
  for await (const batch of source.batches(0)) {
    await dataset.close();
    return batch.images;
  }
  throw new Error(`${folder} holds no images`);
}

/** Pixels [n, size, size, 3] as a batch. */
export function batchOf(images, size) {
  const n = images.length / (size * size * 3);
  const ids = Array.from({ length: n }, (_, i) => `${i}`);
  return { ids, images, shape: [n, size, size, 3], views: new Int32Array(n), hashes: ids };
}

/** A generator of numbers 0-255. */
export function randomBytes(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
}
