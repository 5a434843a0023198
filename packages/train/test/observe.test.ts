import type { Callback } from "@cassava/contracts";
import type { Finding, Rule } from "@cassava/metrics/diagnosis";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { adam, diagnoseTraining, featureBatches, fit, linearProbe, observeTraining, sgd } from "../src/index.ts";
import { disposeOf, linearClassifier, mapStore, separable } from "./support.ts";

let before: number;
beforeEach(async () => {
  await tf.setBackend("cpu");
  before = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(before));

const set = separable(60);
const shuffled = () => featureBatches(set, { batchSize: 8, shuffle: { seed: 1 } });

describe("observeTraining", () => {
  it("sees labels of one epoch, the order of each, losses of every step, and how weights change", async () => {
    const model = linearClassifier(6, 3);
    const observer = observeTraining();
    const train = observer.watch(shuffled());
    const options = { train, validation: shuffled(), epochs: 3, optimizer: adam({ learningRate: 0.01 }) };
    const run = fit(model, { ...options, callbacks: [observer.callback()], checkLeaks: true });
    const losses: number[] = [];
    for await (const event of run) if (event.type === "epoch") losses.push(event.logs.loss!);
    await run.result;
    const { batches, weights } = observer;
    expect(batches.labels!.map(({ length }) => length)).toEqual([8, 8, 8, 8, 8, 8, 8, 4]);
    const counts = [0, 1, 2].map(
      (c) => batches.labels!.flatMap((batch) => Array.from(batch)).filter((label) => label === c).length,
    );
    expect(counts).toEqual([0, 1, 2].map((c) => set.labels!.filter((label) => label === c).length));
    expect(new Set(batches.orderHashes).size).toBe(3);
    expect(batches.losses).toHaveLength(24);
    const first = batches.losses!.slice(0, 8).reduce((sum, loss, i) => sum + loss * (i < 7 ? 8 : 4), 0) / 60;
    expect(first).toBeCloseTo(losses[0]!, 5);
    expect(batches.inputWait! >= 0 && batches.inputWait! <= 1).toBe(true);
    expect(weights.weights).toMatchObject([
      { name: "kernel", trainable: true, changed: true },
      { name: "bias", trainable: true, changed: true },
    ]);
    // Adam's first steps are of the rate's size, the kernel's entries of about .07.
    expect(weights.weights![0]!.logUpdateRatio).toBeCloseTo(Math.log10(0.01 / 0.07), 0);
    disposeOf(model);
  });

  it("tells an order that never changes, and weights that do not", async () => {
    const model = linearClassifier(6, 3);
    const observer = observeTraining();
    const idle = {
      ...sgd({ learningRate: 1 }),
      update: (weight: tf.Tensor) => ({ weight: weight.clone(), slots: {} }),
    };
    const train = observer.watch(featureBatches(set, { batchSize: 8 }));
    const options = { train, validation: train, epochs: 3, optimizer: idle };
    await fit(model, { ...options, callbacks: [observer.callback()] }).result;
    expect(new Set(observer.batches.orderHashes).size).toBe(1);
    expect(observer.weights.weights!.map(({ changed }) => changed)).toEqual([false, false]);
    disposeOf(model);
  });
});

describe("diagnoseTraining", () => {
  const failing = { known: { splitCounts: { validation: [20, 20, 20] } } };
  const run = (callback: ReturnType<typeof diagnoseTraining>, more = {}) => {
    const model = linearClassifier(6, 3);
    // Black images: there is nothing to learn but the shares of the classes.
    const black = featureBatches({ ...set, features: new Float32Array(set.features.length) }, { batchSize: 8 });
    const options = { train: black, validation: black, epochs: 12, optimizer: adam({ learningRate: 0.01 }) };
    const { result } = fit(model, { ...options, callbacks: [callback], ...more });
    return result.finally(() => disposeOf(model));
  };

  it("tells of a finding once, in the epoch in which it stands", async () => {
    const told: [string, number][] = [];
    const { epochs } = await run(
      diagnoseTraining({ ...failing, onFinding: ({ rule }, epoch) => void told.push([rule, epoch]) }),
    );
    expect(epochs).toBe(12);
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told.map(([rule]) => rule)).size).toBe(told.length);
    expect(told.every(([, epoch]) => epoch >= 0 && epoch < 12)).toBe(true);
  });

  /** Finds something after these epochs, from 1. */
  const finds = (severity: "warning" | "error", ...epochs: number[]): Rule => ({
    id: severity,
    group: "loss",
    source: "test",
    defaults: {},
    evaluate({ history = [] }) {
      if (!epochs.includes(history.length)) return { pass: {} };
      const words = { title: "", explanation: "", remedy: "", falsePositive: "" };
      return { finding: { severity, confidence: 1, evidence: [], causes: [], ...words } };
    },
  });

  it("tells of a warning that stands for two epochs, and of an error at once", async () => {
    const told: [string, number][] = [];
    const rules = [finds("warning", 2, 4, 7, 8), finds("error", 5)];
    await run(diagnoseTraining({ rules, onFinding: ({ rule }, epoch) => void told.push([rule, epoch + 1]) }));
    expect(told).toEqual([
      ["error", 5],
      ["warning", 8],
    ]);
    const stopped = await run(
      diagnoseTraining({ rules: [finds("warning", 2, 4, 5)], stopOn: { severity: "warning" } }),
    );
    expect(stopped.epochs).toBe(5);
  });

  it("tells once more where a warning becomes an error, and not of a warning that an error was", async () => {
    const told: [string, number][] = [];
    const grows = finds("warning", 2, 3, 4, 5, 8, 9, 10);
    const rule: Rule = {
      ...grows,
      evaluate(input, options) {
        const result = grows.evaluate(input, options);
        if (!("finding" in result) || input.history!.length < 5 || input.history!.length > 8) return result;
        return { finding: { ...result.finding, severity: "error" } };
      },
    };
    const onFinding = ({ severity }: Finding, epoch: number) => void told.push([severity, epoch + 1]);
    await run(diagnoseTraining({ rules: [rule], onFinding }));
    expect(told).toEqual([
      ["warning", 3],
      ["error", 5],
    ]);
  });

  it("takes stages that share it for one run, a resumed one too", async () => {
    const told: [string, number, number][] = [];
    const stages: unknown[] = [];
    const watching: Rule = {
      ...finds("error"),
      evaluate({ history = [] }) {
        stages.push(history.at(-1)!.stage);
        return { pass: {} };
      },
    };
    const rules = [finds("warning", 4, 5, 13, 14), watching];
    const onFinding = ({ rule }: Finding, epoch: number, stage: number) => void told.push([rule, epoch + 1, stage]);
    const callback = () => diagnoseTraining({ rules, onFinding });
    const [shared, stores] = [callback(), [mapStore(), mapStore()]];
    await run(shared, { checkpoints: { store: stores[0] } });
    expect(told.splice(0)).toEqual([["warning", 5, 0]]);
    const cut = new AbortController();
    const cutting: Callback = { name: "cut", onEpochStart: ({ epoch }) => void (epoch === 1 && cut.abort()) };
    const second = { epochs: 3, checkpoints: { store: stores[1], resume: true } };
    await expect(run(shared, { ...second, signal: cut.signal, callbacks: [shared, cutting] })).rejects.toThrow(/abort/);
    expect([told, stages.splice(0)]).toEqual([[], [...new Array(12).fill(0), 1]]);
    const resumed = callback();
    await run(resumed, { checkpoints: { store: stores[0], resume: true } });
    await run(resumed, second);
    // It was told of in the first stage, and has come back since.
    expect([told, stages]).toEqual([[["warning", 2, 1]], [1, 1]]);
  });

  it("stops a run that is beyond help, with the finding as the reason", async () => {
    const { epochs, reason } = await run(
      diagnoseTraining({ ...failing, stopOn: { severity: "warning", confidence: 0.5 } }),
    );
    expect(epochs).toBeLessThan(12);
    expect(reason).toMatch(/^[a-z-]+: .+/);
  });

  it("leaves a good run alone", async () => {
    const model = linearClassifier(6, 3);
    const told: string[] = [];
    const callback = diagnoseTraining({
      ...failing,
      stopOn: { severity: "warning" },
      onFinding: ({ rule }) => void told.push(rule),
    });
    const options = { train: shuffled(), validation: shuffled(), epochs: 10, optimizer: adam({ learningRate: 0.02 }) };
    const { epochs } = await fit(model, { ...options, callbacks: [callback] }).result;
    expect([epochs, told]).toEqual([10, []]);
    disposeOf(model);
  });

  it("goes on where it was after a resumption: what was told is not told again", async () => {
    const store = mapStore();
    const told: string[][] = [[], []];
    const callback = (to: string[]) => diagnoseTraining({ ...failing, onFinding: ({ rule }) => void to.push(rule) });
    await run(callback(told[0]!), { epochs: 6, checkpoints: { store } });
    await run(callback(told[1]!), { epochs: 6, checkpoints: { store, resume: true } });
    expect(told[0]!.length).toBeGreaterThan(0);
    expect(told[1]!.filter((rule) => told[0]!.includes(rule))).toEqual([]);
  });
});

describe("linearProbe", () => {
  it("scores what is linearly there, by images that it was not fitted on", () => {
    const found = linearProbe(set, { c: 1 });
    expect(found.images).toBe(24);
    expect(found.accuracy).toBeGreaterThan(0.9);
    expect(found.logLoss).toBeLessThan(0.5 * found.entropy);
    const noise = linearProbe({ ...set, features: set.features.map((_, i) => Math.sin(i * i)) }, { c: 1e-3 });
    expect(noise.logLoss).toBeGreaterThan(0.9 * noise.entropy);
  });

  it("refuses a set without labels, or too small", () => {
    const { labels: _, ...bare } = set;
    expect(() => linearProbe(bare)).toThrow(/label of every image/);
    expect(() => linearProbe({ ...set, ids: ["one"] })).toThrow(/cannot hold out/);
  });
});
