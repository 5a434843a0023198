import type * as tf from "@tensorflow/tfjs";
import { TrainError } from "../errors.ts";

/** What a batch should have been answered with. */
export interface Targets {
  /** `[n]` class indices; absent where `soft` is given. */
  readonly labels?: Int32Array | undefined;
  /** `[n, classes]` shares that add up to 1 (mixup). */
  readonly soft?: Float32Array | undefined;
  /** `[n]` weight of each image in the loss of a training step; default 1. */
  readonly weights?: Float32Array | undefined;
}

/** A loss on logits. */
export interface Loss {
  readonly name: string;
  /**
   * Mean loss of a batch as a scalar; `logits` [n, classes]. Class and sample weights count in training only, as in Keras. Runs
   * inside a `tf.tidy`.
   */
  compute(logits: tf.Tensor2D, targets: Targets, mode: "training" | "inference"): tf.Scalar;
}

/**
 * `[n, classes]` shares of a batch: its soft targets or one-hot labels, smoothed.
 *
 * @throws {TrainError} `LABELS_MISSING`
 */
export function sharesOf({ labels, soft }: Targets, n: number, classes: number, smoothing: number): Float32Array {
  const shares = new Float32Array(n * classes).fill(smoothing / classes);
  if (soft !== undefined) {
    if (soft.length !== n * classes) {
      throw new TrainError("LABELS_MISSING", `${soft.length} soft targets for ${n} images of ${classes} classes`);
    }
    for (let i = 0; i < soft.length; i++) shares[i]! += (1 - smoothing) * soft[i]!;
    return shares;
  }
  for (let i = 0; i < n; i++) {
    const label = labels?.[i] ?? -1;
    if (!(label >= 0 && label < classes)) {
      const message = `label ${label} is not one of the ${classes} classes (0 to ${classes - 1})`;
      throw new TrainError("LABELS_MISSING", message);
    }
    shares[i * classes + label]! += 1 - smoothing;
  }
  return shares;
}

/**
 * Weight of each image in training: its own times that of its class; under soft targets the mean of the class weights by them.
 *
 * @throws {TrainError} `OPTION_INVALID`
 */
export function imageWeights(
  targets: Targets,
  n: number,
  classes: number,
  classWeights: readonly number[] | undefined,
): Float32Array | undefined {
  if (classWeights !== undefined && classWeights.length !== classes) {
    const message = `${classWeights.length} class weights for ${classes} classes; give one for each`;
    throw new TrainError("OPTION_INVALID", message);
  }
  if (classWeights === undefined) return targets.weights;
  const weights = targets.weights?.slice() ?? new Float32Array(n).fill(1);
  for (let i = 0; i < n; i++) {
    let weight = 0;
    if (targets.soft === undefined) weight = classWeights[targets.labels![i]!]!;
    else for (let c = 0; c < classes; c++) weight += targets.soft[i * classes + c]! * classWeights[c]!;
    weights[i]! *= weight;
  }
  return weights;
}
