// Preprocessing alone, on every pixel value.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { preprocess } from "@cassava/models";
import * as tf from "@tensorflow/tfjs";
import { readFloats } from "./oracle.mjs";
import { everyValue } from "./pixels.mjs";

/** Largest difference allowed, in the units of the result. */
const TOLERANCE = 1e-5;

/** In the order of preprocessing.py. */
const MODES = ["caffe", "torch", "tf"];

/** Compares `preprocess` with Keras's `preprocess_input` on the current engine. */
export async function checkPreprocessing({ python, work, check }) {
  const [raw, out] = [join(work, "values.raw"), join(work, "preprocessed.raw")];
  const pixels = everyValue();
  await writeFile(raw, pixels);
  await python("models/preprocessing.py", [raw, out]);
  const wanted = await readFloats(out);
  for (const [index, mode] of MODES.entries()) {
    const theirs = wanted.subarray(index * pixels.length, (index + 1) * pixels.length);
    await check(`preprocessing "${mode}" is Keras's on every pixel value`, async () => {
      const difference = largestDifference(await run(pixels, mode), theirs);
      if (!(difference <= TOLERANCE)) throw new Error(`differs by ${difference}`);
      console.log(`    max|difference| = ${difference.toExponential(1)}`);
    });
    await check(`the comparison notices another mode and channels in another order than "${mode}"`, async () => {
      const others = MODES.filter((other) => other !== mode);
      const reversed = Uint8Array.from(pixels, (_, i) => pixels[i - (i % 3) + 2 - (i % 3)]);
      const wrong = [...(await Promise.all(others.map((other) => run(pixels, other)))), await run(reversed, mode)];
      return wrong.every((values) => largestDifference(values, theirs) > 1000 * TOLERANCE);
    });
  }
}

async function run(pixels, mode) {
  const input = tf.tensor4d(pixels, [1, 1, pixels.length / 3, 3], "int32");
  const output = preprocess(input, mode);
  const values = await output.data();
  tf.dispose([input, output]);
  return values;
}

function largestDifference(found, wanted) {
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
}
