import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Batch, imageBatches, isDataError, memoryDataset, mixUpBatches } from "../src/index.ts";
import { batchImages, batchTensors, tensorDataset } from "../src/tfjs.ts";
import { plain, plainDecoder, rejection } from "./support.ts";

const data = memoryDataset({
  classes: ["dark", "bright"],
  images: Array.from({ length: 10 }, (_, k) => ({ id: `i${k}`, label: k % 2, bytes: plain(2, 2, (k % 2) * 200 + k) })),
});
const source = imageBatches(data, { size: [2, 2], batchSize: 4, decode: plainDecoder(), shuffle: { seed: 3 } });

let before = 0;
beforeAll(async () => {
  await tf.setBackend("cpu");
  before = tf.memory().numTensors;
});
afterAll(() => expect(tf.memory().numTensors).toBe(before));

const firstOf = async (batches: AsyncIterable<Batch>): Promise<Batch> => {
  for await (const batch of batches) return batch;
  throw new Error("no batch");
};

describe("batchTensors", () => {
  it("is the batch as float32 images and one-hot answers", async () => {
    const batch = await firstOf(source.batches(0));
    const { xs, ys } = batchTensors(batch, 2);
    expect([xs.shape, xs.dtype, ys.shape]).toEqual([[4, 2, 2, 3], "float32", [4, 2]]);
    expect(await xs.data()).toEqual(Float32Array.from(batch.images));
    expect([...(await ys.data())]).toEqual([...batch.labels!].flatMap((label) => [1 - label, label]));
    tf.dispose([xs, ys]);
    const images = batchImages(batch);
    expect(await images.data()).toEqual(Float32Array.from(batch.images));
    images.dispose();
  });

  it("takes soft targets as they are", async () => {
    const batch = await firstOf(mixUpBatches(source, { alpha: 1, seed: 2 }).batches(0));
    const { xs, ys } = batchTensors(batch, 2);
    expect(await ys.data()).toEqual(batch.targets);
    tf.dispose([xs, ys]);
  });

  it("refuses a batch without labels, and leaves no tensor behind", async () => {
    const { labels, ...unlabelled } = await firstOf(source.batches(0));
    expect(labels).toHaveLength(4);
    expect(isDataError(await rejection(async () => batchTensors(unlabelled, 2)), "NO_LABELS")).toBe(true);
  });
});

describe("tensorDataset", () => {
  it("iterates an epoch of the source, the next one each time", async () => {
    const dataset = tensorDataset(source, { epoch: 4 });
    for (const epoch of [4, 5]) {
      const seen: number[] = [];
      await dataset.forEachAsync(async ({ xs, ys }) => {
        for (const [at, value] of (await xs.data()).entries()) if (at % 12 === 0) seen.push(value);
        tf.dispose([xs, ys]);
      });
      const wanted: number[] = [];
      for await (const { images } of source.batches(epoch)) wanted.push(...images.filter((_, at) => at % 12 === 0));
      expect(seen).toEqual(wanted);
    }
  });

  it("trains a model of one's own through fitDataset without leaking a tensor", async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.rescaling({ scale: 1 / 255, inputShape: [2, 2, 3] }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2, activation: "softmax", kernelInitializer: "zeros" }),
      ],
    });
    const optimizer = tf.train.sgd(0.5);
    model.compile({ optimizer, loss: "categoricalCrossentropy" });
    await model.fitDataset(tensorDataset(source), { epochs: 1, verbose: 0 });
    const afterOne = tf.memory().numTensors;
    const { history } = await model.fitDataset(tensorDataset(source, { epoch: 1 }), { epochs: 4, verbose: 0 });
    expect(tf.memory().numTensors).toBe(afterOne);
    expect(history.loss!.at(-1)).toBeLessThan(Math.log(2) / 2);
    model.dispose();
    optimizer.dispose();
  });

  it("passes the errors of the source on", async () => {
    const broken = memoryDataset({ classes: ["a"], images: [{ id: "bad", label: 0, bytes: plain(0, 0, 0) }] });
    const failing = imageBatches(broken, { size: [2, 2], batchSize: 1, decode: plainDecoder() });
    const error = await rejection(tensorDataset(failing).forEachAsync(() => undefined));
    expect(isDataError(error, "IMAGE_UNREADABLE") && error.id).toBe("bad");
  });
});
