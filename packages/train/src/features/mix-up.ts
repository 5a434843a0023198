import { TrainError } from "../errors.ts";
import { seedFrom, shuffledIndices, uniforms } from "../random.ts";
import type { FeatureBatch, FeatureSource } from "./feature-source.ts";

/** Options of {@link mixUpFeatures}. */
export interface MixUpOptions {
  /** Both parameters of the Beta distribution of the share, from 0 (nothing is mixed); default 0.2. */
  readonly alpha?: number;
  readonly seed: number;
}

/**
 * MixUp (Zhang et al. 2018) on features: every batch is mixed with itself in another order, by one share for the batch that is
 * drawn from Beta(alpha, alpha); labels become soft targets. A function of seed, epoch and batch.
 *
 * @throws {TrainError} `OPTION_INVALID`
 */
export function mixUpFeatures(source: FeatureSource, { alpha = 0.2, seed }: MixUpOptions): FeatureSource {
  if (!(alpha >= 0 && Number.isFinite(alpha))) {
    throw new TrainError("OPTION_INVALID", `alpha must be a number from 0; got ${alpha}`);
  }
  if (alpha === 0) return source;
  const classes = source.classes.length;
  return {
    ...source,
    async *batches(epoch, signal, from = 0) {
      let index = from;
      for await (const batch of source.batches(epoch, signal, from)) {
        const draw = seedFrom(seed, epoch, index++);
        yield mixed(batch, classes, betaShare(alpha, uniforms(draw)), shuffledIndices(batch.ids.length, draw));
      }
    },
  };
}

function mixed(batch: FeatureBatch, classes: number, share: number, partners: Uint32Array): FeatureBatch {
  const { ids, labels, targets, ...rest } = batch;
  const soft = targets ?? oneHot(labels, classes, ids);
  const mix = (values: Float32Array) => {
    const width = values.length / ids.length;
    return values.map((value, i) => {
      const partner = partners[Math.floor(i / width)]! * width + (i % width);
      return share * value + (1 - share) * values[partner]!;
    });
  };
  return { ...rest, ids, features: mix(batch.features), targets: mix(soft) };
}

function oneHot(labels: Int32Array | undefined, classes: number, ids: readonly string[]): Float32Array {
  if (labels === undefined) throw new TrainError("LABELS_MISSING", `${ids[0]} has no label; leave it out of the split`);
  const shares = new Float32Array(labels.length * classes);
  for (const [i, label] of labels.entries()) shares[i * classes + label] = 1;
  return shares;
}

/** A draw from Beta(alpha, alpha): the share of one of two draws from Gamma(alpha). */
function betaShare(alpha: number, uniform: () => number): number {
  const [a, b] = [logGamma(alpha, uniform), logGamma(alpha, uniform)];
  return 1 / (1 + Math.exp(b - a));
}

/** The logarithm of a draw from Gamma(alpha, 1): Marsaglia and Tsang 2000, with their boost below 1. */
function logGamma(alpha: number, uniform: () => number): number {
  if (alpha < 1) return logGamma(alpha + 1, uniform) + Math.log(1 - uniform()) / alpha;
  const d = alpha - 1 / 3;
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    const v = (1 + normal / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < 0.5 * normal ** 2 + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}
