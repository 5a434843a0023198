import type { Classifier } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { TrainError } from "./errors.ts";
import type { FeatureSource } from "./features/feature-source.ts";
import { crossentropy } from "./losses/crossentropy.ts";
import type { Loss } from "./losses/loss.ts";
import { adam } from "./optimizers/adam.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { trainingStep } from "./step.ts";

/** Options of {@link findLearningRate}. */
export interface FindLearningRateOptions {
  readonly train: FeatureSource;
  /** Default `adam()`. */
  readonly optimizer?: Optimizer;
  /** Default `crossentropy()`. */
  readonly loss?: Loss;
  /** Default 1e-7. */
  readonly from?: number;
  /** Default 10. */
  readonly to?: number;
  /** Default 100. */
  readonly steps?: number;
  /** The test ends where the smoothed loss is above so many times its least; default 4. */
  readonly divergence?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

/** One step of the test. */
export interface LearningRatePoint {
  readonly learningRate: number;
  readonly loss: number;
  /** Exponentially smoothed, unbiased, decay .9. */
  readonly smoothed: number;
}

/** What the test found. */
export interface LearningRateSearch {
  readonly points: readonly LearningRatePoint[];
  /** Where the smoothed loss falls steepest, against the logarithm of the rate; null where it hardly falls at all. */
  readonly suggestion: number | null;
  /** The rate from which on the loss rose beyond its limit; null where it never did. */
  readonly divergedAt: number | null;
}

/**
 * The learning-rate range test (Smith 2017): steps at rates that rise geometrically, until the loss diverges. The weights are
 * put back afterwards.
 *
 * @throws {TrainError} `OPTION_INVALID`
 */
export async function findLearningRate(
  model: Classifier,
  options: FindLearningRateOptions,
): Promise<LearningRateSearch> {
  const { train, optimizer = adam(), loss = crossentropy(), signal, seed = 42 } = options;
  const { from = 1e-7, to = 10, steps = 100, divergence = 4 } = options;
  if (!(from > 0 && to > from && Number.isFinite(to) && Number.isInteger(steps) && steps >= 2)) {
    throw new TrainError(
      "OPTION_INVALID",
      `a search needs 0 < from < to and 2 steps; got ${from} to ${to} in ${steps}`,
    );
  }
  if (train.size === 0) throw new TrainError("OPTION_INVALID", "there are no images to train on");
  const step = trainingStep(model, { optimizer, loss, seed });
  const before = model.weights.map(({ variable }) => variable.clone());
  const points: LearningRatePoint[] = [];
  let [mean, least] = [0, Number.POSITIVE_INFINITY];
  let divergedAt: number | null = null;
  try {
    for await (const batch of endless(train, signal)) {
      const at = points.length;
      const learningRate = from * (to / from) ** (at / (steps - 1));
      const { loss: value } = await step.run(batch, learningRate);
      mean = 0.9 * mean + 0.1 * value;
      const smoothed = mean / (1 - 0.9 ** (at + 1));
      points.push({ learningRate, loss: value, smoothed });
      if (!Number.isFinite(value) || (at > 0 && smoothed > divergence * least)) {
        divergedAt = learningRate;
        break;
      }
      least = Math.min(least, smoothed);
      if (points.length === steps) break;
    }
  } finally {
    step.dispose();
    for (const [i, tensor] of before.entries()) model.weights[i]!.variable.assign(tensor);
    tf.dispose(before);
  }
  return { points, suggestion: steepest(points), divergedAt };
}

async function* endless(train: FeatureSource, signal: AbortSignal | undefined) {
  for (let epoch = 0; ; epoch++) {
    for await (const batch of train.batches(epoch, signal)) {
      signal?.throwIfAborted();
      yield batch;
    }
  }
}

/** Points that are left out: until then the smoothed loss is the mean of a few batches. */
const FIRST = 10;
/** Share of the smoothed loss that it has to fall by in all, and how many standard deviations of the loss of a batch; below it may be noise. */
const [LEAST_FALL, LEAST_DEVIATIONS] = [0.05, 1.5];

/** The rate at the middle of the steepest fall over five points. */
function steepest(all: readonly LearningRatePoint[]): number | null {
  const points = all.slice(Math.min(FIRST, Math.floor(all.length / 4)));
  let [highest, fallen, share] = [0, 0, 0];
  for (const { smoothed } of points) {
    highest = Math.max(highest, smoothed);
    fallen = Math.max(fallen, highest - smoothed);
    share = Math.max(share, 1 - smoothed / highest);
  }
  // From one batch to the next, before any rate does anything: half of the squared differences is the variance.
  const early = points.slice(0, Math.max(2, points.length >> 1));
  const steps = early.slice(1).map(({ loss }, i) => (loss - early[i]!.loss) ** 2 / 2);
  const deviation = Math.sqrt(steps.reduce((sum, step) => sum + step, 0) / steps.length);
  if (!(share >= LEAST_FALL && fallen >= LEAST_DEVIATIONS * deviation)) return null;
  let [best, slope] = [-1, 0];
  for (let i = 2; i < points.length - 2; i++) {
    const fall = points[i + 2]!.smoothed - points[i - 2]!.smoothed;
    if (fall < slope) [best, slope] = [i, fall];
  }
  return points[best]?.learningRate ?? null;
}
