// `node features-memory-run.mjs SHARDS CACHE BACKBONE WEIGHTS`: features of all photographs in SHARDS into a cache, and a head trained on
// them, in a process of its own. Linux: the kernel's peak of the resident set (VmHWM).
import { onnxEngine, useBackend } from "@cassava/backend/node";
import { imageBatches, split } from "@cassava/data";
import { defaultDecoder, folderStore, openDataset } from "@cassava/data/node";
import { createClassifier, denseHead } from "@cassava/models";
import { loadBackbone } from "@cassava/models/node";
import { extractFeatures, featureBatches, fit } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";
import { peakMiB } from "./memory-peak.mjs";

const [shards = "", cacheFolder = "", name = "", weights = "none"] = process.argv.slice(2);
const SIZE = 224;
const EPOCHS = 10;
const CACHE_BYTES = 2 ** 30;

tf.env().set("PROD", true);
await useBackend("wasm");
const frozenEngine = await onnxEngine();
const backbone = await loadBackbone(name, weights === "none" ? { weights } : { weights, inputSize: SIZE });
const dataset = await openDataset(shards);
/** @type {Record<string, string | number>[]} */
const steps = [];
/**
 * @template T
 * @param {string} step
 * @param {number} images
 * @param {() => Promise<T>} work
 */
const timed = async (step, images, work) => {
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  steps.push({ step, images, seconds, "images/s": images / seconds, "peak MiB": peakMiB() });
  return result;
};

const head = denseHead({ units: [256, 128, 64], dropout: 0.3 });
const model = await createClassifier({ backbone, head, classes: dataset.classes, frozenEngine });
const parts = split(dataset, { ratios: "85/15" });
const cache = folderStore(cacheFolder, { maxBytes: CACHE_BYTES });
const decode = defaultDecoder();
const extract = (/** @type {readonly string[]} */ ids) =>
  extractFeatures(model.frozen, imageBatches(dataset, { ids, size: [SIZE, SIZE], batchSize: 32, decode }), { cache });

const { train, validation } = parts;
const all = train.length + validation.length;
const sets = await timed("features, computed", all, async () => [await extract(train), await extract(validation)]);
const [trainSet, validationSet] =
  /** @type {[import("@cassava/train").FeatureSet, import("@cassava/train").FeatureSet]} */ (sets);
if (trainSet.cached + validationSet.cached > 0) throw new Error("the cache was not empty");
const { history } = await timed(`head, ${EPOCHS} epochs`, EPOCHS * train.length, () => {
  const options = { batchSize: 16, shuffle: { seed: 42 } };
  const held = featureBatches(validationSet, { batchSize: 64 });
  return fit(model, { train: featureBatches(trainSet, options), validation: held, epochs: EPOCHS, checkLeaks: true })
    .result;
});
const peak = peakMiB();
// Beside the sets that are held already: not a part of the peak above.
const again = await timed("features, from the cache", validation.length, () => extract(validation));
if (again.cached !== validation.length) throw new Error(`${again.cached} of ${validation.length} were in the cache`);
await dataset.close();
process.stdout.write(JSON.stringify({ steps, peak, width: trainSet.width, accuracy: history.val_accuracy?.at(-1) }));
