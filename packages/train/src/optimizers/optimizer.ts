import type * as tf from "@tensorflow/tfjs";

/** State of an optimizer for one weight: tensors of the weight's shape, by slot name. */
export type Slots = Readonly<Record<string, tf.Tensor>>;

/** What an update depends on beside the gradient. */
export interface UpdateContext {
  readonly learningRate: number;
  /** Number of this step, from 1. */
  readonly step: number;
}

/** What an update gives. */
export interface OptimizerUpdate {
  readonly weight: tf.Tensor;
  readonly slots: Slots;
}

/**
 * An optimizer as a value: it owns no state. `fit` keeps the slots by the name of the weight, never by position, so that weights
 * may join or leave between runs.
 */
export interface Optimizer {
  readonly name: string;
  /** Used where no schedule says otherwise. */
  readonly learningRate: number;
  /** Names of the slots, each of which starts at zero. */
  readonly slots: readonly string[];
  /** The new weight and the new slots; runs inside a `tf.tidy`. */
  update(weight: tf.Tensor, gradient: tf.Tensor, slots: Slots, context: UpdateContext): OptimizerUpdate;
}
