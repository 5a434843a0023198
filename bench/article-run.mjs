// The article's network with our packages as contender of the bench: node article-run.mjs TASK PLAN.json, where PLAN is that of article.py and
// has the folder of the data set and one for features besides. Prints one line of JSON.
// views1: features of the plain photographs, views4: of four augmented views of each, one of which is drawn per epoch; then `epochs` of
// the head; from files to metrics of one held-out fold. quality1, quality4: the same over all folds: the predicted class of every photograph
// by a network that has not seen it.
import { readFile } from "node:fs/promises";
import { onnxEngine, useBackend } from "@cassava/backend/node";
import { augmentation, imageBatches, randomFlip, randomRotation } from "@cassava/data";
import { csvDataset, folderStore, workerLoader } from "@cassava/data/node";
import { createClassifier, denseHead } from "@cassava/models";
import { loadBackbone } from "@cassava/models/node";
import { adam, extractFeatures, featureBatches, fit, predict, viewBatches } from "@cassava/train";

const [BATCH, SEED, RATE] = [16, 42, 1e-3];
const [task = "", planFile = ""] = process.argv.slice(2);
/** @type {{ ids: string[], labels: number[], folds: number[], weights: string, epochs: number, fold: number, data: string, features: string }} */
const plan = JSON.parse(await readFile(planFile, "utf8"));
const views = task.endsWith("4") ? 4 : 0;

const began = performance.now();
await useBackend("wasm");
const [dataset, engine] = await Promise.all([csvDataset(plan.data), onnxEngine()]);
const backbone = await loadBackbone("resnet50", { weights: plan.weights });
const head = denseHead({ units: [256, 128, 64], dropout: 0.3 });
const decode = workerLoader();
const cache = folderStore(plan.features);
const policy = augmentation([randomFlip(), randomRotation(0.1)]);
let model = await createClassifier({ backbone, head, classes: dataset.classes, frozenEngine: engine, seed: SEED });

/** Features of some photographs; view 0 is the plain one. */
const extract = (/** @type {readonly string[]} */ ids, view = 0) => {
  const augment = view > 0 && { augment: { policy, seed: SEED, views: { only: view } } };
  const source = imageBatches(dataset, { ids, size: [224, 224], batchSize: 32, decode, ...augment });
  return extractFeatures(model.frozen, source, { cache });
};

/** Predicted classes of a fold by a head that was trained on the others. */
const judged = async (/** @type {number} */ fold) => {
  const idsOf = (/** @type {boolean} */ held) => plan.ids.filter((_, i) => (plan.folds[i] === fold) === held);
  const order = { batchSize: BATCH, shuffle: { seed: SEED + fold } };
  const train = idsOf(false);
  const sets = [];
  for (let view = 1; view <= views; view++) sets.push(await extract(train, view));
  const source =
    views === 0 ? featureBatches(await extract(train), order) : viewBatches(sets, { ...order, seed: SEED });
  const held = await extract(idsOf(true));
  const run = fit(model, {
    train: source,
    epochs: plan.epochs,
    optimizer: adam({ learningRate: RATE }),
    seed: SEED + fold,
  });
  await run.result;
  return predict(model, featureBatches(held, { batchSize: 64 }));
};

if (task.startsWith("views")) {
  const { ids, predicted } = await judged(plan.fold);
  const labels = new Map(plan.ids.map((id, i) => [id, plan.labels[i]]));
  const right = ids.filter((id, i) => labels.get(id) === predicted[i]).length;
  process.stdout.write(JSON.stringify({ seconds: (performance.now() - began) / 1000, accuracy: right / ids.length }));
} else {
  /** @type {Map<string, number>} */
  const all = new Map();
  for (let fold = 0; fold <= Math.max(...plan.folds); fold++) {
    const { ids, predicted } = await judged(fold);
    for (const [i, id] of ids.entries()) all.set(id, /** @type {number} */ (predicted[i]));
    model.dispose();
    model = await createClassifier({
      backbone,
      head,
      classes: dataset.classes,
      frozenEngine: engine,
      seed: SEED + fold + 1,
    });
  }
  process.stdout.write(JSON.stringify({ predicted: plan.ids.map((id) => all.get(id)) }));
}
model.dispose();
await decode.close?.();
await dataset.close();
