import type { Weights } from "./weights/weights.ts";

/** What layers begin with before any training: Keras's initializers that are constants. */
const CONSTANTS: Readonly<Record<string, number>> = { moving_mean: 0, moving_variance: 1, bias: 0 };

/**
 * Names of the weights that still are what a layer begins with: moving means of 0, moving variances of 1, biases of 0. Of a trained network
 * there is hardly any; of one whose weights were not loaded it is all of them.
 *
 * @param weights by name, such as `weightValues` of a classifier gives them
 */
export function untrainedWeights(weights: Weights): { readonly names: readonly string[]; readonly of: number } {
  const checked = [...weights].flatMap(([name, { data }]) => {
    const constant = CONSTANTS[name.slice(name.lastIndexOf("/") + 1)];
    return constant === undefined ? [] : [{ name, same: data.every((value) => value === constant) }];
  });
  return { names: checked.filter(({ same }) => same).map(({ name }) => name), of: checked.length };
}
