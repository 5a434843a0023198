import * as tf from "@tensorflow/tfjs";

/** Puts values into a variable. */
export function assign(variable: tf.Variable, values: ArrayLike<number>): void {
  tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(values), variable.shape)));
}
