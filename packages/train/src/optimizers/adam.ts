import type * as tf from "@tensorflow/tfjs";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link adam}. */
export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Decay of the first moment, [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7, Keras's. */
  readonly epsilon?: number;
}

/** Options of {@link adamW}. */
export interface AdamWOptions extends AdamOptions {
  /** Decoupled decay, per step and unit of rate; default 0.004, Keras's. */
  readonly weightDecay?: number;
}

/** Adam (Kingma and Ba 2015) in Keras's form: w' = w - r sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon). */
export function adam(options: AdamOptions = {}): Optimizer {
  return moments("adam", options, 0);
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019) in Keras's form: first w' = w - r d w, then Adam's step. */
export function adamW({ weightDecay = 0.004, ...options }: AdamWOptions = {}): Optimizer {
  return moments("adamW", options, weightDecay);
}

function moments(name: string, options: AdamOptions, weightDecay: number): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  return {
    name,
    learningRate,
    slots: ["m", "v"],
    update(weight, gradient, slots, { learningRate: rate, step }) {
      const m = mix(slots.m!, gradient, beta1);
      const v = mix(slots.v!, gradient.square(), beta2);
      const corrected = (rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
      const decayed = weightDecay > 0 ? weight.mul(1 - rate * weightDecay) : weight;
      return { weight: decayed.sub(m.mul(corrected).div(v.sqrt().add(epsilon))), slots: { m, v } };
    },
  };
}

/** old * decay + fresh * (1 - decay) */
function mix(old: tf.Tensor, fresh: tf.Tensor, decay: number): tf.Tensor {
  return old.mul(decay).add(fresh.mul(1 - decay));
}
