// Keras's answers, by way of the scripts of this folder.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The float32 numbers of a raw file. */
export async function readFloats(path) {
  return new Float32Array(new Uint8Array(await readFile(path)).buffer);
}

/**
 * Keras's features of `cases`, each `{ size, pooling, images }`, with the weights of `file`; drawn at random and written there where
 * `random` is set.
 * @returns {Promise<{ file: string, parameters: number, cases: object[] }>} the cases with their `features`
 */
export async function kerasFeatures({ python, work }, { name, alpha, file, random, cases }) {
  const id = `${name}-${alpha}-${random ? "random" : "published"}`;
  const planned = cases.map(({ size, pooling }, i) => {
    const path = (what) => join(work, `${id}-${i}-${what}.raw`);
    return { size, pooling, pixels: path("pixels"), out: path("features") };
  });
  for (const [i, { pixels }] of planned.entries()) await writeFile(pixels, cases[i].images);
  const plan = join(work, `${id}.json`);
  await writeFile(plan, JSON.stringify({ name, alpha, weights: file, random, cases: planned }));
  const parameters = Number(await python("models/features.py", [plan]));
  const features = await Promise.all(planned.map(({ out }) => readFloats(out)));
  return { file, parameters, cases: cases.map((one, i) => ({ ...one, features: features[i] })) };
}
