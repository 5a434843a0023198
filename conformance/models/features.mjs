// Features of identical pixels under identical weights.

import { readFile } from "node:fs/promises";
import { createClassifier, denseHead, loadBackbone, readKerasWeights } from "@cassava/models";
import { expectClose, relativeDifference } from "./compare.mjs";
import { batchOf } from "./pixels.mjs";

const CLASSES = [0, 1].map((index) => ({ index, name: `${index}` }));

/** How many times the tolerance a mistake must at least change the features. */
const CLEARLY = 5;

/** Our features of `images` [n, size, size, 3]. */
async function featuresOf({ name, alpha }, weights, { size, pooling, images }, frozenEngine) {
  const backbone = await loadBackbone(name, { weights, alpha, pooling, inputSize: size });
  const model = await createClassifier({ backbone, head: denseHead({ units: [] }), classes: CLASSES, frozenEngine });
  try {
    return await model.frozen.run(batchOf(images, size));
  } finally {
    model.dispose();
  }
}

/**
 * Compares our features with Keras's on one engine, in every case of the oracle.
 * @param {import("./architectures.mjs").Architecture} architecture
 * @param {import("./engines.mjs").Engine} engine
 */
export async function checkFeatures(
  { check },
  architecture,
  oracle,
  engine,
  weightsOf = "random weights and statistics",
) {
  const weights = await readKerasWeights(await readFile(oracle.file), { file: oracle.file });
  const { frozenEngine } = await engine.start();
  for (const one of oracle.cases) {
    const what = `${one.images.length / one.size ** 2 / 3} images of ${one.size} px, pooling ${one.pooling}`;
    await check(`${architecture.label} on ${engine.name} with ${weightsOf} has Keras's features: ${what}`, async () =>
      expectClose(await featuresOf(architecture, weights, one, frozenEngine), one.features, engine.tolerance),
    );
  }
}

/** The number of parameters is Keras's, and each mistake of the architecture shows in its features. */
export async function checkOracle({ check }, architecture, oracle, engine) {
  const { name, alpha, label, mistakes } = architecture;
  const weights = await readKerasWeights(await readFile(oracle.file), { file: oracle.file });
  const smallest = firstImage(oracle.cases.filter(({ pooling }) => pooling === "avg").at(-1));
  await check(`${label} has Keras's number of parameters`, async () => {
    const backbone = await loadBackbone(name, { weights, alpha });
    const own = [...backbone.weights.values()].reduce((sum, { data }) => sum + data.length, 0);
    if (own !== oracle.parameters) throw new Error(`${own} parameters, Keras has ${oracle.parameters}`);
  });
  const { frozenEngine } = await engine.start();
  for (const { what, apply } of mistakes) {
    await check(`${label}: the comparison notices ${what}`, async () => {
      const wrong = new Map(weights);
      apply(wrong);
      const features = await featuresOf(architecture, wrong, smallest, frozenEngine);
      const difference = relativeDifference(features, smallest.features);
      if (!(difference > CLEARLY * engine.tolerance)) throw new Error(`it differs by ${difference} only`);
      console.log(`    differs by ${difference.toExponential(1)}`);
    });
  }
}

/** A case with the first of its images only: enough to see a mistake. */
function firstImage({ size, pooling, images, features }) {
  const stride = size * size * 3;
  const width = features.length / (images.length / stride);
  return { size, pooling, images: images.subarray(0, stride), features: features.subarray(0, width) };
}
