import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  accuracyScore,
  applyTemperature,
  balancedAccuracyScore,
  cohenKappaScore,
  confusionMatrix,
  d2LogLossScore,
  emptyConfusion,
  expectedCalibrationError,
  f1Score,
  fitTemperature,
  labelEntropy,
  logLoss,
  majorityShare,
  matthewsCorrcoef,
  mergeConfusion,
  mostConfused,
  normalizeConfusion,
  precisionRecallFscore,
  predictedClasses,
  rocAucScore,
  topKAccuracy,
  topLosses,
  wilsonInterval,
} from "../src/index.ts";

/** True and predicted labels over a number of classes. */
const labelings = fc.integer({ min: 1, max: 6 }).chain((classes) => {
  const label = fc.integer({ min: 0, max: classes - 1 });
  return fc
    .array(fc.tuple(label, label), { minLength: 1, maxLength: 60 })
    .map((pairs) => ({ classes, yTrue: pairs.map(([t]) => t), yPred: pairs.map(([, p]) => p) }));
});

/** Labels with logits in steps of a tenth: ties are frequent. */
const scored = fc.integer({ min: 2, max: 5 }).chain((classes) =>
  fc
    .array(
      fc.tuple(
        fc.integer({ min: 0, max: classes - 1 }),
        fc.array(fc.integer({ min: -40, max: 40 }), { minLength: classes, maxLength: classes }),
      ),
      { minLength: 2, maxLength: 40 },
    )
    .map((rows) => {
      const logits = rows.flatMap(([, row]) => row.map((value) => value / 10));
      return {
        classes,
        yTrue: rows.map(([label]) => label),
        logits,
        probabilities: applyTemperature(logits, 1, classes),
      };
    }),
);

const close = (actual: number, expected: number, tolerance = 1e-12) => {
  if (Number.isFinite(expected)) expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance);
  else expect(actual).toBe(expected);
};

describe("scores of a confusion matrix", () => {
  const symmetric = { accuracyScore, balancedAccuracyScore, f1Score, matthewsCorrcoef, cohenKappaScore };

  it.each(Object.entries(symmetric))("%s does not change when the classes are renamed", (_, score) => {
    const property = fc.property(labelings, fc.integer({ min: 0, max: 1000 }), ({ classes, yTrue, yPred }, turn) => {
      // A rotation composed with a reflection reaches more than the identity for every number of classes.
      const rename = (label: number) => (classes - 1 - label + turn) % classes;
      close(score(yTrue.map(rename), yPred.map(rename), { classes }), score(yTrue, yPred, { classes }));
    });
    fc.assert(property, { seed: 1 });
  });

  it("merging parts gives the whole, and the empty matrix changes nothing", () => {
    const property = fc.property(labelings, fc.nat(), ({ classes, yTrue, yPred }, cut) => {
      const at = cut % (yTrue.length + 1);
      const part = (from: number, to: number) =>
        confusionMatrix(yTrue.slice(from, to), yPred.slice(from, to), { classes });
      const whole = confusionMatrix(yTrue, yPred, { classes });
      const [a, b] = [part(0, at), part(at, yTrue.length)];
      expect(mergeConfusion(a, b)).toEqual(whole);
      expect(mergeConfusion(b, a)).toEqual(whole);
      expect(mergeConfusion(whole, emptyConfusion(classes))).toEqual(whole);
    });
    fc.assert(property, { seed: 2 });
  });

  it("MCC and kappa are the same from either side", () => {
    const property = fc.property(labelings, ({ classes, yTrue, yPred }) => {
      for (const score of [matthewsCorrcoef, cohenKappaScore])
        close(score(yTrue, yPred, { classes }), score(yPred, yTrue, { classes }));
    });
    fc.assert(property, { seed: 3 });
  });

  it("micro F1 is the accuracy, and macro recall over the classes that occur the balanced accuracy", () => {
    const property = fc.property(labelings, ({ classes, yTrue, yPred }) => {
      const matrix = confusionMatrix(yTrue, yPred, { classes });
      close(f1Score(matrix, { average: "micro" }), accuracyScore(matrix));
      const recall = precisionRecallFscore(matrix, { average: "macro", zeroDivision: Number.NaN }).recall;
      close(recall, balancedAccuracyScore(matrix));
      close(
        majorityShare(precisionRecallFscore(matrix).support),
        accuracyScore(yTrue, mostFrequent(yTrue), { classes }),
      );
    });
    fc.assert(property, { seed: 4 });
  });

  it("normalized rows sum to 1, or to 0 where empty; mistakes and hits are all samples", () => {
    const property = fc.property(labelings, ({ classes, yTrue, yPred }) => {
      const matrix = confusionMatrix(yTrue, yPred, { classes });
      const shares = normalizeConfusion(matrix, "true").counts;
      for (let t = 0; t < classes; t++)
        close(
          shares.subarray(t * classes, (t + 1) * classes).reduce((a, b) => a + b, 0),
          yTrue.includes(t) ? 1 : 0,
        );
      const mistakes = mostConfused(matrix, { limit: Infinity }).reduce((sum, { count }) => sum + count, 0);
      close(mistakes / yTrue.length + accuracyScore(matrix), 1);
    });
    fc.assert(property, { seed: 5 });
  });
});

const mostFrequent = (labels: readonly number[]): number[] => {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [[most] = [0]] = [...counts].sort(([, a], [, b]) => b - a);
  return labels.map(() => most);
};

describe("scores of probabilities", () => {
  it("D² is the share of the labels' entropy that the model removes", () => {
    const property = fc.property(scored, ({ classes, yTrue, probabilities }) => {
      const counts = Array.from({ length: classes }, (_, c) => yTrue.filter((label) => label === c).length);
      fc.pre(counts.every((count) => count < yTrue.length));
      const options = { classes };
      close(
        d2LogLossScore(yTrue, probabilities, options),
        1 - logLoss(yTrue, probabilities, options) / labelEntropy(counts),
        1e-9,
      );
    });
    fc.assert(property, { seed: 6 });
  });

  it("top-k accuracy grows with k to 1, and starts at the accuracy of argmax where ties go to the lowest index", () => {
    const property = fc.property(scored, ({ classes, yTrue, probabilities }) => {
      const at = (k: number) => topKAccuracy(yTrue, probabilities, { classes, k, ties: "lowest" });
      for (let k = 1; k < classes; k++) expect(at(k + 1)).toBeGreaterThanOrEqual(at(k));
      expect(at(classes)).toBe(1);
      expect(at(1)).toBe(accuracyScore(yTrue, predictedClasses(probabilities, classes), { classes }));
    });
    fc.assert(property, { seed: 7 });
  });

  it("top losses are in order, and all of them average to the log loss", () => {
    const property = fc.property(scored, ({ classes, yTrue, probabilities }) => {
      const worst = topLosses(yTrue, probabilities, { classes, limit: Infinity });
      expect(worst.map(({ loss }) => loss)).toEqual(worst.map(({ loss }) => loss).sort((a, b) => b - a));
      close(worst.reduce((sum, { loss }) => sum + loss, 0) / yTrue.length, logLoss(yTrue, probabilities, { classes }));
      for (const { index, label, predicted, confidence } of worst) {
        expect(label).toBe(yTrue[index]);
        expect(confidence).toBe(probabilities[index * classes + predicted]);
      }
    });
    fc.assert(property, { seed: 8 });
  });

  it("calibration error lies between 0 and 1, and the worst bin is no better than the mean", () => {
    const property = fc.property(scored, ({ classes, yTrue, probabilities }) => {
      for (const edges of ["left-inclusive", "right-inclusive"] as const) {
        const mean = expectedCalibrationError(yTrue, probabilities, { classes, edges });
        expect(mean).toBeGreaterThanOrEqual(0);
        expect(expectedCalibrationError(yTrue, probabilities, { classes, edges, norm: "max" })).toBeGreaterThanOrEqual(
          mean - 1e-12,
        );
        expect(mean).toBeLessThanOrEqual(1);
      }
    });
    fc.assert(property, { seed: 9 });
  });

  it("AUC is the share of pairs in the right order, ties counting half", () => {
    const property = fc.property(scored, ({ classes, yTrue, logits }) => {
      const truth = yTrue.map((label) => (label === 0 ? 1 : 0));
      const scores = yTrue.map((_, i) => logits[i * classes]!);
      let ordered = 0;
      let pairs = 0;
      for (const [i, a] of truth.entries())
        for (const [j, b] of truth.entries()) {
          if (!(a === 1 && b === 0)) continue;
          pairs++;
          ordered += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
        }
      const negated = scores.map((score) => -score);
      close(rocAucScore(truth, scores), pairs === 0 ? Number.NaN : ordered / pairs);
      close(rocAucScore(truth, negated), pairs === 0 ? Number.NaN : 1 - ordered / pairs);
    });
    fc.assert(property, { seed: 10 });
  });

  it("a fitted temperature never raises the loss, and follows the scale of the logits", () => {
    const property = fc.property(scored, ({ classes, yTrue, logits }) => {
      const fit = fitTemperature(logits, yTrue, { classes });
      expect(fit.lossAfter).toBeLessThanOrEqual(fit.lossBefore + 1e-12);
      close(fit.lossAfter, logLoss(yTrue, applyTemperature(logits, fit.temperature, classes), { classes }), 1e-9);
      const scaled = fitTemperature(
        logits.map((value) => value * 3),
        yTrue,
        { classes },
      );
      if (!fit.atLimit && !scaled.atLimit) expect(scaled.temperature / fit.temperature).toBeCloseTo(3, 6);
    });
    fc.assert(property, { seed: 11 });
  });
});

describe("Wilson's interval", () => {
  it("holds its estimate, lies in [0, 1], and mirrors when successes and failures change places", () => {
    const counts = fc
      .integer({ min: 1, max: 5000 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    const property = fc.property(counts, ([successes, n]) => {
      const { low, high, estimate } = wilsonInterval(successes, n);
      const mirrored = wilsonInterval(n - successes, n);
      expect(0 <= low && low <= estimate && estimate <= high && high <= 1).toBe(true);
      close(low, 1 - mirrored.high);
    });
    fc.assert(property, { seed: 12 });
  });
});
