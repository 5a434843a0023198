import * as tf from "@tensorflow/tfjs";
import { TrainError } from "./errors.ts";

/** A loss on logits. */
export interface Loss {
  readonly name: string;
  /**
   * Mean loss of a batch as a scalar; `logits` [n, classes], `labels` [n]. Class weights count in training only, as in Keras.
   * Runs inside a `tf.tidy`.
   */
  compute(logits: tf.Tensor2D, labels: Int32Array, mode: "training" | "inference"): tf.Scalar;
}

/** Options of {@link crossentropy}. */
export interface CrossentropyOptions {
  /** Share of the target given to all classes alike, [0, 1); default 0. */
  readonly labelSmoothing?: number | undefined;
  /** `[classes]`: weight of each image by its class, as Keras's `class_weight`; default 1. */
  readonly classWeights?: readonly number[] | undefined;
}

/**
 * Softmax crossentropy on logits with sparse labels. As in Keras, weighted losses are averaged over the images of the batch,
 * not over the weights.
 *
 * @throws {TrainError} `OPTION_INVALID`
 */
export function crossentropy({ labelSmoothing = 0, classWeights }: CrossentropyOptions = {}): Loss {
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new TrainError("OPTION_INVALID", `label smoothing must be in [0, 1); got ${labelSmoothing}`);
  }
  return {
    name: "crossentropy",
    compute(logits, labels, mode) {
      const [n, classes] = logits.shape;
      const weights = mode === "training" ? classWeights : undefined;
      if (classWeights && classWeights.length !== classes) {
        const message = `${classWeights.length} class weights for ${classes} classes; give one for each`;
        throw new TrainError("OPTION_INVALID", message);
      }
      const targets = new Float32Array(n * classes).fill(labelSmoothing / classes);
      for (let i = 0; i < n; i++) {
        const label = labels[i]!;
        if (!(label >= 0 && label < classes)) {
          throw new TrainError(
            "LABELS_MISSING",
            `label ${label} is not one of the ${classes} classes (0 to ${classes - 1})`,
          );
        }
        targets[i * classes + label]! += 1 - labelSmoothing;
        if (weights) for (let c = 0; c < classes; c++) targets[i * classes + c]! *= weights[label]!;
      }
      const total = tf
        .logSoftmax(logits)
        .mul(tf.tensor2d(targets, [n, classes]))
        .sum();
      return total.mul(-1 / n).asScalar();
    },
  };
}

/**
 * Weights that give every class the same sum: n / (classes * count), scikit-learn's `balanced`. A class without images gets 0.
 */
export function balancedClassWeights(counts: readonly number[]): number[] {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (count === 0 ? 0 : n / (counts.length * count)));
}
