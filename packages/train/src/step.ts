import type { Classifier, NamedWeight } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { TrainError } from "./errors.ts";
import type { FeatureBatch, FeatureSource } from "./features/feature-source.ts";
import type { Loss } from "./losses.ts";
import type { Optimizer, Slots } from "./optimizers/optimizer.ts";
import { featureTensor } from "./predict.ts";
import { seedFrom } from "./random.ts";

/** What a training step takes beside the model. */
export interface TrainingStepOptions {
  readonly optimizer: Optimizer;
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
  run(batch: FeatureBatch, learningRate: number): Promise<StepResult>;
  dispose(): void;
}

/**
 * Prepares the optimizer's slots for the trainable weights of `model`, each by its name.
 *
 * @throws {TrainError} `WEIGHTS_MISMATCH` where nothing is trainable.
 */
export function trainingStep(model: Classifier, { optimizer, loss, seed }: TrainingStepOptions): TrainingStep {
  const trainable = model.weights.filter((weight) => weight.trainable);
  if (trainable.length === 0) throw new TrainError("WEIGHTS_MISMATCH", "the model has no trainable weight");
  const state = new Map(trainable.map(({ name, variable }) => [name, zeroSlots(optimizer, variable)]));
  let steps = 0;

  function descend(grads: tf.NamedTensorMap, learningRate: number): void {
    for (const { name, variable } of trainable) {
      const slots = state.get(name)!;
      const updated = optimizer.update(variable, gradientOf(grads, variable), slots, { learningRate, step: steps });
      variable.assign(updated.weight);
      for (const [slot, value] of Object.entries(updated.slots)) slots[slot]!.assign(value);
    }
  }

  return {
    async run(batch, learningRate) {
      const labels = labelsOf(batch);
      steps++;
      const measured = tf.tidy(() => {
        const features = featureTensor(batch);
        let right: tf.Tensor | undefined;
        const { value, grads } = tf.variableGrads(
          () => {
            const logits = model.logits(features, "training", seedFrom(seed, steps)) as tf.Tensor2D;
            const mean = loss.compute(logits, labels, "training");
            right = tf.keep(correctCount(logits, labels));
            return mean;
          },
          trainable.map(({ variable }) => variable),
        );
        descend(grads, learningRate);
        const both = tf.stack([value, right!.toFloat()]);
        right!.dispose();
        return both;
      });
      const [mean, correct] = (await measured.data()) as Float32Array;
      measured.dispose();
      return { loss: mean!, correct: correct! };
    },
    dispose() {
      for (const slots of state.values()) for (const slot of Object.values(slots)) slot.dispose();
      state.clear();
    },
  };
}

/** The slots of one weight; plain names, since they are assigned to by name. */
function zeroSlots(optimizer: Optimizer, weight: tf.Variable): Record<string, tf.Variable> & Slots {
  return Object.fromEntries(
    optimizer.slots.map((slot) => [slot, tf.tidy(() => tf.variable(tf.zerosLike(weight), false))]),
  );
}

/** The gradient of a variable; zero where the loss does not depend on it. */
function gradientOf(grads: tf.NamedTensorMap, variable: NamedWeight["variable"]): tf.Tensor {
  return grads[variable.name] ?? tf.zerosLike(variable);
}

function correctCount(logits: tf.Tensor2D, labels: Int32Array): tf.Scalar {
  return logits.argMax(1).equal(tf.tensor1d(labels, "int32")).sum().asScalar();
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
    const labels = labelsOf(batch);
    const measured = tf.tidy(() => {
      const logits = model.logits(featureTensor(batch), "inference") as tf.Tensor2D;
      return tf.stack([loss.compute(logits, labels, "inference"), correctCount(logits, labels).toFloat()]);
    });
    const [mean, correct] = (await measured.data()) as Float32Array;
    measured.dispose();
    seen += batch.ids.length;
    total += mean! * batch.ids.length;
    right += correct!;
  }
  return { loss: total / seen, accuracy: right / seen };
}

function labelsOf({ ids, labels }: FeatureBatch): Int32Array {
  if (labels) return labels;
  throw new TrainError("LABELS_MISSING", `${ids[0]} has no label; leave unlabeled images out of the split`);
}
