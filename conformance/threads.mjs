// Frozen parts in threads of WebAssembly, as the command starts them: real photographs through MobileNetV2 with real weights give the same
// features, to the last bit, in this thread and in any number of others.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { frozenPool, useBackend } from "@cassava/backend/node";
import { imageBatches } from "@cassava/data";
import { csvDataset, defaultDecoder } from "@cassava/data/node";
import { createClassifier, denseHead, loadBackbone, readKerasWeights } from "@cassava/models";

const WEIGHTS = "weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5";
const [SIZE, IMAGES] = [96, 37];

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async ({ root, shared, check, skip }) => {
  if (shared === undefined) {
    skip("frozen parts in threads on real photographs", "../shared is missing");
    return;
  }
  await useBackend("wasm");
  const file = join(shared, WEIGHTS);
  const weights = await readKerasWeights(await readFile(file), { file });
  const backbone = await loadBackbone("mobilenetV2", { weights, inputSize: SIZE });
  const dataset = await csvDataset(join(shared, "data/cassava"));
  const ids = dataset.entries.slice(0, IMAGES).map(({ id }) => id);
  const source = imageBatches(dataset, { ids, size: [SIZE, SIZE], batchSize: IMAGES, decode: defaultDecoder() });
  let batch;
  for await (const one of source.batches(0)) batch = one;

  /** What `frozenPool` is given: all that the frozen part of a classifier is made of. */
  let init;
  const model = await createClassifier({
    backbone,
    head: denseHead({ units: [] }),
    classes: dataset.classes,
    frozenThreads: (local, made) => {
      init = made;
      return local;
    },
  });
  const expected = await model.frozen.run(batch);
  const script = join(root, "packages/cli/dist/frozen-worker.js");
  for (const workers of [1, 2, 3]) {
    await check(`${workers} threads give the features of this one, bit for bit`, async () => {
      const part = await frozenPool({ createWorker: () => new Worker(script), workers, init });
      const made = await part.run(batch);
      part.dispose();
      if (part.id !== model.frozen.id) throw new Error(`the part calls itself ${part.id}, not ${model.frozen.id}`);
      const off = expected.findIndex((value, i) => !Object.is(value, made[i]));
      if (off >= 0) throw new Error(`number ${off} is ${made[off]}, not ${expected[off]}`);
      return made.length === expected.length && expected.some((value) => value !== 0);
    });
  }
  model.dispose();
};
