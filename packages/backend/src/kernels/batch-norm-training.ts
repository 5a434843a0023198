import * as tf from "@tensorflow/tfjs";

/**
 * Name of the kernel for batch normalization in training mode. Call it as
 * `tf.engine().runKernel("CassavaBatchNormTraining", { x, scale, offset }, { epsilon })`, which returns `[y, mean, variance]`:
 * `x` and `y` are `[..., channels]` float32, the others `[channels]`; the variance is that of the population, over all axes
 * but the last. It has a gradient for `x`, `scale` and `offset`. Where `tf.getKernel(name, tf.getBackend())` is
 * `undefined` (no `registerTrainingKernels()`, or an engine without it), compose it of `tf.moments` and `tf.batchNorm`.
 */
export const BATCH_NORM_TRAINING = "CassavaBatchNormTraining";
/** Name of the kernel that the gradient of {@link BATCH_NORM_TRAINING} runs. */
export const BATCH_NORM_TRAINING_GRAD = "CassavaBatchNormTrainingGrad";

/** The gradient of {@link BATCH_NORM_TRAINING}, on every engine that has {@link BATCH_NORM_TRAINING_GRAD}. */
export const batchNormGradient: tf.GradConfig = {
  kernelName: BATCH_NORM_TRAINING,
  inputsToSave: ["x", "scale"],
  outputsToSave: [false, true, true],
  gradFunc: (dys, saved, attrs) => {
    const [dy, dMean, dVariance] = dys as tf.Tensor[];
    const [x, scale, mean, variance] = saved;
    const inputs = { x, scale, mean, variance, dy, dMean, dVariance } as unknown as tf.NamedTensorMap;
    const [dx, dScale, dOffset] = tf
      .engine()
      .runKernel(BATCH_NORM_TRAINING_GRAD, inputs, attrs) as unknown as tf.Tensor[];
    return { x: () => dx!, scale: () => dScale!, offset: () => dOffset! };
  },
};
