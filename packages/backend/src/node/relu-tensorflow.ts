import type * as tf from "@tensorflow/tfjs";
import type { NodeBackend } from "./tensorflow-backend.ts";

const floats = ({ binding }: NodeBackend) => [{ name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];

/** `CassavaReluGrad` of `y` and `dy`, float32 of one shape, as TensorFlow's `ReluGrad`, one pass: the stock gradient comes to seven. */
export function reluGradTensorflow(backend: NodeBackend, { y, dy }: { y: tf.Tensor; dy: tf.Tensor }): tf.Tensor {
  return backend.executeSingleOutput("ReluGrad", floats(backend), [dy, y]);
}

interface StepInputs {
  readonly x: tf.Tensor;
}
interface StepAttributes {
  readonly alpha: number;
}

/** Whether it is the step from 0 to 1, of floats: that of the gradients of `relu6` and of activations inside a convolution. */
export const isUnitStep = ({ x }: StepInputs, { alpha }: StepAttributes): boolean =>
  alpha === 0 && x.dtype === "float32";

/** `Step` as the sign of `relu`, two passes in place of tfjs-node's five; not a number where `x` is none, as there. */
export function stepTensorflow(backend: NodeBackend, { x }: StepInputs): tf.Tensor {
  const positive = backend.executeSingleOutput("Relu", floats(backend), [x]);
  const step = backend.executeSingleOutput("Sign", floats(backend), [positive]);
  positive.dispose();
  return step;
}
