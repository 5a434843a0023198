// An unfrozen stage trains alike on WebAssembly and on TensorFlow: the same features, weights and dropout masks, twenty steps.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClassifier, denseHead, loadBackbone, readKerasWeights } from "@cassava/models";
import { adam, featureBatches, fit } from "@cassava/train";
import { ENGINES } from "./engines.mjs";
import { batchOf, patterns, photographs } from "./pixels.mjs";

const CLASSES = Array.from({ length: 5 }, (_, index) => ({ index, name: `${index}` }));
const [IMAGES, BATCH, EPOCHS, SIZE] = [16, 8, 10, 160];
const LABELS = Int32Array.from({ length: IMAGES }, (_, i) => (i * 3) % CLASSES.length);
/** Largest difference of the mean loss of a step. */
const TOLERANCE = 1e-3;

/**
 * The first stage of a fine-tuning, at the rate that `fineTuneStages` has for it. Not at a higher one: where a relu's input lies within
 * rounding of zero, engines decide its sign differently, and with ResNet50 on small images one such unit changes gradients by a percent
 * (features changed by 1e-6 do that on one engine alone, while the gradients of the two engines agree to 1e-6); steps of 1e-4 carry
 * that to 1e-2 of the loss in twenty steps.
 * @type {readonly { name: string, stage: string, learningRate: number, file?: string, batchNorm: "frozen" | "training" }[]}
 */
const CASES = [
  { name: "resnet14", stage: "conv4", learningRate: 1e-3, batchNorm: "training" },
  {
    name: "mobilenetV2",
    stage: "Conv_1",
    learningRate: 1e-5,
    batchNorm: "frozen",
    file: "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
  },
  {
    name: "resnet50",
    stage: "conv5",
    learningRate: 1e-5,
    batchNorm: "frozen",
    file: "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5.gz",
  },
];

/** @param {Pick<Parameters<import("../../scripts/conformance.mjs").Conformance>[0], "shared" | "check" | "skip">} context */
export async function checkUnfrozen({ shared, check, skip }) {
  const [wasm, tensorflow] = ["wasm", "tensorflow"].map((name) => ENGINES.find((engine) => engine.name === name));
  for (const one of CASES) {
    const title = `${one.name} unfrozen from ${one.stage}: losses of 20 steps on wasm are those on tensorflow`;
    if (one.file !== undefined && shared === undefined) {
      skip(title, "../shared is missing");
      continue;
    }
    await check(title, async () => {
      await wasm.start();
      const made = await modelOf(one, shared);
      const images =
        shared === undefined ? patterns(IMAGES, SIZE) : await photographs(join(shared, "data/cassava"), IMAGES, SIZE);
      // Both engines begin with the same features: the frozen part is compared elsewhere.
      const features = await made.frozen.run(batchOf(images, SIZE));
      const ours = await lossesOf(made, features, one.learningRate);
      await tensorflow.start();
      const theirs = await lossesOf(await modelOf(one, shared), features, one.learningRate);
      const again = await lossesOf(await modelOf(one, shared), features, 1.2 * one.learningRate);
      const [apart, planted] = [difference(ours, theirs), difference(again, theirs)];
      console.log(
        `    ${theirs[0].toFixed(3)} to ${theirs.at(-1).toFixed(3)}; differ by ${apart.toExponential(1)}; 1.2 times the rate by ${planted.toExponential(1)}`,
      );
      if (!(apart <= TOLERANCE)) throw new Error(`losses differ by ${apart}`);
      // What cannot tell another rate cannot tell another gradient.
      if (!(planted > TOLERANCE)) throw new Error("another learning rate is not noticed");
    });
    await wasm.start();
  }
}

async function modelOf({ name, stage, file, batchNorm }, shared) {
  const path = file === undefined ? undefined : join(shared, "weights", file);
  const weights = path === undefined ? "none" : await readKerasWeights(await readFile(path), { file: path });
  const backbone = await loadBackbone(name, { weights, inputSize: SIZE });
  const head = denseHead({ units: [16], dropout: 0.2 });
  return createClassifier({ backbone, head, classes: CLASSES, unfreezeFrom: stage, batchNorm });
}

/** The mean loss of each of twenty steps. Disposes of the model. */
async function lossesOf(model, features, learningRate) {
  const { outputShape: shape } = model.frozen;
  const ids = Array.from(LABELS, (_, i) => `${i}`);
  const set = { classes: CLASSES, ids, features, shape, width: features.length / IMAGES, labels: LABELS, cached: 0 };
  const losses = [];
  const callbacks = [{ onBatchEnd: ({ loss }) => void losses.push(loss) }];
  const train = featureBatches(set, { batchSize: BATCH, shuffle: { seed: 1 } });
  await fit(model, { train, epochs: EPOCHS, optimizer: adam({ learningRate }), callbacks }).result;
  model.dispose();
  return losses;
}

const difference = (found, wanted) => Math.max(...wanted.map((value, i) => Math.abs(value - found[i])));
