import { describe, expect, it } from "vitest";
import * as m from "../src/index.ts";

/** Code, index and message of what `run` throws. */
const thrown = (run: () => unknown): { code: string; index: number | undefined; message: string } => {
  try {
    run();
  } catch (error) {
    if (m.isMetricsError(error)) return { code: error.code, index: error.index, message: error.message };
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe("errors", () => {
  const cases: [name: string, run: () => unknown, code: string, index?: number][] = [
    ["lengths", () => m.confusionMatrix([0, 1], [0], { classes: 2 }), "LENGTH_MISMATCH"],
    ["a label too high", () => m.confusionMatrix([0, 1], [0, 2], { classes: 2 }), "LABEL_OUT_OF_RANGE", 1],
    ["a negative label", () => m.confusionMatrix([-1, 1], [0, 1], { classes: 2 }), "LABEL_OUT_OF_RANGE", 0],
    ["a fractional label", () => m.confusionMatrix([0, 0.5], [0, 1], { classes: 2 }), "LABEL_OUT_OF_RANGE", 1],
    ["a label that is NaN", () => m.logLoss([Number.NaN], [0.5, 0.5], { classes: 2 }), "LABEL_OUT_OF_RANGE", 0],
    ["no classes", () => m.emptyConfusion(0), "OPTION_INVALID"],
    ["a negative weight", () => m.accuracyScore([0, 1], [0, 1], { classes: 2, weights: [1, -1] }), "WEIGHT_INVALID", 1],
    ["too few weights", () => m.logLoss([0], [0.5, 0.5], { classes: 2, weights: [] }), "LENGTH_MISMATCH"],
    ["no sample", () => m.accuracyScore([], [], { classes: 2 }), "EMPTY"],
    ["no sample with weight", () => m.matthewsCorrcoef([0, 1], [0, 1], { classes: 2, weights: [0, 0] }), "EMPTY"],
    ["matrices of other classes", () => m.mergeConfusion(m.emptyConfusion(2), m.emptyConfusion(3)), "MATRIX_INVALID"],
    [
      "a matrix of the wrong size",
      () => m.accuracyScore({ classes: 2, counts: new Float64Array(3) }),
      "MATRIX_INVALID",
    ],
    ["a NaN probability", () => m.logLoss([0, 1], [0.5, 0.5, Number.NaN, 1], { classes: 2 }), "PROBABILITY_INVALID", 1],
    ["logits for probabilities", () => m.logLoss([0], [3.2, -1], { classes: 2 }), "PROBABILITY_INVALID", 0],
    [
      "rows that do not sum to one",
      () => m.brierScore([0, 1], [0.5, 0.5, 0.9, 0.9], { classes: 2 }),
      "PROBABILITY_INVALID",
      1,
    ],
    ["a row too few", () => m.logLoss([0, 1], [0.5, 0.5], { classes: 2 }), "LENGTH_MISMATCH"],
    ["one class", () => m.logLoss([0], [1], { classes: 1 }), "OPTION_INVALID"],
    ["an infinite score", () => m.rocAucScore([0, 1], [0, Infinity]), "SCORE_INVALID", 1],
    ["ragged rows", () => m.predictedClasses([1, 2, 3], 2), "LENGTH_MISMATCH"],
    [
      "weights one against one",
      () => m.rocAucScore([0, 1], [1, 0, 0, 1], { classes: 2, multiClass: "ovo", weights: [1, 1] }),
      "OPTION_INVALID",
    ],
    ["a curve of one point", () => m.areaUnderCurve([1], [1]), "EMPTY"],
    ["a curve that turns", () => m.areaUnderCurve([0, 1, 0.5], [1, 1, 1]), "SCORE_INVALID", 2],
    ["more successes than trials", () => m.wilsonInterval(3, 2), "OPTION_INVALID"],
    ["a negative beta", () => m.precisionRecallFscore([0], [0], { classes: 1, beta: -1 }), "OPTION_INVALID"],
    ["zeroDivision of a half", () => m.f1Score([0], [0], { classes: 1, zeroDivision: 0.5 }), "OPTION_INVALID"],
    [
      "a reported class that is none",
      () => m.classificationReport([0], [0], { classes: 1, labels: [1] }),
      "LABEL_OUT_OF_RANGE",
    ],
    ["names too few", () => m.classificationReport([0], [0], { classes: 2, names: ["a"] }), "LENGTH_MISMATCH"],
    ["a temperature of 0", () => m.applyTemperature([1, 2], 0, 2), "OPTION_INVALID"],
    ["a probability above 1", () => m.logitsOfProbabilities([0.5, 1.5]), "PROBABILITY_INVALID", 1],
    ["negative counts", () => m.labelEntropy([3, -1]), "WEIGHT_INVALID", 1],
    ["no counts", () => m.majorityShare([]), "EMPTY"],
    ["no bins", () => m.calibrationCurve([0], [0.5], { bins: 0 }), "OPTION_INVALID"],
    ["no answers to compare", () => m.mcnemarTest([], []), "EMPTY"],
  ];

  it.each(cases)("%s", (_, run, code, index) => {
    const error = thrown(run);
    expect(error.code).toBe(code);
    expect(error.index).toBe(index);
    expect(error.message).not.toContain("\n");
  });

  it("names the sample and the remedy", () => {
    expect(thrown(() => m.confusionMatrix([0, 7], [0, 1], { classes: 5 })).message).toBe(
      "yTrue[1] is 7: labels are integers from 0 to 4, as classes is 5",
    );
  });

  it("is told apart by its guard", () => {
    const error = new m.MetricsError("EMPTY", "nothing");
    expect([
      m.isMetricsError(error),
      m.isMetricsError(error, "EMPTY"),
      m.isMetricsError(error, "OPTION_INVALID"),
    ]).toEqual([true, true, false]);
    expect(m.isMetricsError(new Error("EMPTY"))).toBe(false);
  });

  it("lets rows of any sum through where asked, as scikit-learn does", () => {
    expect(m.logLoss([0], [0.5, 0.3], { classes: 2, sumTolerance: Infinity })).toBeCloseTo(Math.LN2, 15);
  });
});
