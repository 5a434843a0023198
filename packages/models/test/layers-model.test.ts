import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { exportLayersModel } from "../src/export/layers-model.ts";
import type { LayersWeight } from "../src/export/layers-weights.ts";
import { backbones, denseHead } from "../src/index.ts";
import { saveClassifier } from "../src/save-classifier.ts";
import {
  largestDifference,
  plainModel,
  plainProbabilities,
  probabilitiesOf,
  type TestClassifierOptions,
  testClassifier,
} from "./layers-support.ts";
import { fiveClasses, mapStore, noiseBatch } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

/** Both sides' probabilities, and how far the images lie apart: a network that ignores its input would compare well. */
async function compare(name: string, size: number, options: TestClassifierOptions = {}) {
  const batch = noiseBatch(2, size);
  const model = await testClassifier(name, batch, options);
  const store = mapStore();
  await exportLayersModel(model, store);
  const ours = await probabilitiesOf(model, batch);
  model.dispose();
  const plain = await plainProbabilities(store, batch);
  return { store, batch, ours, plain, spread: largestDifference(ours.subarray(0, 5), ours.subarray(5)) };
}

describe("plain tf.loadLayersModel gives the same probabilities as this package", () => {
  it.each(Object.values(backbones).map(({ name, minimumInputSize }) => [name, minimumInputSize]))(
    "%s at %i px",
    async (name, size) => {
      const { ours, plain, spread } = await compare(name, size);
      expect(largestDifference(plain, ours)).toBeLessThan(1e-5);
      expect(spread).toBeGreaterThan(1e-3);
    },
  );

  it.each([
    [
      "hidden layers, batch normalization and dropout",
      "resnet14",
      { head: denseHead({ units: [16, 8], dropout: 0.3, batchNorm: true }) },
    ],
    ["elu", "resnet14", { head: denseHead({ units: [16], activation: "elu" }) }],
    ["tanh", "resnet14", { head: denseHead({ units: [16], activation: "tanh" }) }],
    ["swish", "resnet14", { head: denseHead({ units: [16], activation: "swish" }) }],
    ["features that are not pooled", "resnet14", { pooling: "none" }],
    ["the largest features", "resnet14", { pooling: "max" }],
    ["a cut in the middle", "resnet14", { unfreezeFrom: "conv3" }],
  ] as const)("with %s", async (_, name, options) => {
    const { ours, plain, spread } = await compare(name, 64, options);
    expect(largestDifference(plain, ours)).toBeLessThan(1e-5);
    expect(spread).toBeGreaterThan(1e-3);
  });

  it("at an odd size, where padding is uneven", async () => {
    for (const name of ["mobilenetV2", "mobilenet", "resnet14"]) {
      const { ours, plain } = await compare(name, 45);
      expect(largestDifference(plain, ours)).toBeLessThan(1e-5);
    }
  });
});

describe("the comparison", () => {
  const edited = (store: ReturnType<typeof mapStore>, edit: (json: string) => string) => {
    const json = new TextDecoder().decode(store.map.get("model.json"));
    const changed = edit(json);
    expect(changed).not.toBe(json);
    const copy = mapStore();
    for (const [key, bytes] of store.map) copy.map.set(key, bytes);
    copy.map.set("model.json", new TextEncoder().encode(changed));
    return copy;
  };

  it("notices two statistics of one batch normalization that are exchanged", async () => {
    const { store, batch, ours } = await compare("resnet14", 32);
    const swapped = edited(store, (json) => {
      const [beta, mean] = ["beta", "moving_mean"].map((role) => `"name":"conv3_block1_1_bn/${role}"`) as [
        string,
        string,
      ];
      return json.replace(beta, "?").replace(mean, beta).replace("?", mean);
    });
    expect(largestDifference(await plainProbabilities(swapped, batch), ours)).toBeGreaterThan(1e-3);
  });

  it.each(["caffe", "torch", "tf"] as const)("notices a preprocessing layer for %s left out", async (preprocessing) => {
    const { store, batch, ours, plain } = await compare("resnet14", 32, { preprocessing });
    expect(largestDifference(plain, ours)).toBeLessThan(1e-5);
    const without = edited(store, (json) => json.replaceAll('["preprocessing",0,0,{}]', '["input",0,0,{}]'));
    // With nothing behind it the layer is no part of the model, and its weights have no place.
    const loading = plainModel(without);
    await expect(loading).rejects.toThrow("Provided weight data has no target variable: preprocessing/kernel");
    const bare = edited(without, (json) => {
      const model = JSON.parse(json);
      const [group] = model.weightsManifest;
      // The first 48 bytes are its kernel and bias.
      group.weights = group.weights.slice(2);
      const layers = model.modelTopology.config.layers as { name: string }[];
      model.modelTopology.config.layers = layers.filter((layer) => layer.name !== "preprocessing");
      return JSON.stringify(model);
    });
    const [first] = JSON.parse(new TextDecoder().decode(bare.map.get("model.json"))).weightsManifest[0].paths;
    bare.map.set(first, bare.map.get(first)!.slice(48));
    expect(largestDifference(await plainProbabilities(bare, batch), ours)).toBeGreaterThan(1e-3);
  });
});

const pathsOf = ({ map }: ReturnType<typeof mapStore>): string[] =>
  JSON.parse(new TextDecoder().decode(map.get("model.json"))).weightsManifest[0].paths;

describe("exportLayersModel", () => {
  it("keeps Keras's names, freezes the preprocessing and says what the model takes and gives", async () => {
    const batch = noiseBatch(1, 64);
    const model = await testClassifier("mobilenetV2", batch, { unfreezeFrom: "Conv_1" });
    const store = mapStore();
    await exportLayersModel(model, store);
    const plain = await plainModel(store);
    expect(plain.inputs[0]!.shape).toEqual([null, 64, 64, 3]);
    expect(plain.outputs[0]!.shape).toEqual([null, 5]);
    expect(plain.getUserDefinedMetadata()).toEqual({ classes: fiveClasses, contract: model.contract });
    expect(plain.getLayer("expanded_conv_depthwise").weights.map(({ originalName }) => originalName)).toEqual([
      "expanded_conv_depthwise/depthwise_kernel",
    ]);
    const trainable = plain.layers
      .filter((layer) => layer.trainable && layer.weights.length > 0)
      .map(({ name }) => name);
    expect(trainable).toEqual(["Conv_1", "head_logits"]);
    model.dispose();
    plain.dispose();
  });

  it("writes shards of at most 4 MiB, and deletes those of the model before", async () => {
    const store = mapStore();
    const shards = () => [...store.map.keys()].filter((name) => name.endsWith(".bin")).sort();
    const batch = noiseBatch(1, 32);
    const large = await testClassifier("mobilenetV2", batch);
    await exportLayersModel(large, store);
    large.dispose();
    const paths = pathsOf(store);
    expect(paths.toSorted()).toEqual(shards());
    for (const [i, path] of paths.entries()) {
      const hash = createHash("sha256").update(store.map.get(path)!).digest("hex").slice(0, 8);
      expect(path).toBe(`group1-${hash}-shard${i + 1}of3.bin`);
    }
    expect(paths.slice(0, 2).map((path) => store.map.get(path)!.length)).toEqual([2 ** 22, 2 ** 22]);
    const small = await testClassifier("resnet14", batch);
    const hashes = await exportLayersModel(small, store);
    small.dispose();
    expect(shards()).toEqual(pathsOf(store));
    expect(Object.keys(hashes).sort()).toEqual([...store.map.keys()].sort());
  });

  it("refuses a store that holds a saved classifier, and leaves it whole", async () => {
    const store = mapStore();
    const model = await testClassifier("resnet14", noiseBatch(1, 32));
    await saveClassifier(model, store);
    const before = new Map(store.map);
    await expect(exportLayersModel(model, store, { float16: true })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("export to another store"),
    });
    expect(store.map).toEqual(before);
    model.dispose();
  });

  it("stores kernels as float16 on request, which plain tfjs reads", async () => {
    const batch = noiseBatch(2, 32);
    const model = await testClassifier("mobilenetV2", batch);
    const bytesOf = (store: ReturnType<typeof mapStore>) =>
      [...store.map].filter(([name]) => name.endsWith(".bin")).reduce((sum, [, bytes]) => sum + bytes.length, 0);
    const [whole, half] = [mapStore(), mapStore()];
    await exportLayersModel(model, whole);
    await exportLayersModel(model, half, { float16: true });
    expect(bytesOf(half) / bytesOf(whole)).toBeLessThan(0.52);
    const [{ weights }] = JSON.parse(new TextDecoder().decode(half.map.get("model.json"))).weightsManifest;
    const halves = (weights as LayersWeight[]).filter(({ quantization }) => quantization !== undefined);
    expect(halves.every(({ name }) => /kernel$/.test(name) && name !== "preprocessing/kernel")).toBe(true);
    expect(halves).toHaveLength(53);
    const difference = largestDifference(await plainProbabilities(half, batch), await probabilitiesOf(model, batch));
    expect(difference).toBeLessThan(5e-3);
    expect(difference).toBeGreaterThan(1e-6);
    model.dispose();
  });
});
