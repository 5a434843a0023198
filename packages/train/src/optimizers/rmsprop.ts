import type { Optimizer } from "./optimizer.ts";

/** Options of {@link rmsprop}. */
export interface RmspropOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Decay of the mean square, [0, 1); default 0.9. */
  readonly rho?: number;
  /** In [0, 1); default 0. */
  readonly momentum?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** Divide by the variance of the gradient in place of its mean square; default false. */
  readonly centered?: boolean;
}

/**
 * RMSProp (Tieleman and Hinton 2012) in Keras's form: s' = rho s + (1 - rho) g^2; w' = w - r g / sqrt(s' + epsilon), or with
 * momentum u' = m u + r g / sqrt(s' + epsilon), w' = w - u'; centered subtracts the square of the mean gradient from s'.
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { learningRate = 1e-3, rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false } = options;
  return {
    name: "rmsprop",
    learningRate,
    slots: ["square", ...(momentum > 0 ? ["velocity"] : []), ...(centered ? ["mean"] : [])],
    update(weight, gradient, { square, velocity, mean }, { learningRate: rate }) {
      const squared = square!.mul(rho).add(gradient.square().mul(1 - rho));
      const average = mean?.mul(rho).add(gradient.mul(1 - rho));
      const spread = average === undefined ? squared : squared.sub(average.square());
      const step = gradient.mul(rate).div(spread.add(epsilon).sqrt());
      const moved = velocity === undefined ? step : velocity.mul(momentum).add(step);
      const slots = { square: squared, ...(velocity && { velocity: moved }), ...(average && { mean: average }) };
      return { weight: weight.sub(moved), slots };
    },
  };
}
