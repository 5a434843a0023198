import { describe, expect, it } from "vitest";
import {
  applyTemperature,
  bootstrapInterval,
  brierScore,
  confusionMatrix,
  evaluateClassification,
  expectedCalibrationError,
  logLoss,
  matthewsCorrcoef,
  predictedClasses,
  wilsonInterval,
} from "../src/index.ts";
import { createRandom } from "../src/random.ts";

const names = ["CBB", "CBSD", "CGM", "CMD", "Healthy"];

const simulate = (n: number, seed: number) => {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: n }, () => Math.min(4, Math.floor(random() * 7)));
  const logits = Float32Array.from(
    { length: n * 5 },
    (_, cell) => random() * 3 + (labels[Math.floor(cell / 5)] === cell % 5 ? 1 : 0),
  );
  return { labels, probabilities: Float32Array.from(applyTemperature(logits, 1, 5)) };
};

describe("evaluateClassification", () => {
  const { labels, probabilities } = simulate(200, 12);
  const summary = evaluateClassification({ labels, probabilities, classes: names, seed: 3 });

  it("is what the single functions say", () => {
    const predicted = predictedClasses(probabilities, 5);
    const matrix = confusionMatrix(labels, predicted, { classes: 5 });
    const correct = labels.filter((label, i) => label === predicted[i]).length;
    const { low, high, estimate } = wilsonInterval(correct, 200);
    expect(summary.accuracy).toEqual({ estimate, low, high });
    const mcc = bootstrapInterval(matrix, matthewsCorrcoef, { seed: 3 });
    expect(summary.mcc).toEqual({ estimate: mcc.estimate, low: mcc.low, high: mcc.high });
    expect(summary.logLoss).toBe(logLoss(labels, probabilities, { classes: 5 }));
    expect(summary.d2LogLoss).toBeCloseTo(1 - summary.logLoss / summary.labelEntropy, 12);
    expect(summary.calibrationError).toBe(expectedCalibrationError(labels, probabilities, { classes: 5 }));
    expect(summary.confusion.flat()).toEqual([...matrix.counts]);
    expect(summary.perClass.map(({ support }) => support)).toEqual(
      summary.confusion.map((row) => row.reduce((a, b) => a + b)),
    );
    expect(summary.perClass.map(({ name }) => name)).toEqual(names);
    const worst = summary.mostConfused[0]!;
    const [actual, wrong] = [names.indexOf(worst.actual), names.indexOf(worst.predicted)];
    expect(summary.confusion[actual]![wrong]).toBe(worst.count);
    expect(worst.share).toBe(worst.count / summary.perClass[actual]!.support);
  });

  it("is plain JSON and the same for the same seed", () => {
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    expect(evaluateClassification({ labels, probabilities, classes: names, seed: 3 })).toEqual(summary);
    expect(evaluateClassification({ labels, probabilities, classes: names, seed: 4 })).not.toEqual(summary);
  });

  it("knows the majority answer when it sees one", () => {
    const shares = [0.05, 0.1, 0.1, 0.65, 0.1];
    const truth = Array.from({ length: 100 }, (_, i) => (i < 65 ? 3 : i < 70 ? 0 : [1, 2, 4][i % 3]!));
    const constant = evaluateClassification({
      labels: truth,
      probabilities: truth.flatMap(() => shares),
      classes: names,
    });
    expect(constant.accuracy.estimate).toBe(constant.majorityShare);
    expect(constant.balancedAccuracy.estimate).toBe(0.2);
    expect(constant.mcc).toEqual({ estimate: 0, low: 0, high: 0 });
    expect(constant.d2LogLoss).toBeCloseTo(0, 12);
  });

  it("writes null where a score is undefined", () => {
    const single = evaluateClassification({ labels: [0], probabilities: [0.8, 0.2], classes: ["a", "b"] });
    expect(single.kappa).toEqual({ estimate: null, low: null, high: null });
    expect(single.d2LogLoss).toBe(null);
    expect(single.perClass[1]).toEqual({
      name: "b",
      support: 0,
      precision: 0,
      recall: { estimate: null, low: 0, high: 1 },
      f1: 0,
    });
    expect(JSON.parse(JSON.stringify(single))).toEqual(single);
  });

  it("leaves its input alone", () => {
    const before = [...probabilities];
    brierScore(labels, probabilities, { classes: 5 });
    evaluateClassification({ labels, probabilities, classes: names });
    expect([...probabilities]).toEqual(before);
  });
});
