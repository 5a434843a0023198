import type { FrozenEngine, FrozenSpec } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { frozenPart } from "../src/frozen-part.ts";
import {
  type CassavaClassifier,
  createClassifier,
  denseHead,
  isModelsError,
  loadBackbone,
  stagesOf,
} from "../src/index.ts";
import { fiveClasses, noiseBatch, relativeDifference, withStatistics } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const scratch = await loadBackbone("resnet14", { weights: "none", seed: 3 });
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

  it("leaves no tensor behind where the frozen part fails midway", async () => {
    const contract = { mode: "tf", inputRange: [0, 255], inputSize: [64, 64], resize: "antialiased-bilinear" } as const;
    const nodes = [
      { op: "globalAveragePool", name: "pool", stage: "s", input: "input" },
      // Without its weights it throws.
      { op: "dense", name: "dense", stage: "s", input: "pool", units: 2 },
    ] as const;
    const part = await frozenPart({ graph: { input: "input", output: "dense", nodes }, weights: new Map() }, contract);
    const held = tf.memory().numTensors;
    await expect(part.run(batch)).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(held);
    part.dispose();
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

  it("moves: what is trained goes up and down with its values, and what was trained before stays", async () => {
    const model = await createClassifier({ backbone, head: denseHead(), classes: fiveClasses });
    const [expected, whole] = [await logitsOf(model), tf.memory().numTensors];
    const kernel = () => model.weights.find(({ name }) => name === "conv4_block1_1_conv/kernel")?.variable;
    const head = model.weights.at(-1)!.variable;
    const frozenId = model.frozen.id;
    expect([model.cut, kernel()]).toEqual([undefined, undefined]);

    await model.unfreezeFrom("conv4");
    expect(model.cut).toBe("conv4");
    expect(model.frozen.outputShape).toEqual([16, 16, 32]);
    expect(model.weights.at(-1)!.variable).toBe(head);
    expect(relativeDifference(await logitsOf(model), expected)).toBeLessThan(1e-5);
    const trained = kernel()!;
    tf.tidy(() => trained.assign(trained.mul(1.5)));
    const after = await logitsOf(model);
    expect(relativeDifference(after, expected)).toBeGreaterThan(1e-3);

    await model.unfreezeLast(2);
    expect(model.cut).toBe("conv3");
    expect(kernel()).toBe(trained);
    expect(relativeDifference(await logitsOf(model), after)).toBeLessThan(1e-5);

    await model.freeze("all");
    expect(kernel()).toBe(undefined);
    expect(tf.memory().numTensors).toBe(whole);
    expect(model.frozen.id).not.toBe(frozenId);
    expect(relativeDifference(await logitsOf(model), after)).toBeLessThan(1e-5);
    const values = await model.weightValues();
    const before = backbone.weights.get("conv4_block1_1_conv/kernel")!.data;
    expect(values.get("conv4_block1_1_conv/kernel")!.data[7]).toBeCloseTo(1.5 * before[7]!, 6);
    await model.unfreezeLast(0);
    expect(model.cut).toBe(undefined);
    expect(() => model.unfreezeLast(5)).toThrow(/has 4 stages; 5 of them/);
    expect(() => model.unfreezeFrom("conv7")).toThrow(/choose one of/);
    expect(model.cut).toBe(undefined);
    model.dispose();
  });

  it("stays where it was when the engine fails", async () => {
    const loaded: FrozenSpec[] = [];
    const frozenEngine: FrozenEngine = {
      name: "once",
      async load(_, spec) {
        if (loaded.push(spec) > 1) throw new Error("no room");
        return { ...spec, run: async () => new Float32Array(64), dispose: () => undefined };
      },
    };
    const model = await createClassifier({ backbone, head: denseHead(), classes: fiveClasses, frozenEngine });
    const [frozen, weights, held] = [model.frozen, model.weights, tf.memory().numTensors];
    expect(frozen.id).toMatch(/^[0-9a-f]{64}-once$/);
    await expect(model.unfreezeFrom("conv4")).rejects.toThrow("no room");
    expect([model.cut, model.frozen, model.weights, tf.memory().numTensors]).toEqual([
      undefined,
      frozen,
      weights,
      held,
    ]);
    model.dispose();
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

describe("the frozen part", () => {
  it("never enters the tape: a step holds the memory of a step of the head alone, and its features", async () => {
    // The engine that has every gradient without @cassava/backend.
    await tf.setBackend("cpu");
    const n = 4;
    const small = await loadBackbone("resnet14", { weights: "none", inputSize: 32 });
    const images = noiseBatch(n, 32, 4);
    const model = await createClassifier({ backbone: small, head: denseHead({ units: [16] }), classes: fiveClasses });
    const features = await model.frozen.run(images);
    const labels = tf.oneHot(tf.range(0, n, 1, "int32").mod(5).toInt(), 5);
    const variables = model.weights.map(({ variable }) => variable);
    const step = (input: () => tf.Tensor) => {
      const loss = () => tf.losses.softmaxCrossEntropy(labels, model.logits(input(), "training", 1)).asScalar();
      const { value, grads } = tf.variableGrads(loss, variables);
      tf.dispose([value, grads]);
    };
    const peakOf = async (work: () => void) => {
      const start = tf.memory().numBytes;
      const { peakBytes } = await tf.profile(() => tf.tidy(work) as unknown as tf.TensorContainer);
      return peakBytes - start;
    };
    const resident = tf.tensor(features, [n, ...model.frozen.outputShape]);
    const alone = await peakOf(() => step(() => resident));
    const whole = await peakOf(() => step(() => tf.tensor(features, [n, ...model.frozen.outputShape])));
    expect(whole).toBeLessThanOrEqual(1.1 * (alone + features.byteLength));
    // The oracle sees a stage on the tape.
    await model.unfreezeFrom("conv4");
    const more = await model.frozen.run(images);
    const unfrozen = model.weights.map(({ variable }) => variable);
    variables.splice(0, variables.length, ...unfrozen);
    const taped = await peakOf(() => step(() => tf.tensor(more, [n, ...model.frozen.outputShape])));
    expect(taped).toBeGreaterThan(2 * alone);
    tf.dispose([labels, resident]);
    model.dispose();
    await tf.setBackend("wasm");
  });
});
