// @cassava/models against Keras: features on identical pixels, with random weights and with the real ImageNet ones.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { useBackend } from "@cassava/backend/node";
import { imageBatches } from "@cassava/data";
import { openDataset, sharpDecoder } from "@cassava/data/node";
import { createClassifier, denseHead, loadBackbone, readKerasWeights } from "@cassava/models";

const REAL = {
  mobilenetV2: "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
  resnet50: "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5.gz",
};
/** Largest difference allowed, as a share of the largest feature. */
const TOLERANCE = 1e-3;
const PHOTOGRAPHS = 64;
const CLASSES = [0, 1].map((index) => ({ index, name: `${index}` }));

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async ({ python, shared, work, check, skip }) => {
  await useBackend("wasm");

  const keras = async (name, weights, pixels, size) => {
    const [raw, out] = [join(work, "pixels.raw"), join(work, "features.raw")];
    await writeFile(raw, pixels);
    const parameters = Number(await python("models/features.py", [name, weights, raw, size, out]));
    return { features: new Float32Array(new Uint8Array(await readFile(out)).buffer), parameters };
  };
  const ours = async (name, weights, images, size) => {
    const backbone = loadBackbone(name, { weights, inputSize: size });
    const model = await createClassifier({ backbone, head: denseHead({ units: [] }), classes: CLASSES });
    const n = images.length / (size * size * 3);
    const ids = Array.from({ length: n }, (_, i) => `${i}`);
    const batch = { ids, images, shape: [n, size, size, 3], views: new Int32Array(n), hashes: ids };
    const features = await model.frozen.run(batch);
    model.dispose();
    return { features, parameters: [...weights.values()].reduce((sum, { data }) => sum + data.length, 0) };
  };

  for (const name of Object.keys(REAL)) {
    const file = join(work, `${name}.h5`);
    await python("models/weights.py", [name, file]);
    const weights = await readKerasWeights(await readFile(file), { file });
    for (const size of [224, 160]) {
      const images = noise(4, size);
      const theirs = await keras(name, file, images, size);
      await check(`${name} at ${size} px with random weights and statistics has Keras's features`, async () => {
        const own = await ours(name, weights, images, size);
        expectClose(own.features, theirs.features);
        if (own.parameters !== theirs.parameters)
          throw new Error(`${own.parameters} parameters, Keras has ${theirs.parameters}`);
      });
      if (size !== 160) continue;
      await check(`the oracle notices two swapped tensors of one layer of ${name}`, async () => {
        const layer = [...weights.keys()]
          .filter((key) => key.endsWith("/gamma"))
          .at(-3)
          .split("/")[0];
        const swapped = new Map(weights);
        swapped.set(`${layer}/beta`, weights.get(`${layer}/moving_mean`));
        swapped.set(`${layer}/moving_mean`, weights.get(`${layer}/beta`));
        const { features } = await ours(name, swapped, images, size);
        if (relativeDifference(features, theirs.features) < 5 * TOLERANCE) throw new Error("it did not");
      });
    }
  }

  if (shared === undefined) {
    skip("features of real photographs with real ImageNet weights", "../shared is missing");
    return;
  }
  const photographs = await decodePhotographs(join(shared, "data/cassava"), PHOTOGRAPHS, 224);
  for (const [name, file] of Object.entries(REAL)) {
    const bytes = await readFile(join(shared, "weights", file));
    const plain = join(work, `${name}-imagenet.h5`);
    await writeFile(plain, file.endsWith(".gz") ? gunzipSync(bytes) : bytes);
    const theirs = await keras(name, plain, photographs, 224);
    await check(`${name} with its ImageNet weights has Keras's features of ${PHOTOGRAPHS} photographs`, async () => {
      const own = await ours(name, await readKerasWeights(bytes, { file }), photographs, 224);
      expectClose(own.features, theirs.features);
    });
  }
};

/** The pixels of the first photographs, as training sees them. */
async function decodePhotographs(folder, count, size) {
  const dataset = await openDataset(folder);
  const ids = dataset.entries.slice(0, count).map(({ id }) => id);
  const source = imageBatches(dataset, { ids, size: [size, size], batchSize: count, decode: sharpDecoder() });
  for await (const batch of source.batches(0)) {
    await dataset.close();
    return batch.images;
  }
  throw new Error(`${folder} holds no images`);
}

/** Repeatable noise images. */
function noise(n, size) {
  let state = 9;
  return Uint8Array.from({ length: n * size * size * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function expectClose(found, wanted) {
  const difference = relativeDifference(found, wanted);
  if (!(difference <= TOLERANCE)) throw new Error(`differ by ${difference} of the largest feature`);
  console.log(`    max|difference| / max|reference| = ${difference.toExponential(1)}`);
}

function relativeDifference(found, wanted) {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    difference = Math.max(difference, Math.abs(found[i] - wanted[i]));
    largest = Math.max(largest, Math.abs(wanted[i]));
  }
  return difference / largest;
}
