import type { CauseId, DiagnosisInput, Severity } from "../../src/diagnosis.ts";

/** Counts of the cassava photographs and of a validation part of 15 % of them. */
export const COUNTS = [1087, 2189, 2386, 13_158, 2577];
const VALIDATION = [163, 328, 358, 1974, 387];

/** A history whose columns are functions of the epoch, from 0. */
export function history(epochs: number, columns: Readonly<Record<string, (epoch: number) => number>>) {
  return Array.from({ length: epochs }, (_, epoch) =>
    Object.fromEntries(Object.entries(columns).map(([key, value]) => [key, value(epoch)])),
  );
}

/** Answers for `n` images of five classes, three fifths of them of class 3; `row` gives the probabilities of one. */
function predictions(n: number, row: (label: number, i: number) => readonly number[]) {
  const labels = Array.from({ length: n }, (_, i) => (i % 10 < 6 ? 3 : [0, 1, 2, 4][i % 4]!));
  return {
    split: "validation" as const,
    labels,
    probabilities: labels.flatMap((label, i) => [...row(label, i)]),
    classes: 5,
    ids: labels.map((_, i) => `${i}.jpg`),
  };
}

/** `p` for `label`, the rest for the others. */
function peak(label: number, p: number): number[] {
  return Array.from({ length: 5 }, (_, c) => (c === label ? p : (1 - p) / 4));
}

/** Whether image `i` is one of a share of all, spread out. */
const isOf = (i: number, share: number) => (i * 0.618_034) % 1 < share;

/** A good model: right on four of five, and about as sure of it. */
const GOOD = predictions(500, (label, i) => peak(isOf(i, 0.8) ? label : (label + 1) % 5, 0.8));

/** Log loss of {@link GOOD}, in nats. */
const GOOD_LOSS =
  GOOD.labels.reduce((sum, label, i) => sum - Math.log(GOOD.probabilities[5 * i + label]!), 0) / GOOD.labels.length;

/** A healthy run of 20 epochs. */
export const HEALTHY: DiagnosisInput = {
  classCounts: COUNTS,
  splitCounts: { train: COUNTS.map((count, c) => count - VALIDATION[c]!), validation: VALIDATION },
  history: history(20, {
    loss: (e) => 0.55 + 0.6 * 0.85 ** e,
    accuracy: (e) => 0.8 - 0.2 * 0.85 ** e,
    val_loss: (e) => 0.72 + 0.4 * 0.8 ** e + 0.004 * Math.sin(5 * e),
    val_accuracy: (e) => 0.745 - 0.12 * 0.8 ** e + 0.004 * Math.sin(7 * e),
  }),
  predictions: GOOD,
};

/** One symptom: an input in which its rule finds it, and one in which it does not. */
export interface RuleCase {
  readonly fires: DiagnosisInput;
  readonly passes: DiagnosisInput;
  readonly severity: Severity;
  /** The finding's own first cause; null where it names none. */
  readonly cause: CauseId | null;
}

const known = { classCounts: COUNTS };
const PIXELS = { min: 0, max: 255, mean: [110, 125, 80], std: [50, 50, 50] };
const sorted = Array.from({ length: 120 }, (_, b) => new Array<number>(16).fill(Math.floor(b / 24)));
const mixed = Array.from({ length: 120 }, (_, b) => Array.from({ length: 16 }, (_, i) => (b * 7 + i * 3) % 5));

export const RULE_CASES: Readonly<Record<string, RuleCase>> = {
  "majority-collapse": {
    fires: { ...known, history: history(10, { val_accuracy: () => 0.615, val_loss: () => 1.185, loss: () => 1.19 }) },
    passes: HEALTHY,
    severity: "error",
    cause: "preprocessing",
  },
  "frozen-metric": {
    fires: { history: history(6, { val_accuracy: () => 98 / 220, loss: (e) => 1 - 0.05 * e }) },
    passes: HEALTHY,
    severity: "warning",
    cause: "preprocessing",
  },
  "prior-only-loss": {
    fires: { ...known, history: history(5, { val_loss: () => 1.184 }) },
    passes: HEALTHY,
    severity: "warning",
    cause: "preprocessing",
  },
  "no-baseline-gain": {
    fires: { ...known, predictions: predictions(500, (_, i) => peak(isOf(i, 0.9) ? 3 : 0, 0.7)) },
    passes: HEALTHY,
    severity: "warning",
    cause: "weak-features",
  },
  "minority-ignored": {
    fires: { predictions: predictions(500, (label) => peak(label === 0 ? 3 : label, 0.8)) },
    passes: HEALTHY,
    severity: "info",
    cause: "imbalance",
  },
  "input-insensitive": {
    fires: { checks: { loss: 1.18, zeroedLoss: 1.19 } },
    passes: { checks: { loss: 0.8, zeroedLoss: 1.9 } },
    severity: "warning",
    cause: "blank-input",
  },
  "constant-output": {
    fires: { predictions: predictions(100, () => [0.05, 0.1, 0.1, 0.65, 0.1]) },
    passes: HEALTHY,
    severity: "error",
    cause: "dead-head",
  },
  "non-finite": {
    fires: { history: history(5, { loss: (e) => (e < 3 ? 1 : Number.NaN) }) },
    passes: HEALTHY,
    severity: "error",
    cause: "learning-rate-too-high",
  },
  "bad-initial-loss": {
    fires: { ...known, batches: { losses: [9, 4, 3] } },
    passes: { ...known, batches: { losses: [1.7, 1.6, 1.5] } },
    severity: "warning",
    cause: "preprocessing",
  },
  "loss-not-decreasing": {
    fires: { history: history(6, { loss: (e) => 1.3 - 0.002 * e }) },
    passes: HEALTHY,
    severity: "warning",
    cause: "learning-rate-too-high",
  },
  "loss-diverging": {
    fires: { history: history(8, { loss: (e) => (e < 3 ? 1 - 0.1 * e : 3 + e) }) },
    passes: HEALTHY,
    severity: "error",
    cause: "learning-rate-too-high",
  },
  "loss-oscillating": {
    fires: { history: history(12, { loss: (e) => 1.4 + 0.2 * (-1) ** e }) },
    passes: HEALTHY,
    severity: "warning",
    cause: "learning-rate-too-high",
  },
  "slow-learning": {
    fires: { ...known, history: history(10, { loss: (e) => 1.6 - 0.02 * e, val_loss: (e) => 1.59 - 0.02 * e }) },
    passes: HEALTHY,
    severity: "warning",
    cause: "learning-rate-too-low",
  },
  "loss-floor": {
    fires: {
      ...known,
      history: history(10, { loss: (e) => 1.005 + 0.3 * 0.5 ** e, accuracy: (e) => 0.9 - 0.3 * 0.5 ** e }),
    },
    passes: HEALTHY,
    severity: "warning",
    cause: "double-softmax",
  },
  "loss-metric-mismatch": {
    fires: { history: history(10, { loss: (e) => 1.5 - 0.05 * e, accuracy: (e) => 0.6 - 0.02 * e }) },
    passes: HEALTHY,
    severity: "warning",
    cause: "double-softmax",
  },
  "loss-answers-mismatch": {
    fires: { setup: { keptBest: true }, history: history(4, { val_loss: () => 1.29 }), predictions: GOOD },
    passes: { setup: { keptBest: true }, history: history(4, { val_loss: () => GOOD_LOSS }), predictions: GOOD },
    severity: "warning",
    cause: "double-softmax",
  },
  overfit: {
    fires: {
      history: history(20, {
        loss: (e) => 0.9 ** e,
        accuracy: (e) => 1 - 0.4 * 0.8 ** e,
        val_loss: (e) => 0.9 + 0.06 * Math.abs(e - 3),
        val_accuracy: () => 0.68,
      }),
    },
    passes: HEALTHY,
    severity: "warning",
    cause: "overfitting",
  },
  overtraining: {
    fires: { history: history(20, { val_loss: (e) => 0.9 + 0.01 * Math.abs(e - 4) }) },
    passes: { history: history(20, { val_loss: (e) => 1 - 0.01 * e }) },
    severity: "info",
    cause: "overfitting",
  },
  "val-above-train": {
    fires: {
      splitCounts: { validation: VALIDATION },
      history: history(6, { val_accuracy: () => 0.9, train_accuracy: () => 0.7, accuracy: () => 0.6 }),
    },
    passes: HEALTHY,
    severity: "warning",
    cause: "duplicate-leak",
  },
  "suspiciously-high-val": {
    fires: { ...known, history: history(4, { val_accuracy: () => 0.999 }) },
    passes: HEALTHY,
    severity: "info",
    cause: "duplicate-leak",
  },
  "within-noise": {
    fires: { splitCounts: { validation: [5, 10, 11, 62, 12] }, history: history(4, { val_accuracy: () => 0.66 }) },
    passes: HEALTHY,
    severity: "info",
    cause: "small-validation",
  },
  "lr-range": {
    fires: { setup: { optimizer: "adam", learningRate: 1 } },
    passes: { setup: { optimizer: "adam", learningRate: 1e-3 } },
    severity: "error",
    cause: "learning-rate-too-high",
  },
  "update-ratio": {
    fires: { weights: { weights: [{ name: "head/kernel", trainable: true, logUpdateRatio: 0.2 }] } },
    passes: { weights: { weights: [{ name: "head/kernel", trainable: true, logUpdateRatio: -3 }] } },
    severity: "warning",
    cause: "learning-rate-too-high",
  },
  "not-training": {
    fires: { weights: { weights: [{ name: "head/kernel", trainable: true, changed: false }] } },
    passes: { weights: { weights: [{ name: "head/kernel", trainable: true, changed: true }] } },
    severity: "error",
    cause: "nothing-trains",
  },
  "frozen-weights-unloaded": {
    fires: { setup: { weights: "none", frozen: true } },
    passes: { setup: { weights: "imagenet", frozen: true } },
    severity: "error",
    cause: "weights-unloaded",
  },
  "bn-mode-mismatch": {
    fires: { checks: { trainingImagesLoss: 2.4, trainingModeLoss: 0.9 } },
    passes: { checks: { trainingImagesLoss: 0.9, trainingModeLoss: 1 } },
    severity: "error",
    cause: "batch-normalization-mode",
  },
  "loss-input": {
    fires: { setup: { outputActivation: "softmax", lossInput: "logits" } },
    passes: { setup: { outputActivation: "linear", lossInput: "logits" } },
    severity: "error",
    cause: "double-softmax",
  },
  "head-size": {
    fires: { ...known, setup: { outputs: 3 } },
    passes: { ...known, setup: { outputs: 5 } },
    severity: "error",
    cause: "head-size",
  },
  "no-non-linearity": {
    fires: { setup: { headUnits: [256, 128], hiddenActivation: "linear" } },
    passes: { setup: { headUnits: [256, 128], hiddenActivation: "relu" } },
    severity: "warning",
    cause: "no-non-linearity",
  },
  "strong-dropout": {
    fires: { setup: { dropout: 0.9 } },
    passes: { setup: { dropout: 0.5 } },
    severity: "warning",
    cause: "strong-dropout",
  },
  "last-bias": {
    fires: { ...known, setup: { lastBias: [0, 0, 0, 0, 0] } },
    passes: { ...known, setup: { lastBias: [-3, -2, -2, -0.5, -2] } },
    severity: "info",
    cause: null,
  },
  "preprocessing-contract": {
    fires: {
      batches: { inputRange: [0, 255], pixels: { min: 0, max: 1, mean: [0.4, 0.5, 0.3], std: [0.2, 0.2, 0.2] } },
    },
    passes: { batches: { inputRange: [0, 255], pixels: PIXELS } },
    severity: "error",
    cause: "preprocessing",
  },
  "input-size": {
    fires: { setup: { inputSize: [224, 224], imageSize: [64, 64] } },
    passes: { setup: { inputSize: [224, 224], pretrainedSize: [224, 224], imageSize: [600, 800] } },
    severity: "warning",
    cause: "input-size",
  },
  layout: {
    fires: { batches: { shape: [16, 3, 224, 224] } },
    passes: { batches: { shape: [16, 224, 224, 3] } },
    severity: "error",
    cause: "channel-order",
  },
  "class-imbalance": {
    fires: { classCounts: [5, 10, 1000] },
    passes: { classCounts: [100, 110, 90] },
    severity: "info",
    cause: "imbalance",
  },
  "split-label-drift": {
    fires: { splitCounts: { train: [100, 200, 0], validation: [0, 40, 100] } },
    passes: HEALTHY,
    severity: "error",
    cause: "split-drift",
  },
  "class-missing": {
    fires: { splitCounts: { train: [100, 0], validation: [20, 20] } },
    passes: HEALTHY,
    severity: "error",
    cause: "class-missing",
  },
  "shard-skew": {
    fires: {
      data: {
        shards: [
          [200, 10],
          [10, 200],
        ],
      },
    },
    passes: {
      data: {
        shards: [
          [100, 98],
          [103, 99],
        ],
      },
    },
    severity: "warning",
    cause: "shard-skew",
  },
  "bad-shuffle": {
    fires: { batches: { labels: sorted } },
    passes: { batches: { labels: mixed } },
    severity: "error",
    cause: "not-shuffled",
  },
  "same-order-each-epoch": {
    fires: { batches: { orderHashes: ["a", "a", "a"] } },
    passes: { batches: { orderHashes: ["a", "b", "c"] } },
    severity: "warning",
    cause: "same-order",
  },
  "duplicate-leak": {
    fires: {
      splitCounts: { validation: [10, 10] },
      data: { leaked: Array.from({ length: 8 }, (_, i) => ({ trained: `${i}.jpg`, held: `copy-${i}.jpg` })) },
    },
    passes: { data: { leaked: [] } },
    severity: "error",
    cause: "duplicate-leak",
  },
  "identical-images": {
    fires: { batches: { distinct: { images: 1, of: 16 } } },
    passes: { batches: { distinct: { images: 15, of: 16 } } },
    severity: "error",
    cause: "blank-input",
  },
  "image-quality": {
    fires: { data: { images: 100, quality: [{ kind: "dark", ids: ["a", "b", "c"] }] } },
    passes: { data: { images: 100, quality: [] } },
    severity: "info",
    cause: "blank-input",
  },
  "label-noise": {
    fires: { predictions: predictions(500, (label, i) => peak(isOf(i, 0.7) ? label : (label + 1) % 5, 0.95)) },
    passes: { predictions: predictions(500, (label, i) => peak(isOf(i, 0.9) ? label : (label + 1) % 5, 0.9)) },
    severity: "info",
    cause: "label-noise",
  },
  "wrong-when-sure": {
    // It knows its training images, is as often right whatever it is sure of, and half of the time.
    fires: {
      ...HEALTHY,
      predictions: predictions(500, (label, i) =>
        peak(isOf(i, 0.5) ? label : (label + 1) % 5, 0.5 + (0.4 * (i % 7)) / 7),
      ),
    },
    passes: HEALTHY,
    severity: "warning",
    cause: "label-noise",
  },
  "misaligned-labels": {
    fires: { predictions: predictions(500, (_, i) => peak((i * 13) % 5, 0.6)) },
    passes: HEALTHY,
    severity: "warning",
    cause: "labels-misaligned",
  },
  stalled: {
    fires: { batches: { inputWait: 0.9 } },
    passes: { batches: { inputWait: 0.1 } },
    severity: "info",
    cause: "slow-input",
  },
  miscalibration: {
    fires: { predictions: predictions(500, (label, i) => peak(isOf(i, 0.6) ? label : (label + 1) % 5, 0.98)) },
    passes: HEALTHY,
    severity: "info",
    cause: "miscalibration",
  },
};
