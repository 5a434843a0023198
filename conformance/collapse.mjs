// The other ways in which the article's run freezes or falls, reproduced on purpose on real photographs with real ImageNet weights, each beside
// the same run with our defaults: a rate of 1e-1; training images sorted by class and never shuffled; batch normalization by the
// statistics of the batch under a frozen backbone. (Pixels divided by 255 is `pnpm conformance article`.) Frozen MobileNetV2 at 128 pixels
// under the article's head, one stratified 80/20 split, fixed seeds. Minutes long: `all` leaves it out, `.ci/full` runs it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { onnxEngine, useBackend } from "@cassava/backend/node";
import { imageBatches, split } from "@cassava/data";
import { csvDataset, defaultDecoder, folderStore } from "@cassava/data/node";
import { balancedAccuracyScore, wilsonInterval } from "@cassava/metrics";
import { createClassifier, denseHead, loadBackbone, readKerasWeights, stagesOf } from "@cassava/models";
import { adam, extractFeatures, featureBatches, fit, predict } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

export const slow = true;

const WEIGHTS = "weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5";
const [SIZE, WIDTH, BATCH, EPOCHS, SEED, MAJORITY] = [128, 1280, 16, 15, 42, 3];

/** Features of `source` by a frozen backbone whose batch normalizations go by each batch in mode "training", else by the moving statistics. */
const featuresInMode = async (mode, weights, source) => {
  // A linear head that hands the features through: one "class" for each of them.
  const identity = new Float32Array(WIDTH * WIDTH);
  for (let i = 0; i < WIDTH; i++) identity[i * WIDTH + i] = 1;
  const restore = new Map([
    ...weights,
    ["head_logits/kernel", { shape: [WIDTH, WIDTH], data: identity }],
    ["head_logits/bias", { shape: [WIDTH], data: new Float32Array(WIDTH) }],
  ]);
  const backbone = await loadBackbone("mobilenetV2", { weights, inputSize: SIZE });
  const classes = Array.from({ length: WIDTH }, (_, index) => ({ index, name: `${index}` }));
  const unfreezeFrom = stagesOf(backbone.graph)[0];
  const options = { backbone, head: denseHead({ units: [] }), classes, unfreezeFrom, batchNorm: "training", restore };
  const model = await createClassifier(options);
  const [ids, labels, rows] = [[], [], []];
  for await (const batch of source.batches(0)) {
    const pixels = await model.frozen.run(batch);
    const features = tf.tidy(() =>
      model.logits(tf.tensor(pixels, [batch.ids.length, ...model.frozen.outputShape]), mode),
    );
    rows.push(await features.data());
    features.dispose();
    ids.push(...batch.ids);
    labels.push(...batch.labels);
  }
  model.dispose();
  const features = new Float32Array(ids.length * WIDTH);
  let at = 0;
  for (const row of rows) {
    features.set(row, at);
    at += row.length;
  }
  return {
    classes: source.classes,
    ids,
    features,
    shape: [WIDTH],
    width: WIDTH,
    labels: Int32Array.from(labels),
    cached: 0,
  };
};

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async ({ root, shared, check, skip }) => {
  if (shared === undefined) {
    skip("collapses on real photographs", "../shared is missing");
    return;
  }
  await useBackend("wasm");
  const frozenEngine = await onnxEngine();
  const file = join(shared, WEIGHTS);
  const weights = await readKerasWeights(await readFile(file), { file });
  const backbone = await loadBackbone("mobilenetV2", { weights, inputSize: SIZE });
  const dataset = await csvDataset(join(shared, "data/cassava"));
  const parts = split(dataset, { ratios: "80/20", seed: SEED });
  const labelOf = new Map(dataset.entries.map(({ id, label }) => [id, label]));
  const head = denseHead({ units: [256, 128, 64], dropout: 0.3 });
  const batches = (ids, more = {}) =>
    imageBatches(dataset, { ids, size: [SIZE, SIZE], batchSize: 32, decode: defaultDecoder(), ...more });
  const fresh = () => createClassifier({ backbone, head, classes: dataset.classes, frozenEngine, seed: SEED });
  const cache = folderStore(join(root, ".cache/conformance-features"));
  const first = await fresh();
  const sorted = [...parts.train].sort((a, b) => labelOf.get(a) - labelOf.get(b));
  const train = await extractFeatures(first.frozen, batches(sorted), { cache });
  const held = featureBatches(await extractFeatures(first.frozen, batches(parts.validation), { cache }), {
    batchSize: 64,
  });
  first.dispose();

  /** How the article's head ends on some features, with what is not said left at our defaults. */
  const runOf = async ({ set = train, learningRate = 1e-3, shuffle = { seed: SEED } }) => {
    const model = await fresh();
    const source = featureBatches(set, { batchSize: BATCH, ...(shuffle && { shuffle }) });
    const options = { train: source, validation: held, epochs: EPOCHS, optimizer: adam({ learningRate }), seed: SEED };
    const { history } = await fit(model, options).result;
    const { labels, predicted } = await predict(model, held);
    model.dispose();
    const n = labels.length;
    const correct = predicted.reduce((sum, answer, i) => sum + Number(answer === labels[i]), 0);
    const counts = dataset.classes.map((_, label) => predicted.filter((answer) => answer === label).length);
    const { low, high } = wilsonInterval(correct, n);
    const majority = labels.filter((label) => label === MAJORITY).length / n;
    const found = {
      low,
      high,
      majority,
      balanced: balancedAccuracyScore(labels, predicted, { classes: dataset.classes.length }),
      oneClass: Math.max(...counts) / n,
      loss: history.val_loss.at(-1),
    };
    console.log(
      `    accuracy ${(correct / n).toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)}), n = ${n}, majority ${majority.toFixed(3)}; balanced ${found.balanced.toFixed(3)}; ${(100 * found.oneClass).toFixed(1)} % of the answers are ${dataset.classes[counts.indexOf(Math.max(...counts))].name}; validation loss ${found.loss.toFixed(3)}`,
    );
    return found;
  };
  const collapsed = ({ low, majority, balanced, oneClass }) => {
    if (!(oneClass >= 0.9)) throw new Error(`only ${oneClass} of the answers are one class`);
    if (!(low <= majority)) throw new Error("it is better than the majority class");
    if (!(balanced < 0.25)) throw new Error(`balanced accuracy is ${balanced}`);
  };

  await check("our defaults: beyond the majority share", async () => {
    const { low, majority, balanced } = await runOf({});
    if (!(low > majority)) throw new Error("not beyond the majority share");
    if (!(balanced > 0.33)) throw new Error(`balanced accuracy is ${balanced}`);
  });
  await check("a rate of 1e-1: one answer for every image", async () => collapsed(await runOf({ learningRate: 0.1 })));
  await check("sorted by class and never shuffled: one answer for every image", async () =>
    collapsed(await runOf({ shuffle: null })),
  );
  await check("by the moving statistics, what makes the next features gives the frozen part's", async () => {
    const some = await featuresInMode("inference", weights, batches(sorted.slice(0, BATCH)));
    const apart = some.features.reduce((most, value, i) => Math.max(most, Math.abs(value - train.features[i])), 0);
    if (some.ids.join() !== train.ids.slice(0, BATCH).join()) throw new Error("other images");
    if (!(apart < 1e-3)) throw new Error(`features differ by ${apart}`);
    console.log(`    ${BATCH} images: features differ by ${apart.toExponential(1)}`);
  });
  await check(
    "batch normalization by the batch under a frozen backbone: no better than the majority class",
    async () => {
      const source = batches(parts.train, { batchSize: BATCH, shuffle: { seed: SEED } });
      const { low, majority, balanced } = await runOf({ set: await featuresInMode("training", weights, source) });
      if (!(low <= majority)) throw new Error("it is better than the majority class");
      if (!(balanced < 0.25)) throw new Error(`balanced accuracy is ${balanced}`);
    },
  );
  await dataset.close();
};
