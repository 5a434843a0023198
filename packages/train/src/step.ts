import type { Classifier } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { TrainError } from "./errors.ts";
import type { FeatureBatch, FeatureSource } from "./features/feature-source.ts";
import type { Loss, Targets } from "./losses/loss.ts";
import { type WeightUpdateOptions, type WeightUpdates, weightUpdates } from "./optimizers/weight-updates.ts";
import { featureTensor } from "./predict.ts";
import { seedFrom } from "./random.ts";

/** What a training step takes beside the model. */
export interface TrainingStepOptions extends WeightUpdateOptions {
  readonly loss: Loss;
  readonly seed: number;
}

/** What a step measured, before it changed the weights. */
export interface StepResult {
  /** Mean loss of the batch. */
  readonly loss: number;
  /** Images of the batch whose largest logit was right. */
  readonly correct: number;
}

/** Steps of gradient descent, with the state of the optimizer between them. */
export interface TrainingStep {
  readonly updates: WeightUpdates;
  run(batch: FeatureBatch, learningRate: number): Promise<StepResult>;
  dispose(): void;
}

/**
 * Prepares the optimizer's slots for the trainable weights of `model`, each by its name.
 *
 * @throws {TrainError} `WEIGHTS_MISMATCH` where nothing is trainable, `OPTION_INVALID`; of a step, `OUT_OF_MEMORY`.
 */
export function trainingStep(model: Classifier, { loss, seed, ...options }: TrainingStepOptions): TrainingStep {
  const trainable = model.weights.filter((weight) => weight.trainable);
  if (trainable.length === 0) throw new TrainError("WEIGHTS_MISMATCH", "the model has no trainable weight");
  const variables = trainable.map(({ variable }) => variable);
  const updates = weightUpdates(trainable, options);

  return {
    updates,
    async run(batch, learningRate) {
      const targets = targetsOf(batch);
      // Kept beyond the tape of the gradient. Where that fails, tfjs itself keeps what it had saved for it.
      let right: tf.Tensor | undefined;
      const step = () => {
        const features = featureTensor(batch);
        const dropoutSeed = seedFrom(seed, updates.counts.steps + 1);
        const { value, grads } = tf.variableGrads(() => {
          const logits = model.logits(features, "training", dropoutSeed) as tf.Tensor2D;
          const mean = loss.compute(logits, targets, "training");
          right = tf.keep(correctCount(logits, targets));
          return mean;
        }, variables);
        updates.apply(grads, learningRate);
        return tf.stack([value, right!.toFloat()]);
      };
      let measured: tf.Tensor;
      try {
        measured = tf.tidy(step);
      } catch (cause) {
        throw isOutOfMemory(cause) ? stepTooLarge(batch.ids.length, cause) : cause;
      } finally {
        right?.dispose();
      }
      const [mean, correct] = (await measured.data()) as Float32Array;
      measured.dispose();
      return { loss: mean!, correct: correct! };
    },
    dispose: () => updates.dispose(),
  };
}

/** WebAssembly reports its limit by a trap, JavaScript by a length of an array that it refuses. */
function isOutOfMemory(error: unknown): boolean {
  if (error instanceof WebAssembly.RuntimeError) return true;
  return error instanceof RangeError && /array (buffer allocation|length)/i.test(error.message);
}

function stepTooLarge(images: number, cause: unknown): TrainError {
  const less = "take smaller batches (accumulate makes up for it), smaller images, or train fewer stages";
  const message = `a step of ${images} images does not fit into the engine's memory: ${less}`;
  return new TrainError("OUT_OF_MEMORY", message, { cause });
}

/** How many logits are largest where the targets are; a constant of the tape. */
function correctCount(logits: tf.Tensor2D, { labels, soft }: Targets): tf.Scalar {
  const wanted = soft === undefined ? tf.tensor1d(labels!, "int32") : tf.tensor2d(soft, logits.shape).argMax(1);
  return logits.argMax(1).equal(wanted).sum().asScalar();
}

/** Mean loss and accuracy in inference mode over one epoch of `source`. */
export async function evaluateLoss(
  model: Classifier,
  source: FeatureSource,
  loss: Loss,
  signal?: AbortSignal,
): Promise<{ loss: number; accuracy: number }> {
  let [seen, total, right] = [0, 0, 0];
  for await (const batch of source.batches(0, signal)) {
    const targets = targetsOf(batch);
    const measured = tf.tidy(() => {
      const logits = model.logits(featureTensor(batch), "inference") as tf.Tensor2D;
      return tf.stack([loss.compute(logits, targets, "inference"), correctCount(logits, targets).toFloat()]);
    });
    const [mean, correct] = (await measured.data()) as Float32Array;
    measured.dispose();
    seen += batch.ids.length;
    total += mean! * batch.ids.length;
    right += correct!;
  }
  return { loss: total / seen, accuracy: right / seen };
}

function targetsOf({ ids, labels, targets, weights }: FeatureBatch): Targets {
  if (labels || targets) return { labels, soft: targets, weights };
  throw new TrainError("LABELS_MISSING", `${ids[0]} has no label; leave unlabeled images out of the split`);
}
