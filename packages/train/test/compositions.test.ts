import type { ClassInfo } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import {
  averagePredictions,
  crossValidate,
  type FeatureSet,
  type FineTuneOptions,
  type FineTuneStage,
  type FitResult,
  featureBatches,
  fineTune,
  fineTuneStages,
  fit,
  mixUpFeatures,
  type Predictions,
  type StagedClassifier,
  viewBatches,
} from "../src/index.ts";
import { classes, disposeOf, linearClassifier, mapStore, separable } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

async function collect(source: ReturnType<typeof featureBatches>, epoch: number, from = 0) {
  const batches = [];
  for await (const batch of source.batches(epoch, undefined, from)) batches.push(batch);
  return batches;
}

describe("viewBatches", () => {
  const shifted = (by: number): FeatureSet => {
    const set = separable(200);
    return { ...set, features: set.features.map((value) => value + by) };
  };
  const sets = [0, 10, 20, 30].map(shifted);
  const source = viewBatches(sets, { batchSize: 32, shuffle: { seed: 1 }, seed: 5 });
  const plain = new Map(separable(200).ids.map((id, i) => [id, separable(200).features[i * 6]!]));
  const viewOf = (id: string, value: number) => Math.round((value - plain.get(id)!) / 10);

  it("draws one view for each image and epoch, all as often, by its seed", async () => {
    const counts = [0, 0, 0, 0];
    const changed = new Set<string>();
    const views = new Map<string, number>();
    for (let epoch = 0; epoch < 10; epoch++) {
      for (const { ids, features } of await collect(source, epoch)) {
        for (const [row, id] of ids.entries()) {
          const view = viewOf(id, features[row * 6]!);
          counts[view]!++;
          if (views.get(id) !== view) changed.add(id);
          views.set(id, view);
        }
      }
    }
    // 2,000 draws of probability 1/4: within five standard deviations.
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(5 * Math.sqrt(2000 * 0.25 * 0.75));
    expect(changed.size).toBe(200);
    expect(await collect(source, 3)).toEqual(await collect(source, 3));
    expect((await collect(source, 3, 2))[0]).toEqual((await collect(source, 3))[2]);
  });

  it("refuses views of other images", () => {
    expect(() => viewBatches([separable(10), separable(11)], { batchSize: 4, seed: 1 })).toThrow("same images");
    expect(() => viewBatches([], { batchSize: 4, seed: 1 })).toThrow("no views");
  });
});

describe("mixUpFeatures", () => {
  const source = mixUpFeatures(featureBatches(separable(512), { batchSize: 8, shuffle: { seed: 1 } }), {
    alpha: 0.4,
    seed: 2,
  });

  it("mixes features and targets by one share, and starts anywhere", async () => {
    const plain = await collect(featureBatches(separable(512), { batchSize: 8, shuffle: { seed: 1 } }), 0);
    const all = await collect(source, 0);
    const shares: number[] = [];
    for (const [b, { features, targets, labels }] of all.entries()) {
      expect(labels).toBe(undefined);
      const row = targets!.subarray(0, 3);
      expect(row.reduce((a, c) => a + c)).toBeCloseTo(1, 5);
      const own = plain[b]!.labels![0]!;
      // Find the partner by its features, given the share on the own label.
      const matches = plain[b]!.ids.some((_, partner) => {
        const share = plain[b]!.labels![partner] === own ? undefined : row[own]!;
        if (share === undefined) return row[own]! > 0.999;
        if (partner === 1 || shares.length < 1000) {
          const mixed = share * plain[b]!.features[0]! + (1 - share) * plain[b]!.features[partner * 6]!;
          return Math.abs(mixed - features[0]!) < 1e-5;
        }
        return false;
      });
      expect(matches).toBe(true);
      shares.push(Math.max(...row));
    }
    expect((await collect(source, 0, 3))[0]).toEqual(all[3]);
    expect(await collect(source, 1)).not.toEqual(all);
  });

  it("draws shares from Beta(alpha, alpha): mean 1/2, variance 1 / (4 (2 alpha + 1))", async () => {
    const two: FeatureSet = {
      ...separable(2, 2, 1),
      features: Float32Array.from([0, 1]),
      labels: Int32Array.from([0, 1]),
    };
    for (const alpha of [0.2, 1, 4]) {
      const pairs = mixUpFeatures(featureBatches(two, { batchSize: 2 }), { alpha, seed: 3 });
      const shares: number[] = [];
      for (let epoch = 0; epoch < 4000; epoch++) {
        const { features } = (await collect(pairs, epoch))[0]!;
        // The order of two is kept or exchanged: only the exchanged half mixes.
        if (features[0] !== 0 || features[1] !== 1) shares.push(1 - features[0]!);
      }
      const mean = shares.reduce((a, b) => a + b) / shares.length;
      const variance = shares.reduce((a, b) => a + (b - mean) ** 2, 0) / shares.length;
      expect(mean).toBeCloseTo(0.5, 1);
      expect(variance * 4 * (2 * alpha + 1)).toBeGreaterThan(0.85);
      expect(variance * 4 * (2 * alpha + 1)).toBeLessThan(1.15);
    }
  });

  it("trains", async () => {
    const model = linearClassifier(6, 3);
    const before = tf.memory().numTensors;
    const { history } = await fit(model, {
      train: source,
      validation: featureBatches(separable(60), { batchSize: 20 }),
      epochs: 4,
    }).result;
    expect(history.val_loss!.at(-1)!).toBeLessThan(history.val_loss![0]!);
    expect(history.accuracy!.at(-1)!).toBeGreaterThan(0.5);
    expect(tf.memory().numTensors).toBe(before);
    disposeOf(model);
  });
});

describe("crossValidate", () => {
  const set = separable(30);
  const folds = [0, 1, 2].map((fold) => ({
    train: set.ids.filter((_, i) => i % 3 !== fold),
    validation: set.ids.filter((_, i) => i % 3 === fold),
  }));
  const answer = (ids: readonly string[], infos: readonly ClassInfo[] = classes(3)): Predictions => ({
    classes: infos,
    ids,
    logits: new Float32Array(ids.length * 3).map((_, i) => i),
    probabilities: new Float32Array(ids.length * 3).fill(1 / 3),
    predicted: new Int32Array(ids.length),
    labels: Int32Array.from(ids, (id) => set.labels![set.ids.indexOf(id)]!),
  });

  it("puts the held-out predictions together", async () => {
    const all = await crossValidate(folds, async ({ validation }) => answer(validation));
    expect(all.ids).toEqual(folds.flatMap(({ validation }) => validation));
    expect([...all.labels!]).toEqual(all.ids.map((id) => set.labels![set.ids.indexOf(id)]));
    expect(all.logits).toHaveLength(90);
  });
  it("refuses folds that overlap, and predictions of other images", async () => {
    const leaking = [{ ...folds[0]!, train: set.ids }, folds[1]!];
    await expect(crossValidate(leaking, async ({ validation }) => answer(validation))).rejects.toThrow(
      "trains on image-0, which it holds out",
    );
    await expect(crossValidate([folds[0]!, folds[0]!], async ({ validation }) => answer(validation))).rejects.toThrow(
      "held out by two folds",
    );
    await expect(crossValidate(folds, async ({ train }) => answer(train))).rejects.toThrow("predicts other images");
  });
});

it("averages the probabilities of views", () => {
  const view = (probabilities: number[]): Predictions => ({
    classes: classes(2),
    ids: ["a"],
    logits: new Float32Array(2),
    probabilities: Float32Array.from(probabilities),
    predicted: Int32Array.from([0]),
  });
  const mean = averagePredictions([view([0.6, 0.4]), view([0.1, 0.9])]);
  expect([...mean.probabilities]).toEqual([expect.closeTo(0.35), expect.closeTo(0.65)]);
  expect([...mean.predicted]).toEqual([1]);
  expect(() => averagePredictions([view([1, 0]), { ...view([1, 0]), ids: ["b"] }])).toThrow("same images");
});

describe("fineTune", () => {
  it("unfreezes from the top at falling rates", () => {
    expect(fineTuneStages(["conv1", "conv2", "conv3"], { depth: 2, rate: 1e-4, falling: 0.1 })).toEqual([
      { unfreeze: null, epochs: 15, learningRate: 1e-3, patience: 5 },
      { unfreeze: "conv3", epochs: 10, learningRate: 1e-4, patience: 5 },
      { unfreeze: "conv2", epochs: 10, learningRate: expect.closeTo(1e-5, 10), patience: 5 },
    ]);
    expect(() => fineTuneStages(["conv1"], { depth: 2 })).toThrow("the backbone has 1");
  });

  it("moves the cut, asks for sources, trains each stage, and resumes where it was", async () => {
    const moves: string[] = [];
    const staged = (): StagedClassifier => ({
      ...linearClassifier(6, 3),
      freeze: async () => void moves.push("all"),
      unfreezeFrom: async (stage) => void moves.push(stage),
    });
    const stages: FineTuneStage[] = [
      { unfreeze: null, epochs: 3, learningRate: 0.1 },
      { unfreeze: "top", epochs: 3, learningRate: 0.01 },
    ];
    const asked: (string | null)[] = [];
    const sources = async (_: StagedClassifier, { unfreeze }: FineTuneStage) => {
      asked.push(unfreeze);
      return {
        train: featureBatches(separable(60), { batchSize: 16, shuffle: { seed: 1 } }),
        validation: featureBatches(separable(30), { batchSize: 16 }),
      };
    };
    const map = new Map<string, Uint8Array>();
    let left = Number.POSITIVE_INFINITY;
    const store = {
      get: async (key: string) => map.get(key),
      put: async (key: string, bytes: Uint8Array) => {
        if (left-- === 0) throw new Error("killed");
        map.set(key, bytes);
      },
      delete: async (key: string) => void map.delete(key),
      async *keys() {
        yield* map.keys();
      },
    };
    const options = { stages, sources, checkpoints: { store, resume: true } };
    const weights = async (model: StagedClassifier) => [...(await model.weights[0]!.variable.data())];
    const whole = staged();
    const run = fineTune(whole, options);
    const seen = new Set<number>();
    for await (const { stage } of run) seen.add(stage);
    const results = await run.result;
    expect([[...seen], moves, asked]).toEqual([
      [0, 1],
      ["all", "top"],
      [null, "top"],
    ]);
    expect(results.map(({ history }) => history.learning_rate)).toEqual([
      [0.1, 0.1, 0.1],
      [0.01, 0.01, 0.01],
    ]);
    const expected = await weights(whole);
    expect([...map.keys()]).toEqual(["stage-1/checkpoint.safetensors", "stage-2/checkpoint.safetensors"]);
    map.clear();
    left = 4;
    const killed = staged();
    await expect(fineTune(killed, options).result).rejects.toThrow("killed");
    left = Number.POSITIVE_INFINITY;
    const resumed = staged();
    expect(await fineTune(resumed, options).result).toEqual(results);
    expect(await weights(resumed)).toEqual(expected);
    for (const model of [whole, killed, resumed]) disposeOf(model);
  });

  describe("a stage without a better epoch than those before it leaves the weights as it found them", () => {
    const staged = (): StagedClassifier => ({
      ...linearClassifier(6, 3),
      freeze: async () => {},
      unfreezeFrom: async () => {},
    });
    const set = separable(60);
    const wrong = { ...set, labels: set.labels!.map((label) => (label + 1) % 3) };
    const sources = async (_: StagedClassifier, { unfreeze }: FineTuneStage) => ({
      train: featureBatches(unfreeze === "wrong" ? wrong : set, { batchSize: 16, shuffle: { seed: 1 } }),
      validation: featureBatches(separable(30), { batchSize: 16 }),
    });
    const head = { unfreeze: null, epochs: 6, learningRate: 0.1 };
    const losing = [head, { unfreeze: "wrong", epochs: 9, learningRate: 0.1, patience: 2 }];
    const weights = async (model: StagedClassifier) => [...(await model.weights[0]!.variable.data())];
    const best = (result: FitResult | undefined) => Math.min(...result!.history.val_loss!);
    /** Trains `stages`; what comes of it, and the weights. */
    const trained = async (stages: FineTuneStage[], more: Partial<FineTuneOptions> = {}) => {
      const model = staged();
      try {
        const results = await fineTune(model, { stages, sources, ...more }).result;
        return { results, weights: await weights(model) };
      } finally {
        disposeOf(model);
      }
    };

    it.each([
      ["as they are", {}],
      ["averaged", { ema: { decay: 0.5 } }],
    ])("weights %s", async (_, more) => {
      const alone = await trained([head], more);
      const both = await trained(losing, more);
      // It is worse from the first epoch on; its patience counts from its own best.
      expect(best(both.results[1])).toBeGreaterThan(best(both.results[0]));
      expect([both.results[0], both.results[1]!.epochs]).toEqual([alone.results[0], 3]);
      expect(both.weights).toEqual(alone.weights);
      // A stage that gains keeps what it gained.
      const next = await trained([head, { unfreeze: "top", epochs: 3, learningRate: 0.05 }], more);
      expect(best(next.results[1])).toBeLessThan(best(next.results[0]));
      expect(next.weights).not.toEqual(alone.weights);
    });

    it("killed in that stage, and resumed", async () => {
      const alone = await trained([head]);
      for (const puts of [6, 7, 8]) {
        const store = mapStore();
        let left = puts;
        const put = async (key: string, bytes: Uint8Array) => {
          if (left-- === 0) throw new Error("killed");
          await store.put(key, bytes);
        };
        const checkpoints = { store: { ...store, put }, resume: true };
        await expect(trained(losing, { checkpoints })).rejects.toThrow("killed");
        left = Number.POSITIVE_INFINITY;
        expect((await trained(losing, { checkpoints })).weights).toEqual(alone.weights);
      }
    });
  });
});
