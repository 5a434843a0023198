import type { Callback, Classifier, EpochLogs } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import {
  adam,
  cosineSchedule,
  crossentropy,
  earlyStopping,
  type FeatureSource,
  featureBatches,
  fit,
  isTrainError,
  predict,
  sgd,
  type TrainEvent,
  terminateOnNaN,
} from "../src/index.ts";
import { disposeOf, linearClassifier, separable } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const train = featureBatches(separable(60), { batchSize: 16, shuffle: { seed: 1 } });
const validation = featureBatches(separable(30), { batchSize: 16 });

async function weightsOf(model: Classifier): Promise<number[]> {
  const parts = await Promise.all(model.weights.map(({ variable }) => variable.data()));
  return parts.flatMap((part) => [...part]);
}

describe("fit", () => {
  it("learns, tells what happened, and leaves no tensor behind", async () => {
    const model = linearClassifier(6, 3);
    const before = tf.memory().numTensors;
    const run = fit(model, { train, validation, epochs: 8, optimizer: adam({ learningRate: 0.1 }) });
    const events: TrainEvent[] = [];
    for await (const event of run) events.push(event);
    const { history, epochs, reason } = await run.result;
    expect(tf.memory().numTensors).toBe(before);
    expect([epochs, reason]).toEqual([8, "completed"]);
    expect(Object.keys(history).sort()).toEqual(["accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"]);
    expect(history.val_accuracy!.at(-1)).toBe(1);
    expect(history.loss!.at(-1)!).toBeLessThan(history.loss![0]! / 3);
    expect(events.filter((event) => event.type === "batch")).toHaveLength(8 * 4);
    expect(events.at(-1)).toEqual({ type: "stop", reason: "completed" });
    const { predicted, labels, probabilities } = await predict(model, validation);
    expect([...predicted]).toEqual([...labels!]);
    expect(probabilities.subarray(0, 3).reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    expect(tf.memory().numTensors).toBe(before);
    disposeOf(model);
  });

  it("gives the same weights for the same seed, and others for another order", async () => {
    const runs: number[][] = [];
    for (const seed of [1, 1, 2]) {
      const model = linearClassifier(6, 3);
      await fit(model, { train: featureBatches(separable(60), { batchSize: 16, shuffle: { seed } }), epochs: 2 })
        .result;
      runs.push(await weightsOf(model));
      disposeOf(model);
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
  });

  it("stops early and restores the best weights", async () => {
    const model = linearClassifier(6, 3);
    const before = tf.memory().numTensors;
    const seen: number[][] = [];
    const spy: Callback = { onEpochEnd: async () => void seen.push(await weightsOf(model)) };
    // Ascent: every epoch is worse than the one before.
    const rising = () => -0.05;
    const callbacks = [spy, earlyStopping({ patience: 2 })];
    const { reason, epochs } = await fit(model, {
      train,
      validation,
      epochs: 9,
      optimizer: sgd(),
      schedule: rising,
      callbacks,
    }).result;
    expect(epochs).toBe(3);
    expect(reason).toBe("val_loss has not improved for 2 epochs (best in epoch 1)");
    expect(await weightsOf(model)).toEqual(seen[0]);
    expect(tf.memory().numTensors).toBe(before);
    disposeOf(model);
  });

  it("stops at a loss that is not finite", async () => {
    const model = linearClassifier(6, 3);
    const { reason } = await fit(model, {
      train,
      epochs: 5,
      optimizer: sgd(),
      schedule: () => Number.POSITIVE_INFINITY,
      callbacks: [terminateOnNaN()],
    }).result;
    expect(reason).toMatch(/^the training loss of epoch 1 is NaN/);
    disposeOf(model);
  });

  it("passes errors of the data on, to the events and the result, without a leak", async () => {
    const model = linearClassifier(6, 3);
    const before = tf.memory().numTensors;
    const broken: FeatureSource = {
      ...train,
      async *batches(epoch) {
        yield* train.batches(epoch);
        throw new Error("disk gone");
      },
    };
    let ended = 0;
    const run = fit(model, { train: broken, epochs: 2, callbacks: [{ onRunEnd: () => void ended++ }] });
    const drain = async () => {
      for await (const event of run) expect(event.type).toBe("batch");
    };
    await expect(drain()).rejects.toThrow("disk gone");
    await expect(run.result).rejects.toThrow("disk gone");
    expect(ended).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
    disposeOf(model);
  });

  it("says in words that a step does not fit into the engine's memory, and leaves nothing behind", async () => {
    const model = linearClassifier(6, 3);
    const before = tf.memory().numTensors;
    const trap = new WebAssembly.RuntimeError("memory access out of bounds");
    const full: Classifier = {
      ...model,
      logits() {
        throw trap;
      },
    };
    const failed = await fit(full, { train: featureBatches(separable(40), { batchSize: 16 }), epochs: 1 }).result.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: "OUT_OF_MEMORY", cause: trap });
    expect(String(failed)).toContain("a step of 16 images does not fit into the engine's memory");
    expect(tf.memory().numTensors).toBe(before);
    disposeOf(model);
  });

  it("can be aborted", async () => {
    const model = linearClassifier(6, 3);
    const controller = new AbortController();
    const run = fit(model, { train, epochs: 1000, signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(run.result).rejects.toThrow("enough");
    disposeOf(model);
  });

  it("refuses labels outside the classes, and a monitor that is not logged", async () => {
    const model = linearClassifier(6, 2);
    await expect(fit(model, { train, epochs: 1 }).result).rejects.toThrow("label 2 is not one of the 2 classes");
    disposeOf(model);
    const other = linearClassifier(6, 3);
    const failing = fit(other, { train, epochs: 1, callbacks: [earlyStopping({ monitor: "val_acc" })] }).result;
    await expect(failing).rejects.toSatisfy((error) => isTrainError(error, "MONITOR_UNKNOWN"));
    expect(() => fit(other, { train, epochs: 0 })).toThrow(/epochs/);
    disposeOf(other);
  });
});

describe("optimizers", () => {
  // One weight of 1, gradients 0.5 then -0.25, rate 0.1; by hand from Keras's formulas.
  const gradients = [0.5, -0.25];
  const cases = [
    // -0.05, then +0.025
    ["sgd", sgd(), 1 - 0.05 + 0.025],
    // v1 = -0.05; v2 = 0.9 * -0.05 + 0.025 = -0.02
    ["momentum", sgd({ momentum: 0.9 }), 1 - 0.05 - 0.02],
    // step k: m v + (-r g): (0.9 * -0.05 - 0.05) + (0.9 * -0.02 + 0.025)
    ["nesterov", sgd({ momentum: 0.9, nesterov: true }), 1 - 0.095 + 0.007],
    // m2 = 0.9 * 0.05 - 0.025 = 0.02, v2 = 0.999 * 0.00025 + 0.0000625; step 1 is -rate
    ["adam", adam(), 1 - 0.1 - (0.1 * Math.sqrt(1 - 0.999 ** 2) * 0.02) / ((1 - 0.9 ** 2) * Math.sqrt(0.00031225))],
  ] as const;
  it.each(cases)("%s", async (_, optimizer, expected) => {
    let weight: tf.Tensor = tf.scalar(1);
    let slots: Record<string, tf.Tensor> = Object.fromEntries(optimizer.slots.map((slot) => [slot, tf.scalar(0)]));
    for (const [i, gradient] of gradients.entries()) {
      ({ weight, slots } = optimizer.update(weight, tf.scalar(gradient), slots, { learningRate: 0.1, step: i + 1 }));
    }
    expect((await weight.data())[0]).toBeCloseTo(expected, 5);
  });
});

describe("crossentropy", () => {
  const logits = () => tf.tensor2d([2, 0, 0, 0, 1, 0], [2, 3]);
  const labels = Int32Array.from([0, 2]);
  const nll = [Math.log(Math.exp(2) + 2) - 2, Math.log(Math.E + 2)];
  const value = async (...args: Parameters<typeof crossentropy>) =>
    (
      await crossentropy(...args)
        .compute(logits(), { labels }, "training")
        .data()
    )[0]!;

  it("is the mean negative log likelihood", async () => {
    expect(await value()).toBeCloseTo((nll[0]! + nll[1]!) / 2, 6);
  });
  it("weights classes as Keras does: the sum over n", async () => {
    expect(await value({ classWeights: [3, 1, 5] })).toBeCloseTo((3 * nll[0]! + 5 * nll[1]!) / 2, 5);
  });
  it("smooths labels", async () => {
    // log Z - sum of target * logit; targets .9 + .1 / 3 on the label, .1 / 3 elsewhere.
    const [z0, z1] = [Math.log(Math.exp(2) + 2), Math.log(Math.E + 2)];
    const expected = (z0 - 2 * (0.9 + 0.1 / 3) + z1 - 0.1 / 3) / 2;
    expect(await value({ labelSmoothing: 0.1 })).toBeCloseTo(expected, 6);
  });
});

it("warms up linearly, then falls along a cosine", () => {
  const rate = cosineSchedule(1, { warmup: 0.1 });
  const logs: EpochLogs = { first: rate(0, 100), top: rate(10, 100), middle: rate(55, 100), end: rate(100, 100) };
  expect(logs).toEqual({ first: 1 / 11, top: 1, middle: expect.closeTo(0.5, 10), end: expect.closeTo(0, 10) });
});
