import type { Optimizer, OptimizerUpdate } from "./optimizer.ts";

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** Default 0.01, as in Keras. */
  readonly learningRate?: number;
  /** In [0, 1); default 0. */
  readonly momentum?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent, in Keras's form: v' = m v - r g; w' = w + v', or with Nesterov w + m v' - r g.
 */
export function sgd({ learningRate = 0.01, momentum = 0, nesterov = false }: SgdOptions = {}): Optimizer {
  return {
    name: "sgd",
    learningRate,
    slots: momentum > 0 ? ["velocity"] : [],
    update(weight, gradient, { velocity }, { learningRate: rate }): OptimizerUpdate {
      const step = gradient.mul(-rate);
      if (velocity === undefined) return { weight: weight.add(step), slots: {} };
      const moved = velocity.mul(momentum).add(step);
      return { weight: weight.add(nesterov ? moved.mul(momentum).add(step) : moved), slots: { velocity: moved } };
    },
  };
}
