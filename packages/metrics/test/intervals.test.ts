import { describe, expect, it } from "vitest";
import { bootstrapIntervals } from "../src/bootstrap.ts";
import {
  accuracyScore,
  balancedAccuracyScore,
  bootstrapInterval,
  type ConfusionMatrix,
  cohenKappaScore,
  confusionMatrix,
  f1Score,
  isMetricsError,
  matthewsCorrcoef,
  pairedBootstrap,
  wilsonInterval,
} from "../src/index.ts";
import { createRandom, type Random } from "../src/random.ts";

const CLASSES = 3;

/** Row t: how often a sample of true class t is predicted as each class. */
const BEHAVIOUR = [
  [0.7, 0.2, 0.1],
  [0.1, 0.85, 0.05],
  [0.25, 0.15, 0.6],
];
const PRIORS = [0.25, 0.55, 0.2];

const pick = (shares: readonly number[], random: Random): number => {
  let rest = random();
  for (const [i, share] of shares.entries()) {
    rest -= share;
    if (rest < 0) return i;
  }
  return shares.length - 1;
};

/** Labels and predictions of a simulated classifier whose true scores are known. */
const simulate = (n: number, random: Random): { yTrue: number[]; yPred: number[] } => {
  const yTrue = Array.from({ length: n }, () => pick(PRIORS, random));
  return { yTrue, yPred: yTrue.map((label) => pick(BEHAVIOUR[label]!, random)) };
};

const truth: ConfusionMatrix = {
  classes: CLASSES,
  counts: Float64Array.from(BEHAVIOUR.flatMap((row, t) => row.map((share) => share * PRIORS[t]!))),
};

describe("coverage", () => {
  it("of Wilson's interval at n = 320, computed exactly: between 93 and 97 % at every true share, 95 % on the average", () => {
    const n = 320;
    const intervals = Array.from({ length: n + 1 }, (_, k) => wilsonInterval(k, n));
    const logFactorials = [0];
    for (let k = 1; k <= n; k++) logFactorials.push(logFactorials[k - 1]! + Math.log(k));
    const coverage = (p: number) =>
      intervals.reduce((sum, { low, high }, k) => {
        const log =
          logFactorials[n]! - logFactorials[k]! - logFactorials[n - k]! + k * Math.log(p) + (n - k) * Math.log(1 - p);
        return low <= p && p <= high ? sum + Math.exp(log) : sum;
      }, 0);
    const shares = Array.from({ length: 181 }, (_, i) => 0.05 + i * 0.005);
    const covered = shares.map(coverage);
    expect(Math.min(...covered)).toBeGreaterThan(0.93);
    expect(Math.max(...covered)).toBeLessThan(0.97);
    expect(covered.reduce((a, b) => a + b, 0) / covered.length).toBeCloseTo(0.95, 2);
  });

  it("of bootstrap intervals: 400 simulated test sets of n = 600, 300 resamples, seed 2024: 90 to 98 %", () => {
    const random = createRandom(2024);
    const scores = { balancedAccuracyScore, f1Score, matthewsCorrcoef, cohenKappaScore };
    const covered = new Map(Object.keys(scores).map((name) => [name, 0]));
    for (let trial = 0; trial < 400; trial++) {
      const { yTrue, yPred } = simulate(600, random);
      const matrix = confusionMatrix(yTrue, yPred, { classes: CLASSES });
      const intervals = bootstrapIntervals(matrix, scores, { resamples: 300, seed: trial });
      for (const [name, score] of Object.entries(scores)) {
        const { low, high } = intervals[name as keyof typeof scores];
        const value = score(truth);
        if (low <= value && value <= high) covered.set(name, covered.get(name)! + 1);
      }
    }
    for (const [name, hits] of covered) {
      // The standard error of a share of 400 at 95 % is 1.1 %.
      expect(hits / 400, name).toBeGreaterThan(0.9);
      expect(hits / 400, name).toBeLessThan(0.98);
    }
  });
});

describe("drawing cells instead of rows", () => {
  const { yTrue, yPred } = simulate(120, createRandom(3));
  const matrix = confusionMatrix(yTrue, yPred, { classes: CLASSES });

  /** The textbook bootstrap: rows with replacement, within each true class or overall. */
  const resampleRows = (stratify: boolean, resamples: number, random: Random): ConfusionMatrix[] => {
    const all = yTrue.map((_, i) => i);
    const groups = stratify ? [0, 1, 2].map((c) => all.filter((i) => yTrue[i] === c)) : [all];
    return Array.from({ length: resamples }, () => {
      const rows = groups.flatMap((group) => group.map(() => group[Math.floor(random() * group.length)]!));
      return confusionMatrix(
        rows.map((i) => yTrue[i]!),
        rows.map((i) => yPred[i]!),
        { classes: CLASSES },
      );
    });
  };

  it.each([true, false])(
    "gives the same distribution of the statistic (stratify: %s; 6,000 resamples, Kolmogorov-Smirnov)",
    (stratify) => {
      const resamples = 6000;
      const drawn: number[] = [];
      const record = (resampled: ConfusionMatrix) => {
        drawn.push(matthewsCorrcoef(resampled));
        return 0;
      };
      bootstrapInterval(matrix, record, { resamples, stratify, seed: 17 });
      const cells = drawn.slice(0, resamples).sort((a, b) => a - b);
      const rows = resampleRows(stratify, resamples, createRandom(18))
        .map((m) => matthewsCorrcoef(m))
        .sort((a, b) => a - b);
      let gap = 0;
      for (let i = 0, j = 0; i < resamples && j < resamples; ) {
        const at = Math.min(cells[i]!, rows[j]!);
        while (i < resamples && cells[i]! <= at) i++;
        while (j < resamples && rows[j]! <= at) j++;
        gap = Math.max(gap, Math.abs(i - j) / resamples);
      }
      // The 99.9 % point of the two-sample statistic: 1.95 sqrt(2 / resamples).
      expect(gap).toBeLessThan(1.95 * Math.sqrt(2 / resamples));
    },
  );

  it("keeps the size of each class where stratified, and of the whole otherwise", () => {
    const rows = (m: ConfusionMatrix) =>
      [0, 3, 6].map((at) => m.counts.subarray(at, at + 3).reduce((a, b) => a + b, 0));
    const seen = { stratified: new Set<string>(), free: new Set<string>() };
    for (const [name, stratify] of [
      ["stratified", true],
      ["free", false],
    ] as const)
      bootstrapInterval(
        matrix,
        (m) => {
          seen[name].add(rows(m).join());
          expect(rows(m).reduce((a, b) => a + b, 0)).toBe(120);
          return 0;
        },
        { resamples: 50, stratify },
      );
    expect([...seen.stratified]).toEqual([rows(matrix).join()]);
    expect(seen.free.size).toBeGreaterThan(10);
  });
});

describe("bootstrapInterval", () => {
  const { yTrue, yPred } = simulate(300, createRandom(4));
  const matrix = confusionMatrix(yTrue, yPred, { classes: CLASSES });

  it("takes labels or their matrix, and repeats itself for a seed only", () => {
    const first = bootstrapInterval(matrix, f1Score, { seed: 5 });
    expect(bootstrapInterval(yTrue, yPred, f1Score, { seed: 5, classes: CLASSES })).toEqual(first);
    expect(bootstrapInterval(matrix, f1Score, { seed: 6 })).not.toEqual(first);
  });

  it("reaches from the 2.5 % to the 97.5 % point of the resampled statistic", () => {
    const drawn: number[] = [];
    const record = (resampled: ConfusionMatrix) => {
      drawn.push(f1Score(resampled));
      return drawn.at(-1)!;
    };
    const { low, high, estimate } = bootstrapInterval(matrix, record, { resamples: 1001, seed: 21 });
    const sorted = drawn.slice(0, 1001).sort((a, b) => a - b);
    // Of 1,001 values in order, numbers 25 and 975 from 0 are these points without interpolation.
    expect(low).toBeCloseTo(sorted[25]!, 12);
    expect(high).toBeCloseTo(sorted[975]!, 12);
    expect(estimate).toBe(f1Score(matrix));
  });

  it("agrees with the binomial standard error of the accuracy: 20,000 resamples, within 3 %", () => {
    const { estimate, standardError } = bootstrapInterval(matrix, accuracyScore, {
      resamples: 20_000,
      stratify: false,
    });
    const ratio = standardError / Math.sqrt((estimate * (1 - estimate)) / 300);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
  });

  it("is wider for a higher confidence and holds the estimate", () => {
    const narrow = bootstrapInterval(matrix, balancedAccuracyScore, { confidence: 0.5 });
    const wide = bootstrapInterval(matrix, balancedAccuracyScore, { confidence: 0.99 });
    expect(wide.low).toBeLessThan(narrow.low);
    expect(wide.high).toBeGreaterThan(narrow.high);
    expect(narrow.low).toBeLessThan(narrow.estimate);
    expect(narrow.high).toBeGreaterThan(narrow.estimate);
  });

  it("says in how many resamples the statistic was undefined", () => {
    const single = confusionMatrix([0, 0, 0], [0, 0, 0], { classes: 2 });
    const interval = bootstrapInterval(single, cohenKappaScore, { resamples: 20 });
    expect(interval.undefinedResamples).toBe(20);
    expect(interval.low).toBe(Number.NaN);
  });

  it("refuses weighted counts and senseless options", () => {
    const code = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        if (isMetricsError(error)) return error.code;
      }
      return undefined;
    };
    const weighted = confusionMatrix([0, 1], [0, 1], { classes: 2, weights: [0.5, 1] });
    expect(code(() => bootstrapInterval(weighted, f1Score))).toBe("MATRIX_INVALID");
    expect(code(() => bootstrapInterval(matrix, f1Score, { resamples: 0 }))).toBe("OPTION_INVALID");
    expect(code(() => bootstrapInterval(matrix, f1Score, { confidence: 95 }))).toBe("OPTION_INVALID");
  });
});

describe("pairedBootstrap", () => {
  const random = createRandom(8);
  const { yTrue, yPred } = simulate(400, random);

  it("of a classifier with itself is exactly 0", () => {
    const same = pairedBootstrap(yTrue, yPred, yPred, f1Score, { classes: CLASSES, resamples: 50 });
    expect([same.estimate, same.low, same.high]).toEqual([0, 0, 0]);
  });

  it("is sharper than two separate intervals, and its estimate is the difference", () => {
    // The second classifier spoils one in sixteen answers of the first.
    const worse = yPred.map((label) => (random() < 1 / 16 ? (label + 1) % CLASSES : label));
    const paired = pairedBootstrap(yTrue, yPred, worse, accuracyScore, { classes: CLASSES });
    const a = bootstrapInterval(yTrue, yPred, accuracyScore, { classes: CLASSES });
    const b = bootstrapInterval(yTrue, worse, accuracyScore, { classes: CLASSES });
    expect(paired.estimate).toBe(a.estimate - b.estimate);
    expect(paired.low).toBeGreaterThan(0);
    expect(a.low).toBeLessThan(b.high);
    expect(paired.standardError).toBeLessThan(Math.hypot(a.standardError, b.standardError));
  });
});
