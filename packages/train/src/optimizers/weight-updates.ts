import type { NamedWeight } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { TrainError } from "../errors.ts";
import type { Optimizer } from "./optimizer.ts";

/** Limits on gradients, after accumulation and before the optimizer: Keras's `clipvalue`, `clipnorm`, `global_clipnorm`; at most one. */
export interface ClipOptions {
  /** Largest absolute value of an element. */
  readonly value?: number;
  /** Largest Euclidean norm of one weight's gradient. */
  readonly norm?: number;
  /** Largest Euclidean norm of all gradients together. */
  readonly globalNorm?: number;
}

/** A factor on the learning rate of some weights: discriminative rates. The first group that a weight's name matches holds. */
export interface WeightGroup {
  /** Matches names of weights, `layer/variable`. */
  readonly weights: RegExp | ((name: string) => boolean);
  /** From 0; 0 leaves the weights as they are. */
  readonly rate: number;
}

/** How gradients change weights. */
export interface WeightUpdateOptions {
  readonly optimizer: Optimizer;
  readonly clip?: ClipOptions | undefined;
  readonly groups?: readonly WeightGroup[] | undefined;
  /** Gradients of so many steps are averaged before weights change; default 1. */
  readonly accumulate?: number | undefined;
  /** Keeps an exponential moving average of the weights, as Keras's `use_ema`: decay * average + (1 - decay) * weight. */
  readonly ema?: { readonly decay: number } | undefined;
}

/** The state between steps: everything by the name of its weight, never by position. */
export interface WeightUpdates {
  /** Takes the gradients of one step, by the variables' names; changes the weights. Runs inside a `tf.tidy`. */
  apply(gradients: tf.NamedTensorMap, learningRate: number): void;
  /** Exchanges the weights and their moving averages, where there are some. */
  swapAverages(): void;
  /** Numbers and tensors to go on from: slots, accumulated gradients, averages; the tensors stay owned here. */
  readonly counts: { steps: number; updates: number };
  readonly tensors: ReadonlyMap<string, tf.Variable>;
  dispose(): void;
}

/** Prepares the state for `trainable`, all of it zero but the averages, which begin as the weights. */
export function weightUpdates(trainable: readonly NamedWeight[], options: WeightUpdateOptions): WeightUpdates {
  const { optimizer, clip = {}, groups = [], accumulate = 1, ema } = options;
  checkUpdateOptions(options);
  const tensors = new Map<string, tf.Variable>();
  const make = (key: string, like: tf.Tensor, initial: (like: tf.Tensor) => tf.Tensor) =>
    tensors.set(
      key,
      tf.tidy(() => tf.variable(initial(like), false)),
    );
  for (const { name, variable } of trainable) {
    for (const slot of optimizer.slots) make(`slot/${slot}/${name}`, variable, tf.zerosLike);
    if (accumulate > 1) make(`sum/${name}`, variable, tf.zerosLike);
    if (ema !== undefined) make(`average/${name}`, variable, (like) => like.clone());
  }
  const rates = new Map(trainable.map(({ name }) => [name, rateOf(groups, name)]));
  const counts = { steps: 0, updates: 0 };

  function update(name: string, variable: tf.Variable, gradient: tf.Tensor, learningRate: number): void {
    const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, tensors.get(`slot/${slot}/${name}`)!]));
    const context = { learningRate: learningRate * rates.get(name)!, step: counts.updates };
    const updated = optimizer.update(variable, gradient, slots, context);
    variable.assign(updated.weight);
    for (const [slot, value] of Object.entries(updated.slots)) slots[slot]!.assign(value);
    const average = tensors.get(`average/${name}`);
    if (average === undefined) return;
    // As Keras: the first average is the weight after the first update.
    const decay = counts.updates === 1 ? 0 : ema!.decay;
    average.assign(average.mul(decay).add(variable.mul(1 - decay)));
  }

  return {
    counts,
    tensors,
    apply(gradients, learningRate) {
      counts.steps++;
      let current = trainable.map(({ variable }) => gradients[variable.name] ?? tf.zerosLike(variable));
      if (accumulate > 1) {
        const sums = trainable.map(({ name }) => tensors.get(`sum/${name}`)!);
        for (const [i, sum] of sums.entries()) sum.assign(sum.add(current[i]!));
        if (counts.steps % accumulate !== 0) return;
        current = sums.map((sum) => sum.div(accumulate));
        for (const sum of sums) sum.assign(tf.zerosLike(sum));
      }
      counts.updates++;
      const clipped = clipGradients(current, clip);
      for (const [i, { name, variable }] of trainable.entries()) {
        if (rates.get(name) !== 0) update(name, variable, clipped[i]!, learningRate);
      }
    },
    swapAverages() {
      if (ema === undefined) return;
      tf.tidy(() => {
        for (const { name, variable } of trainable) {
          const average = tensors.get(`average/${name}`)!;
          const [weight, mean] = [variable.clone(), average.clone()];
          variable.assign(mean);
          average.assign(weight);
        }
      });
    },
    dispose() {
      for (const tensor of tensors.values()) tensor.dispose();
      tensors.clear();
    },
  };
}

function clipGradients(gradients: readonly tf.Tensor[], clip: ClipOptions): readonly tf.Tensor[] {
  const { value, norm, globalNorm } = clip;
  if (value !== undefined) return gradients.map((gradient) => gradient.clipByValue(-value, value));
  if (norm !== undefined) return gradients.map((gradient) => limit(gradient, gradient.norm(), norm));
  if (globalNorm === undefined) return gradients;
  const squares = gradients.map((gradient) => gradient.square().sum());
  const total = tf.addN(squares).sqrt();
  return gradients.map((gradient) => limit(gradient, total, globalNorm));
}

/** `gradient` scaled down where `norm` is above `most`. */
function limit(gradient: tf.Tensor, norm: tf.Tensor, most: number): tf.Tensor {
  return gradient.mul(tf.minimum(1, tf.scalar(most).div(norm.maximum(1e-12))));
}

function rateOf(groups: readonly WeightGroup[], name: string): number {
  const group = groups.find(({ weights }) => (weights instanceof RegExp ? name.search(weights) >= 0 : weights(name)));
  return group?.rate ?? 1;
}

/** Throws a TrainError (OPTION_INVALID) for options that make no sense. */
export function checkUpdateOptions(options: Omit<WeightUpdateOptions, "optimizer">): void {
  const { clip = {}, groups = [], accumulate = 1, ema } = options;
  const limits = Object.entries(clip).filter(([, limit]) => limit !== undefined);
  if (limits.length > 1) throw new TrainError("OPTION_INVALID", "clip by value, norm or globalNorm, not by several");
  for (const [name, limit] of limits) {
    if (!(limit! > 0)) throw new TrainError("OPTION_INVALID", `clip.${name} must be a positive number; got ${limit}`);
  }
  if (!(Number.isInteger(accumulate) && accumulate >= 1)) {
    throw new TrainError("OPTION_INVALID", `accumulate must be a whole number from 1; got ${accumulate}`);
  }
  const bad = groups.find(({ rate }) => !(rate >= 0 && Number.isFinite(rate)));
  if (bad) throw new TrainError("OPTION_INVALID", `the rate of a group must be a number from 0; got ${bad.rate}`);
  if (ema !== undefined && !(ema.decay >= 0 && ema.decay < 1)) {
    throw new TrainError("OPTION_INVALID", `ema.decay must be in [0, 1); got ${ema.decay}`);
  }
}
