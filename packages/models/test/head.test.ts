import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { createClassifier, denseHead, isModelsError, loadBackbone, summary } from "../src/index.ts";
import { fiveClasses, noise, noiseBatch, relativeDifference } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const features = (n: number) => {
  const next = noise(11);
  return tf.tensor(Float32Array.from({ length: n * 64 }, next), [n, 64]);
};

describe("denseHead", () => {
  it("computes dense, normalization, activation, dropout in this order, and logits", async () => {
    const backbone = await loadBackbone("resnet14", { weights: "none" });
    for (const activation of ["relu", "elu", "tanh", "swish", "linear"] as const) {
      const head = denseHead({ units: [7], dropout: 0.4, batchNorm: true, activation });
      const model = await createClassifier({ backbone, head, classes: fiveClasses });
      expect(model.graph.nodes.filter(({ stage }) => stage === "head").map(({ op }) => op)).toEqual(
        ["dense", "batchNorm", "activation", "dropout", "dense"].filter(
          (op) => op !== "activation" || activation !== "linear",
        ),
      );
      const weight = (name: string) => model.weights.find((w) => w.name === name)!.variable;
      weight("head_bn_1/moving_mean").assign(tf.fill([7], 0.2));
      weight("head_bn_1/beta").assign(tf.fill([7], -0.1));
      const x = features(3);
      const found = model.logits(x, "inference");
      const byHand = tf.tidy(() => {
        const dense = x.matMul(weight("head_dense_1/kernel"));
        const normal = dense
          .sub(0.2)
          .div(Math.sqrt(1 + 1e-3))
          .sub(0.1);
        const active = {
          relu: () => normal.relu(),
          elu: () => tf.where(normal.greater(0), normal, normal.exp().sub(1)),
          tanh: () => normal.tanh(),
          swish: () => normal.div(normal.neg().exp().add(1)),
          linear: () => normal,
        }[activation]();
        return active.matMul(weight("head_logits/kernel"));
      });
      expect(relativeDifference(await found.data(), await byHand.data())).toBeLessThan(1e-5);
      tf.dispose([x, found, byHand]);
      model.dispose();
    }
  });

  it("trains its normalization also above a frozen backbone, and moves its statistics", async () => {
    const { weights, ...rest } = await loadBackbone("resnet14", { weights: "none" });
    const backbone = { ...rest, weights, pretrained: true };
    const model = await createClassifier({ backbone, head: denseHead({ batchNorm: true }), classes: fiveClasses });
    expect(model.batchNorm).toBe("frozen");
    const norms = model.weights.filter(({ name }) => name.startsWith("head_bn_1/"));
    expect(norms.map(({ name, trainable }) => [name.split("/")[1], trainable])).toEqual([
      ["gamma", true],
      ["beta", true],
      ["moving_mean", false],
      ["moving_variance", false],
    ]);
    const x = features(6);
    const mean = norms[2]!.variable;
    model.logits(x, "inference").dispose();
    expect((await mean.data()).every((value) => value === 0)).toBe(true);
    model.logits(x, "training", 1).dispose();
    const dense = model.weights.find(({ name }) => name === "head_dense_1/kernel")!.variable;
    const expected = tf.tidy(() => x.matMul(dense).mean(0).mul(0.01));
    expect(relativeDifference(await mean.data(), await expected.data())).toBeLessThan(1e-4);
    tf.dispose([x, expected]);
    model.dispose();
  });

  it("begins with the shares of the classes as its answer to no evidence", async () => {
    const backbone = await loadBackbone("resnet14", { weights: "none" });
    const classCounts = [52, 107, 118, 653, 128];
    const model = await createClassifier({ backbone, head: denseHead(), classes: fiveClasses, classCounts });
    const answer = tf.tidy(() => model.logits(tf.zeros([1, 64]), "inference").softmax());
    const shares = classCounts.map((count) => count / 1058);
    expect(relativeDifference(await answer.data(), shares)).toBeLessThan(1e-5);
    answer.dispose();
    model.dispose();
    await expect(
      createClassifier({ backbone, head: denseHead(), classes: fiveClasses, classCounts: [1, 2] }),
    ).rejects.toThrow("classCounts has 2 numbers for 5 classes");
  });

  it("takes features that are not pooled, and those pooled by their maximum", async () => {
    for (const [pooling, width] of [
      ["none", 16 * 16 * 64],
      ["max", 64],
    ] as const) {
      const backbone = await loadBackbone("resnet14", { weights: "none", pooling, inputSize: 128 });
      const model = await createClassifier({ backbone, head: denseHead({ units: [] }), classes: fiveClasses });
      expect(model.frozen.outputShape.reduce((a, b) => a * b)).toBe(width);
      const values = await model.frozen.run(noiseBatch(2, 128));
      const logits = tf.tidy(() => model.logits(tf.tensor(values, [2, ...model.frozen.outputShape]), "inference"));
      expect(logits.shape).toEqual([2, 5]);
      expect(summary(model)).toMatchObject({ features: width, trainableParameters: 5 * (width + 1) });
      logits.dispose();
      model.dispose();
    }
  });

  it("refuses what makes no layer", () => {
    const bad = [
      { units: [0] },
      { units: [2.5] },
      { dropout: 1 },
      { dropout: Number.NaN },
      { activation: "gelu" as "elu" },
    ];
    for (const options of bad) {
      expect(() => denseHead(options)).toThrow(/got|there is no activation "gelu": take relu, elu/);
      try {
        denseHead(options);
      } catch (error) {
        expect(isModelsError(error, "OPTION_INVALID")).toBe(true);
      }
    }
  });
});

it("sums up every layer", async () => {
  const backbone = await loadBackbone("resnet14", { weights: "none" });
  const model = await createClassifier({
    backbone,
    head: denseHead({ units: [8] }),
    classes: fiveClasses,
    unfreezeFrom: "conv4",
  });
  const { layers, ...total } = summary(model);
  expect(layers.at(-1)).toEqual({
    name: "head_logits",
    op: "dense",
    stage: "head",
    shape: [5],
    parameters: 45,
    trainableParameters: 45,
    multiplyAdds: 40,
  });
  expect(layers.find(({ name }) => name === "conv1_conv")).toMatchObject({
    shape: [32, 32, 16],
    parameters: 432,
    trainableParameters: 0,
    multiplyAdds: 32 * 32 * 432,
  });
  expect(layers.find(({ name }) => name === "conv4_block2_1_conv")).toMatchObject({ trainableParameters: 9 * 64 * 64 });
  for (const key of ["parameters", "trainableParameters", "multiplyAdds"] as const) {
    expect(layers.reduce((sum, layer) => sum + layer[key], 0)).toBe(total[key]);
  }
  model.dispose();
});
