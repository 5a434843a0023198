// From leaves to a verdict, with the packages alone: `node main.mjs` on synthetic leaves, `node main.mjs FOLDER [WEIGHTS]` on photographs.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useBackend } from "@cassava/backend/node";
import { imageBatches, split } from "@cassava/data";
import { defaultDecoder, openDataset, writeSyntheticShards } from "@cassava/data/node";
import { evaluateClassification } from "@cassava/metrics";
import { describeDiagnosis, diagnose } from "@cassava/metrics/diagnosis";
import { createClassifier, denseHead } from "@cassava/models";
import { loadBackbone } from "@cassava/models/node";
import { adam, cosineSchedule, extractFeatures, featureBatches, fit, predict } from "@cassava/train";

const [folder, weights = "imagenet"] = process.argv.slice(2);
console.log(`computes on ${(await useBackend()).device}`);

// TFRecord shards, train.csv with train_images/, or a folder per class; without any, painted leaves in the classes of cassava.
const shards = folder ?? join(await mkdtemp(join(tmpdir(), "quickstart-")), "leaves");
if (folder === undefined) await writeSyntheticShards(shards, { count: 800, difficulty: 0.1, seed: 42 }, { shards: 2 });
const leaves = await openDataset(shards);
const classes = leaves.classes.map(({ name }) => name);
const { train, validation, test, counts } = split(leaves, { ratios: "60/20/20", seed: 42 });

// Photographs: a head on a frozen backbone with its ImageNet weights. Painted leaves: a small network, all of it trained.
const pretrained = folder !== undefined;
const backbone = await loadBackbone(pretrained ? "mobilenetV2" : "resnet14", {
  weights: pretrained ? weights : "none",
});
const head = denseHead(pretrained ? { units: [256], dropout: 0.3 } : { units: [] });
const unfreezeFrom = pretrained ? undefined : "conv1";
const model = await createClassifier({ backbone, head, classes: leaves.classes, unfreezeFrom });

// What lies below the cut runs once per image; training works on what it gave.
const decode = defaultDecoder();
const features = async (/** @type {readonly string[]} */ ids) =>
  extractFeatures(model.frozen, imageBatches(leaves, { ids, size: model.frozen.inputSize, batchSize: 16, decode }));
const learning = featureBatches(await features(train), { batchSize: 32, shuffle: { seed: 42 } });
const judging = featureBatches(await features(validation), { batchSize: 64 });

const rate = pretrained ? 1e-3 : 3e-3;
const run = fit(model, {
  train: learning,
  validation: judging,
  epochs: 10,
  optimizer: adam({ learningRate: rate }),
  schedule: cosineSchedule(rate),
});
const history = [];
for await (const event of run) {
  if (event.type !== "epoch") continue;
  history.push(event.logs);
  console.log(`epoch ${event.epoch + 1} of ${event.epochs}: ${describeLogs(event.logs)}`);
}

const { labels = [], probabilities } = await predict(model, featureBatches(await features(test), { batchSize: 64 }));
const { n, accuracy, balancedAccuracy, majorityShare } = evaluateClassification({ labels, probabilities, classes });
console.log(`\naccuracy ${withInterval(accuracy)} on ${n} test images; the largest class ${majorityShare.toFixed(3)}`);
console.log(
  `balanced accuracy ${withInterval(balancedAccuracy)}; one answer for all ${(1 / classes.length).toFixed(3)}\n`,
);

const predictions = { split: /** @type {const} */ ("test"), labels, probabilities, classes: classes.length };
console.log(describeDiagnosis(diagnose({ history, classes, splitCounts: counts, predictions })));
await leaves.close();

function describeLogs(/** @type {Readonly<Record<string, number>>} */ logs) {
  return Object.entries(logs)
    .map(([key, value]) => `${key} ${value.toPrecision(3)}`)
    .join(", ");
}

function withInterval(/** @type {import("@cassava/metrics").SummaryInterval} */ { estimate, low, high }) {
  const [share, from, to] = [estimate, low, high].map((value) => (value ?? Number.NaN).toFixed(3));
  return `${share} (95 % interval ${from} to ${to})`;
}
