import * as tf from "@tensorflow/tfjs";
import type { BatchNormAttributes } from "../kernels/batch-norm-wasm.ts";
import type { NodeBackend, OpAttribute } from "./tensorflow-backend.ts";

interface Inputs {
  readonly x: tf.Tensor;
  readonly scale: tf.Tensor;
  readonly offset: tf.Tensor;
}
interface GradInputs {
  readonly x: tf.Tensor;
  readonly scale: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  readonly dy: tf.Tensor;
  readonly dMean: tf.Tensor;
  readonly dVariance: tf.Tensor;
}

function attributes({ binding }: NodeBackend, epsilon: number): OpAttribute[] {
  return [
    { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: "U", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: "epsilon", type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: "data_format", type: binding.TF_ATTR_STRING, value: "NHWC" },
    { name: "is_training", type: binding.TF_ATTR_BOOL, value: true },
  ];
}

/** The fused ops take images only; everything before the channels may as well be one axis of positions. */
const asImage = (tensor: tf.Tensor, channels: number): tf.Tensor => tf.reshape(tensor, [-1, 1, 1, channels]);

/** TensorFlow's `FusedBatchNormV3`: `[y, mean, variance]`. The variance comes from its reserve space, which has the population's. */
export function batchNormTrainingTensorflow(
  backend: NodeBackend,
  { x, scale, offset }: Inputs,
  { epsilon }: BatchNormAttributes,
): tf.Tensor[] {
  return tf.tidy(() => {
    const none = tf.tensor1d([], "float32");
    const inputs = [asImage(x, scale.size), scale, offset, none, none];
    const outputs = backend.executeMultipleOutputs("FusedBatchNormV3", attributes(backend, epsilon), inputs, 6);
    return [tf.reshape(outputs[0]!, x.shape), outputs[3]!, outputs[4]!];
  });
}

/** TensorFlow's `FusedBatchNormGradV3`, plus what flows in through the mean and the variance: `[dx, dScale, dOffset]`. */
export function batchNormTrainingGradTensorflow(
  backend: NodeBackend,
  inputs: GradInputs,
  { epsilon }: BatchNormAttributes,
): tf.Tensor[] {
  const { x, scale, mean, variance, dy, dMean, dVariance } = inputs;
  return tf.tidy(() => {
    const image = asImage(x, scale.size);
    const args = [asImage(dy, scale.size), image, scale, mean, variance, tf.tensor1d([], "float32")];
    const [dx, dScale, dOffset] = backend.executeMultipleOutputs(
      "FusedBatchNormGradV3",
      attributes(backend, epsilon),
      args,
      5,
    );
    const count = x.size / scale.size;
    // d mean / dx = 1 / n and d variance / dx = 2 (x - mean) / n.
    const through = tf.add(dMean, tf.mul(tf.mul(dVariance, 2), tf.sub(image, mean)));
    const inflow = tf.add(dx!, tf.div(through, count));
    return [tf.reshape(inflow, x.shape), dScale!, dOffset!];
  });
}
