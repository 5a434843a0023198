import type { FrozenEngine } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { denseHead, isModelsError, loadClassifier, saveClassifier, summary } from "../src/index.ts";
import { describeClassifier } from "../src/save-classifier.ts";
import { largestDifference, logitsOf, plainProbabilities, probabilitiesOf, testClassifier } from "./layers-support.ts";
import { mapStore, noiseBatch } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const batch = noiseBatch(3, 64);

const SHARD = /^group1-[0-9a-f]{8}-shard1of1\.bin$/;

/** The only shard of a model. */
const shardOf = ({ map }: ReturnType<typeof mapStore>) => [...map.keys()].find((name) => SHARD.test(name))!;

describe("saveClassifier", () => {
  it.each([
    ["with a frozen backbone", "resnet14", {}],
    ["with a cut", "resnet14", { unfreezeFrom: "conv3", batchNorm: "training" as const }],
    ["with preprocessing that its architecture does not have", "resnet14", { preprocessing: "caffe" as const }],
    ["with pixels divided by 255 on purpose", "resnet14", { rescale: 1 / 255 }],
    ["without pooling", "resnet14", { pooling: "none" as const }],
    ["with depthwise convolutions", "mobilenetV2", { head: denseHead({ units: [8], batchNorm: true }) }],
  ] as const)("brings back the same classifier, bit for bit, %s", async (_, name, options) => {
    const model = await testClassifier(name, batch, options);
    const store = mapStore();
    await saveClassifier(model, store);
    const loaded = await loadClassifier(store);
    expect(await logitsOf(loaded, batch)).toEqual(await logitsOf(model, batch));
    expect(loaded.frozen.id).toBe(model.frozen.id);
    expect(summary(loaded)).toEqual(summary(model));
    for (const key of ["cut", "classes", "contract", "batchNorm", "head"] as const)
      expect(loaded[key]).toEqual(model[key]);
    for (const key of ["alpha", "pooling", "inputSize", "pretrained", "file", "graph"] as const) {
      expect(loaded.backbone[key]).toEqual(model.backbone[key]);
    }
    model.dispose();
    loaded.dispose();
  });

  it("keeps the width multiplier", async () => {
    const small = noiseBatch(1, 32);
    const model = await testClassifier("mobilenet", small, { alpha: 0.25 });
    const store = mapStore();
    await saveClassifier(model, store);
    const loaded = await loadClassifier(store);
    expect(loaded.backbone.alpha).toBe(0.25);
    expect(await logitsOf(loaded, small)).toEqual(await logitsOf(model, small));
    model.dispose();
    loaded.dispose();
  });

  it("saves what was trained above a cut that has moved up since", async () => {
    const model = await testClassifier("resnet14", batch, { unfreezeFrom: "conv4" });
    const before = await logitsOf(model, batch);
    for (const { name, variable } of model.weights) {
      if (name.startsWith("conv4_")) variable.assign(tf.tidy(() => variable.mul(1.25)));
    }
    await model.freeze("all");
    const store = mapStore();
    await saveClassifier(model, store);
    const loaded = await loadClassifier(store);
    const after = await logitsOf(loaded, batch);
    expect(after).toEqual(await logitsOf(model, batch));
    expect(largestDifference(after, before)).toBeGreaterThan(1e-3);
    model.dispose();
    loaded.dispose();
  });

  it("keeps the training record, and describes the model without its weights", async () => {
    const model = await testClassifier("resnet14", batch);
    const store = mapStore();
    const training = { epochs: 3, metrics: { accuracy: 0.5 }, note: null };
    await saveClassifier(model, store, { training });
    for (const name of store.map.keys()) if (name !== "cassava.json") store.map.delete(name);
    const description = await describeClassifier(store);
    expect(description.training).toEqual(training);
    expect(description.classes).toEqual(model.classes);
    expect(Object.keys(description.files)).toEqual([expect.stringMatching(SHARD), "model.json"]);
    expect(description.weights.paths).toEqual(Object.keys(description.files).slice(0, 1));
    model.dispose();
  });

  it("keeps the licence, checksum and source of the weights that it began with", async () => {
    const plain = await testClassifier("resnet14", batch);
    const published = {
      url: "https://a.example/w.h5",
      bytes: 7,
      md5: "0f",
      licence: "Apache-2.0",
      source: "whoever trained it",
    };
    const store = mapStore();
    await saveClassifier({ ...plain, backbone: { ...plain.backbone, published } }, store);
    expect((await describeClassifier(store)).backbone.published).toEqual(published);
    const loaded = await loadClassifier(store);
    expect(loaded.backbone.published).toEqual(published);
    await saveClassifier(plain, store);
    expect("published" in (await describeClassifier(store)).backbone).toBe(false);
    plain.dispose();
    loaded.dispose();
  });

  it("keeps the old model whole until the new one is, wherever it is stopped; plain tfjs loads one of them too", async () => {
    const old = await testClassifier("resnet14", batch);
    const store = mapStore();
    await saveClassifier(old, store);
    const before = new Map(store.map);
    const oldLogits = await logitsOf(old, batch);
    const oldPlain = await plainProbabilities(store, batch);
    for (const { variable } of old.weights) variable.assign(tf.tidy(() => variable.mul(2)));
    const newLogits = await logitsOf(old, batch);
    const newPlain = await probabilitiesOf(old, batch);
    expect(largestDifference(newLogits, oldLogits)).toBeGreaterThan(1e-3);
    expect(largestDifference(newPlain, oldPlain)).toBeGreaterThan(1e-3);

    const found: string[] = [];
    for (let stopAt = 0; ; stopAt++) {
      store.map.clear();
      for (const [name, bytes] of before) store.map.set(name, bytes);
      let calls = 0;
      const step = () => {
        if (calls++ === stopAt) throw new Error("killed");
      };
      const put: typeof store.put = async (key, bytes) => {
        step();
        await store.put(key, bytes);
      };
      const remove: typeof store.delete = async (key) => {
        step();
        await store.delete(key);
      };
      const saved = await saveClassifier(old, { ...store, put, delete: remove }).then(
        () => true,
        (error: Error) => error.message !== "killed",
      );
      const loaded = await loadClassifier(store);
      const logits = await logitsOf(loaded, batch);
      loaded.dispose();
      const plain = await plainProbabilities(store, batch);
      const which = largestDifference(logits, oldLogits) === 0 ? "old" : "new";
      expect(largestDifference(logits, which === "old" ? oldLogits : newLogits)).toBe(0);
      const plainly = largestDifference(plain, oldPlain) < 1e-5 ? "old" : "new";
      expect(largestDifference(plain, plainly === "old" ? oldPlain : newPlain)).toBeLessThan(1e-5);
      found.push(`${which} ${plainly}`);
      if (saved) break;
    }
    // Before the shard, model.json, cassava.json and the deletion of the old shard, and after all of them.
    expect(found).toEqual(["old old", "old old", "old new", "new new", "new new"]);
    expect([...store.map.keys()].filter((name) => SHARD.test(name))).toHaveLength(1);
    old.dispose();
  });

  it("writes the description after all else", async () => {
    const model = await testClassifier("resnet14", batch);
    const calls: string[] = [];
    const store = mapStore();
    const put = async (key: string, bytes: Uint8Array) => {
      calls.push(`put ${key}`);
      await store.put(key, bytes);
    };
    const remove = async (key: string) => {
      calls.push(`delete ${key}`);
      await store.delete(key);
    };
    store.map.set("group1-shard1of2.bin", new Uint8Array(1));
    await saveClassifier(model, { ...store, put, delete: remove });
    expect(calls).toEqual([
      `put ${shardOf(store)}`,
      "put model.json",
      "put cassava.json",
      "delete group1-shard1of2.bin",
    ]);
    model.dispose();
  });

  it("with float16 halves the file; this package and plain tfjs read the same numbers from it", async () => {
    const model = await testClassifier("resnet14", batch);
    const [whole, half] = [mapStore(), mapStore()];
    await saveClassifier(model, whole);
    await saveClassifier(model, half, { float16: true });
    expect((await describeClassifier(half)).dtype).toBe("float16");
    const bytes = (store: typeof half) => store.map.get(shardOf(store))!.length;
    expect(bytes(half) / bytes(whole)).toBeLessThan(0.52);
    const loaded = await loadClassifier(half);
    const ours = await probabilitiesOf(loaded, batch);
    expect(largestDifference(ours, await plainProbabilities(half, batch))).toBeLessThan(1e-5);
    const rounding = largestDifference(ours, await probabilitiesOf(model, batch));
    expect(rounding).toBeLessThan(5e-3);
    expect(rounding).toBeGreaterThan(1e-6);
    model.dispose();
    loaded.dispose();
  });
});

describe("loadClassifier", () => {
  it("names the file that is missing, damaged or exchanged", async () => {
    const model = await testClassifier("resnet14", batch);
    const [store, other] = [mapStore(), mapStore()];
    await saveClassifier(model, store);
    for (const { variable } of model.weights) variable.assign(tf.tidy(() => variable.mul(2)));
    await saveClassifier(model, other);
    model.dispose();
    const whole = new Map(store.map);
    const text = (value: string) => new TextEncoder().encode(value);
    const fails = async (
      key: string,
      bytes: Uint8Array | undefined,
      code: "MODEL_MISSING" | "MODEL_CORRUPT",
      says: RegExp,
    ) => {
      if (bytes === undefined) store.map.delete(key);
      else store.map.set(key, bytes);
      const loading = loadClassifier(store);
      await expect(loading).rejects.toSatisfy((error) => isModelsError(error, code));
      await expect(loading).rejects.toThrow(says);
      for (const [name, value] of whole) store.map.set(name, value);
    };
    const [description, shard] = ["cassava.json", shardOf(store)] as const;
    const named = (what: string) => new RegExp(`^${shard.replace(".", "\\.")}: ${what}`);
    await fails(description, undefined, "MODEL_MISSING", /^holds no model: cassava\.json is missing/);
    await fails(description, text("{"), "MODEL_CORRUPT", /^cassava\.json: is not JSON/);
    await fails(description, text("<!doctype html>"), "MODEL_CORRUPT", /^cassava\.json: is an HTML page/);
    await fails(description, text("null"), "MODEL_CORRUPT", /^cassava\.json: was written by another version/);
    const edited = new TextDecoder().decode(whole.get(description)).replace("class 3", "class three");
    await fails(description, text(edited), "MODEL_CORRUPT", /^cassava\.json: was changed/);
    await fails(
      description,
      other.map.get(description),
      "MODEL_MISSING",
      /^group1-[0-9a-f]{8}-shard1of1\.bin: is missing/,
    );
    const bytes = whole.get(shard)!;
    const flipped = bytes.slice();
    flipped[flipped.length - 3]! ^= 1;
    await fails(shard, undefined, "MODEL_MISSING", named("is missing"));
    for (const damaged of [bytes.slice(0, -9), flipped, other.map.get(shardOf(other))!, new Uint8Array()]) {
      await fails(shard, damaged, "MODEL_CORRUPT", named("is damaged"));
    }
    (await loadClassifier(store)).dispose();
  });

  it("needs no model.json, which may be of a newer model", async () => {
    const model = await testClassifier("resnet14", batch);
    const store = mapStore();
    await saveClassifier(model, store);
    store.map.delete("model.json");
    const loaded = await loadClassifier(store);
    expect(await logitsOf(loaded, batch)).toEqual(await logitsOf(model, batch));
    model.dispose();
    loaded.dispose();
  });

  it("gives the frozen part to an engine", async () => {
    const model = await testClassifier("resnet14", batch);
    const store = mapStore();
    await saveClassifier(model, store);
    const loads: number[] = [];
    const frozenEngine: FrozenEngine = {
      name: "counting",
      async load(onnx, spec) {
        loads.push(onnx.length);
        return { ...spec, run: async () => new Float32Array(64), dispose() {} };
      },
    };
    const loaded = await loadClassifier(store, { frozenEngine });
    expect(loads).toHaveLength(1);
    expect(loads[0]).toBeGreaterThan(1e5);
    expect(loaded.frozen.id).toMatch(/-counting$/);
    model.dispose();
    loaded.dispose();
  });
});
