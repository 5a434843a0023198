import * as tf from "@tensorflow/tfjs";

/** What a training step of batch normalization computes. */
export interface BatchNormTraining {
  /** Same shape as the input. */
  readonly y: tf.Tensor4D;
  /** Mean of the batch, [c]. */
  readonly mean: tf.Tensor1D;
  /** Biased variance of the batch, [c]. */
  readonly variance: tf.Tensor1D;
}

/** What `@cassava/backend` registers on engines where one kernel beats a composition; its documentation fixes the convention. */
const KERNEL = "CassavaBatchNormTraining";

/**
 * Batch normalization by the statistics of the batch, differentiable in `x` [n, h, w, c], `gamma` and `beta` [c]; runs inside the
 * caller's `tf.tidy`.
 */
export function batchNormTraining(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): BatchNormTraining {
  if (tf.getKernel(KERNEL, tf.getBackend()) === undefined) return composedBatchNorm(x, gamma, beta, epsilon);
  const inputs = { x, scale: gamma, offset: beta };
  const [y, mean, variance] = tf.engine().runKernel(KERNEL, inputs, { epsilon }) as unknown as tf.Tensor[];
  return { y: y as tf.Tensor4D, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

/** The same of tfjs's operations, with the gradient in closed form (Ioffe and Szegedy 2015, section 3). */
export function composedBatchNorm(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): BatchNormTraining {
  const rows = x.size / x.shape[3];
  const flat = x.reshape([rows, x.shape[3]]) as tf.Tensor2D;
  const mean = columnMeans(flat);
  const centered = flat.sub<tf.Tensor2D>(mean);
  const variance = columnMeans(centered.square<tf.Tensor2D>());
  const inverse = variance.add<tf.Tensor1D>(epsilon).rsqrt<tf.Tensor1D>();
  const normalized = centered.mul<tf.Tensor2D>(inverse);
  // The statistics enter as constants: the closed form accounts for how they depend on x.
  const scaled = tf.customGrad((...args) => {
    const [input, scale, shift, save] = args as unknown as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    save([normalized, inverse, scale]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [xhat, inv, g] = saved as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
      const upstream = dy.reshape(xhat.shape) as tf.Tensor2D;
      const meanDy = columnMeans(upstream);
      const meanDyXhat = columnMeans(upstream.mul<tf.Tensor2D>(xhat));
      const dx = upstream.sub(meanDy).sub(xhat.mul(meanDyXhat)).mul(inv.mul(g));
      return [dx.reshape(input.shape), meanDyXhat.mul(rows), meanDy.mul(rows)];
    };
    return { value: normalized.mul(scale).add(shift).reshape(input.shape), gradFunc };
  });
  return { y: scaled(x, gamma, beta) as tf.Tensor4D, mean, variance };
}

/** Means over the rows of [rows, c] as a product with a row of 1 / rows: engines reduce an outer dimension by transposing first. */
function columnMeans(x: tf.Tensor2D): tf.Tensor1D {
  return tf
    .fill([1, x.shape[0]], 1 / x.shape[0])
    .matMul<tf.Tensor2D>(x)
    .reshape([x.shape[1]]);
}
