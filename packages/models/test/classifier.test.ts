import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type CassavaClassifier,
  createClassifier,
  denseHead,
  isModelsError,
  loadBackbone,
  loadClassifier,
  saveClassifier,
  stagesOf,
  summary,
} from "../src/index.ts";
import { fiveClasses, mapStore, noiseBatch, relativeDifference, withStatistics } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const scratch = loadBackbone("resnet14", { weights: "none", seed: 3 });
const backbone = { ...scratch, weights: withStatistics(scratch.weights), pretrained: true };
const batch = noiseBatch(3, 64);

async function logitsOf(model: CassavaClassifier, mode: "training" | "inference" = "inference", seed?: number) {
  const features = await model.frozen.run(batch);
  const logits = tf.tidy(() => model.logits(tf.tensor(features, [3, ...model.frozen.outputShape]), mode, seed));
  const values = await logits.data();
  logits.dispose();
  return values as Float32Array;
}

describe("the cut", () => {
  it("gives the same logits wherever it lies: folded below, an affine step above", async () => {
    const whole = await createClassifier({ backbone, head: denseHead(), classes: fiveClasses });
    const expected = await logitsOf(whole);
    for (const unfreezeFrom of stagesOf(backbone.graph)) {
      const model = await createClassifier({ backbone, head: denseHead(), classes: fiveClasses, unfreezeFrom });
      expect(relativeDifference(await logitsOf(model), expected)).toBeLessThan(1e-5);
      model.dispose();
    }
    // The oracle sees a forgotten statistic.
    const broken = new Map(backbone.weights);
    broken.set("conv4_block1_0_bn/moving_mean", { shape: [64], data: new Float32Array(64) });
    const other = await createClassifier({
      backbone: { ...backbone, weights: broken },
      head: denseHead(),
      classes: fiveClasses,
    });
    expect(relativeDifference(await logitsOf(other), expected)).toBeGreaterThan(1e-3);
    other.dispose();
    whole.dispose();
  });

  it("leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const model = await createClassifier({ backbone, head: denseHead(), classes: fiveClasses, unfreezeFrom: "conv4" });
    const held = tf.memory().numTensors;
    await logitsOf(model);
    await logitsOf(model, "training", 1);
    expect(tf.memory().numTensors).toBe(held);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("trains nothing of a frozen batch normalization, and its scale and shift of a live one", async () => {
    const names = async (batchNorm: "frozen" | "training") => {
      const options = {
        backbone,
        head: denseHead({ units: [] }),
        classes: fiveClasses,
        unfreezeFrom: "conv4",
        batchNorm,
      };
      const model = await createClassifier(options);
      const trained = model.weights.filter(({ trainable }) => trainable).map(({ name }) => name);
      model.dispose();
      return trained;
    };
    const [frozen, live] = [await names("frozen"), await names("training")];
    expect(frozen.filter((name) => name.includes("_bn/"))).toEqual([]);
    expect(frozen).toContain("conv4_block1_1_conv/kernel");
    expect(frozen).not.toContain("conv3_block1_1_conv/kernel");
    expect(live.filter((name) => !frozen.includes(name)).every((name) => /_bn\/(gamma|beta)$/.test(name))).toBe(true);
    expect(live).toHaveLength(frozen.length + 2 * 5);
  });

  it("moves the statistics of live batch normalizations only, by their momentum", async () => {
    for (const batchNorm of ["frozen", "training"] as const) {
      const options = { backbone, head: denseHead(), classes: fiveClasses, unfreezeFrom: "conv4", batchNorm };
      const model = await createClassifier(options);
      const statistics = model.weights.filter(({ name }) => name.includes("/moving_"));
      const before = await Promise.all(statistics.map(({ variable }) => variable.data()));
      await logitsOf(model, "training", 1);
      const after = await Promise.all(statistics.map(({ variable }) => variable.data()));
      const moved = after.filter((values, i) => relativeDifference(values, before[i]!) > 1e-6).length;
      expect(moved).toBe(batchNorm === "frozen" ? 0 : statistics.length);
      model.dispose();
    }
  });

  it("refuses a stage that is not there, and batches of another size", async () => {
    const options = { backbone, head: denseHead(), classes: fiveClasses };
    await expect(createClassifier({ ...options, unfreezeFrom: "conv9" })).rejects.toThrow(
      /choose one of conv1, conv2, conv3, conv4$/,
    );
    const model = await createClassifier(options);
    await expect(model.frozen.run(noiseBatch(2, 32))).rejects.toSatisfy((error) =>
      isModelsError(error, "BATCH_INVALID"),
    );
    model.dispose();
  });
});

describe("dropout", () => {
  it("drops in training only, by its seed", async () => {
    const head = denseHead({ units: [64], dropout: 0.5 });
    const model = await createClassifier({ backbone, head, classes: fiveClasses });
    const [plain, a, b, other] = [
      await logitsOf(model),
      await logitsOf(model, "training", 1),
      await logitsOf(model, "training", 1),
      await logitsOf(model, "training", 2),
    ];
    expect(b).toEqual(a);
    expect(relativeDifference(a, plain)).toBeGreaterThan(1e-2);
    expect(relativeDifference(other, a)).toBeGreaterThan(1e-2);
    expect(await logitsOf(model)).toEqual(plain);
    model.dispose();
  });
});

describe("saving", () => {
  it.each([undefined, "conv3"])("brings back the same classifier, cut at %s", async (unfreezeFrom) => {
    const model = await createClassifier({
      backbone,
      head: denseHead({ units: [8] }),
      classes: fiveClasses,
      unfreezeFrom,
    });
    for (const { variable } of model.weights) variable.assign(tf.tidy(() => variable.mul(1.25)));
    const store = mapStore();
    await saveClassifier(model, store);
    const loaded = await loadClassifier(store);
    expect(await logitsOf(loaded)).toEqual(await logitsOf(model));
    expect(loaded.frozen.id).toBe(model.frozen.id);
    expect([loaded.classes, loaded.contract, loaded.batchNorm]).toEqual([
      model.classes,
      model.contract,
      model.batchNorm,
    ]);
    expect(summary(loaded)).toEqual(summary(model));
    model.dispose();
    loaded.dispose();
  });

  it("notices what is missing, damaged or exchanged", async () => {
    const model = await createClassifier({ backbone, head: denseHead({ units: [8] }), classes: fiveClasses });
    const store = mapStore();
    await saveClassifier(model, store);
    model.dispose();
    const whole = new Map(store.map);
    const fails = async (code: "MODEL_MISSING" | "MODEL_CORRUPT") => {
      await expect(loadClassifier(store)).rejects.toSatisfy((error) => isModelsError(error, code));
      for (const [key, value] of whole) store.map.set(key, value);
    };
    store.map.delete("cassava.json");
    await fails("MODEL_MISSING");
    store.map.set("cassava.json", new TextEncoder().encode("{"));
    await fails("MODEL_CORRUPT");
    store.map.set("weights.safetensors", whole.get("weights.safetensors")!.slice(0, -9));
    await fails("MODEL_CORRUPT");
    const flipped = whole.get("weights.safetensors")!.slice();
    flipped[flipped.length - 3]! ^= 1;
    store.map.set("weights.safetensors", flipped);
    await fails("MODEL_CORRUPT");
    (await loadClassifier(store)).dispose();
  });
});

it("counts parameters as Keras does", async () => {
  for (const [name, parameters, adds] of [
    ["mobilenetV2", 2_257_984, 299_494_272],
    ["resnet50", 23_587_712, 3_855_925_248],
  ] as const) {
    const { weights, graph, spec } = loadBackbone(name, { weights: "none" });
    expect([...weights.values()].reduce((sum, { data }) => sum + data.length, 0)).toBe(parameters);
    expect(spec.defaultInputSize).toBe(224);
    expect(stagesOf(graph).at(-1)).toBe(name === "resnet50" ? "conv5" : "Conv_1");
    const model = await createClassifier({
      backbone: { spec, graph, weights, inputSize: 224, pretrained: false },
      head: denseHead({ units: [] }),
      classes: fiveClasses,
    });
    expect(summary(model)).toMatchObject({ multiplyAdds: adds, parameters: parameters + 5 * (spec.features + 1) });
    model.dispose();
  }
});
