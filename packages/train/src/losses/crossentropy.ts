import * as tf from "@tensorflow/tfjs";
import { TrainError } from "../errors.ts";
import { imageWeights, type Loss, sharesOf } from "./loss.ts";

/** Options of {@link crossentropy}. */
export interface CrossentropyOptions {
  /** Share of the target given to all classes alike, [0, 1); default 0. */
  readonly labelSmoothing?: number | undefined;
  /** `[classes]`: weight of each image by its class, as Keras's `class_weight`; default 1. */
  readonly classWeights?: readonly number[] | undefined;
}

/**
 * Softmax crossentropy on logits, with sparse labels or soft targets. As in Keras, weighted losses are averaged over the images
 * of the batch, not over the weights.
 *
 * @throws {TrainError} `OPTION_INVALID`
 */
export function crossentropy({ labelSmoothing = 0, classWeights }: CrossentropyOptions = {}): Loss {
  checkSmoothing(labelSmoothing);
  return {
    name: "crossentropy",
    compute(logits, targets, mode) {
      const [n, classes] = logits.shape;
      const shares = sharesOf(targets, n, classes, labelSmoothing);
      const weights = mode === "training" ? imageWeights(targets, n, classes, classWeights) : undefined;
      if (weights !== undefined)
        for (let i = 0; i < shares.length; i++) shares[i]! *= weights[Math.floor(i / classes)]!;
      const total = tf
        .logSoftmax(logits)
        .mul(tf.tensor2d(shares, [n, classes]))
        .sum();
      return total.mul(-1 / n).asScalar();
    },
  };
}

/** Options of {@link focalCrossentropy}. */
export interface FocalCrossentropyOptions extends CrossentropyOptions {
  /** How much what is already right counts less, from 0; default 2. */
  readonly gamma?: number;
  /** Factor on the loss, or one for each class; default 0.25, as in Keras. */
  readonly alpha?: number | readonly number[];
}

/**
 * Focal loss (Lin et al. 2017) as Keras's `CategoricalFocalCrossentropy`: the mean over images of
 * sum over classes of -alpha (1 - p)^gamma t log p, with p limited to [1e-7, 1 - 1e-7] and t smoothed.
 *
 * @throws {TrainError} `OPTION_INVALID`
 */
export function focalCrossentropy(options: FocalCrossentropyOptions = {}): Loss {
  const { gamma = 2, alpha = 0.25, labelSmoothing = 0, classWeights } = options;
  checkSmoothing(labelSmoothing);
  if (!(gamma >= 0)) throw new TrainError("OPTION_INVALID", `gamma must be a number from 0; got ${gamma}`);
  return {
    name: "focal",
    compute(logits, targets, mode) {
      const [n, classes] = logits.shape;
      if (typeof alpha !== "number" && alpha.length !== classes) {
        throw new TrainError(
          "OPTION_INVALID",
          `${alpha.length} values of alpha for ${classes} classes; give one for each`,
        );
      }
      const shares = sharesOf(targets, n, classes, labelSmoothing);
      const weights = mode === "training" ? imageWeights(targets, n, classes, classWeights) : undefined;
      for (let i = 0; i < shares.length; i++) {
        shares[i]! *=
          (typeof alpha === "number" ? alpha : alpha[i % classes]!) * (weights?.[Math.floor(i / classes)] ?? 1);
      }
      const p = logits.softmax().clipByValue(1e-7, 1 - 1e-7);
      const terms = tf
        .scalar(1)
        .sub(p)
        .pow(gamma)
        .mul(p.log())
        .mul(tf.tensor2d(shares, [n, classes]));
      return terms
        .sum()
        .mul(-1 / n)
        .asScalar();
    },
  };
}

function checkSmoothing(labelSmoothing: number): void {
  if (labelSmoothing >= 0 && labelSmoothing < 1) return;
  throw new TrainError("OPTION_INVALID", `label smoothing must be in [0, 1); got ${labelSmoothing}`);
}

/**
 * Weights that give every class the same sum: n / (classes * count), scikit-learn's `balanced`. A class without images gets 0.
 */
export function balancedClassWeights(counts: readonly number[]): number[] {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (count === 0 ? 0 : n / (counts.length * count)));
}
