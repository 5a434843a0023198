// A frozen MobileNetV2 at 224 pixels on WebAssembly: two threads with an engine each beside one, over the same images in one process.
import { randomFillSync } from "node:crypto";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { frozenPool, useBackend } from "@cassava/backend/node";
import { createClassifier, denseHead, loadBackbone } from "@cassava/models";
import { root } from "../scripts/lib/paths.mjs";
import { sideBySide } from "./side-by-side.mjs";

const [SIZE, IMAGES] = [224, 64];

/** @type {import("../scripts/bench.mjs").Bench} */
export default async ({ rounds }) => {
  await useBackend("wasm");
  const backbone = await loadBackbone("mobilenetV2", { weights: "none", inputSize: SIZE, seed: 1 });
  /** @type {import("@cassava/models").FrozenSource | undefined} */
  let init;
  const model = await createClassifier({
    backbone,
    head: denseHead({ units: [] }),
    classes: [{ index: 0, name: "one" }],
    frozenThreads: (local, source) => {
      init = source;
      return local;
    },
  });
  const ids = Array.from({ length: IMAGES }, (_, i) => `image-${i}`);
  const images = randomFillSync(new Uint8Array(IMAGES * SIZE * SIZE * 3));
  const batch = {
    ids,
    images,
    shape: /** @type {const} */ ([IMAGES, SIZE, SIZE, 3]),
    views: new Int32Array(IMAGES),
    hashes: ids,
  };
  const script = join(root, "packages/cli/dist/frozen-worker.js");
  const pool = (/** @type {number} */ workers) => frozenPool({ createWorker: () => new Worker(script), workers, init });
  const [one, two] = [await pool(1), await pool(2)];
  const expected = await model.frozen.run(batch);
  for (const part of [one, two]) {
    const made = await part.run(batch);
    if (!expected.every((value, i) => Object.is(value, made[i]))) throw new Error("the features of threads differ");
  }
  const timed = (/** @type {import("@cassava/models").FrozenPart} */ part) => async () => {
    await part.run(batch);
    return undefined;
  };
  const rows = await sideBySide({
    rounds,
    contenders: { "1 thread": timed(one), "2 threads": timed(two), "this thread": timed(model.frozen) },
  });
  for (const part of [one, two]) part.dispose();
  model.dispose();
  const [single, double] = rows;
  return {
    rows: rows.map(({ contender, median, spread, ratio }) => ({
      contender,
      "ms/image": (1000 * median) / IMAGES,
      spread,
      "times one thread": 1 / ratio,
    })),
    targets: [{ id: "two-threads.vs-one", value: Number(single?.median) / Number(double?.median), atLeast: 1.7 }],
  };
};
