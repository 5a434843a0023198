// Records of TFRecord files into a model of one's own: @cassava/tfrecord reads, TensorFlow.js trains.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readExamples } from "@cassava/tfrecord";
import { openFile } from "@cassava/tfrecord/node";
import * as tf from "@tensorflow/tfjs";
import { CLASSES, leaf, makeRecords, SIZE } from "./make-records.mjs";

const folder = await mkdtemp(join(tmpdir(), "plain-tfjs-"));
const train = join(folder, "train.tfrec");
const validation = join(folder, "validation.tfrec");
await makeRecords(train, { count: 360, seed: 1 });
await makeRecords(validation, { count: 120, seed: 2 });

/**
 * The file as a tf.data Dataset: read anew in every epoch, one record at a time, so that its size does not matter.
 * @param {string} path
 */
const examples = (path) =>
  tf.data.generator(async function* () {
    for await (const { image, target } of readExamples(openFile(path), leaf)) {
      yield {
        xs: tf.tensor3d(
          Float32Array.from(image, (value) => value / 127.5 - 1),
          [SIZE, SIZE, 3],
        ),
        ys: tf.oneHot(target, CLASSES.length),
      };
    }
  });

const kernelInitializer = tf.initializers.heNormal({ seed: 7 });
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({
      inputShape: [SIZE, SIZE, 3],
      filters: 8,
      kernelSize: 3,
      strides: 2,
      activation: "relu",
      kernelInitializer,
    }),
    tf.layers.conv2d({ filters: 16, kernelSize: 3, strides: 2, activation: "relu", kernelInitializer }),
    tf.layers.flatten(),
    tf.layers.dense({ units: CLASSES.length, activation: "softmax", kernelInitializer }),
  ],
});
model.compile({ optimizer: tf.train.adam(0.005), loss: "categoricalCrossentropy", metrics: ["accuracy"] });

await model.fitDataset(examples(train).shuffle(128, "7").batch(16), {
  epochs: 6,
  validationData: examples(validation).batch(60),
  verbose: 0,
  callbacks: {
    onEpochEnd: (epoch, logs) => console.log(`epoch ${epoch + 1}`, JSON.stringify(logs)),
  },
});
