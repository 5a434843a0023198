import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import {
  createClassifier,
  denseHead,
  loadBackbone,
  preprocess,
  preprocessingSteps,
  saveClassifier,
  untrainedWeights,
} from "../src/index.ts";
import { plainProbabilities, probabilitiesOf, testClassifier } from "./layers-support.ts";
import { contractDifference, contractOf } from "./onnx-support.ts";
import { fiveClasses, mapStore, noiseBatch, relativeDifference, withStatistics } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const batch = noiseBatch(2, 64);

describe("a contract that rescales pixels", () => {
  it.each(["caffe", "torch", "tf"] as const)("%s: as data it is what the tensors are", async (mode) => {
    const pixels = tf.tensor4d(Float32Array.from(batch.images), [...batch.shape]);
    const seen = preprocess(pixels, mode, 1 / 255);
    const { reversed, mean, scale } = preprocessingSteps({ mode, rescale: 1 / 255 });
    const wanted = Float32Array.from(batch.images, (_, i) => {
      const c = i % 3;
      return (batch.images[reversed ? i - c + 2 - c : i]! - mean[c]!) * scale[c]!;
    });
    expect(relativeDifference(await seen.data(), wanted)).toBeLessThan(1e-5);
    // The same as pixels that were divided before.
    const divided = preprocess(pixels.div(255), mode);
    expect(relativeDifference(await seen.data(), await divided.data())).toBeLessThan(1e-5);
    tf.dispose([pixels, seen, divided]);
  });

  it("is another network with other features, in tfjs, in ONNX and as a tfjs model alike", async () => {
    const backbone = await loadBackbone("resnet14", { weights: "none", inputSize: 64 });
    const weights = withStatistics(backbone.weights);
    const contract = { ...contractOf("caffe", 64), rescale: 1 / 255 };
    expect(await contractDifference({ graph: backbone.graph, weights }, contract)).toBeLessThan(1e-4);
    const model = await testClassifier("resnet14", batch, { preprocessing: "caffe", rescale: 1 / 255 });
    const plain = await testClassifier("resnet14", batch, { preprocessing: "caffe" });
    expect(model.contract.rescale).toBe(1 / 255);
    expect("rescale" in plain.contract).toBe(false);
    expect(model.frozen.id).not.toBe(plain.frozen.id);
    const [ours, others] = [await model.frozen.run(batch), await plain.frozen.run(batch)];
    expect(relativeDifference(ours, others)).toBeGreaterThan(0.01);
    const store = mapStore();
    await saveClassifier(model, store);
    const exported = await plainProbabilities(store, batch);
    expect(relativeDifference(exported, await probabilitiesOf(model, batch))).toBeLessThan(1e-4);
    model.dispose();
    plain.dispose();
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d", async (rescale) => {
    const backbone = await loadBackbone("resnet14", { weights: "none", inputSize: 32 });
    const options = { backbone, head: denseHead({ units: [] }), classes: fiveClasses, rescale };
    await expect(createClassifier(options)).rejects.toThrow(/rescale must be a positive number/);
  });
});

it("untrainedWeights knows a network without its weights from one with them", async () => {
  const { weights } = await loadBackbone("resnet14", { weights: "none", inputSize: 32 });
  const random = untrainedWeights(weights);
  expect(random.of).toBeGreaterThan(10);
  expect(random.names).toHaveLength(random.of);
  expect(untrainedWeights(withStatistics(weights)).names).toEqual([]);
});
