import * as tf from "@tensorflow/tfjs";
import { batchNormTraining } from "./graph/batch-norm.ts";
import type { BatchNormNode } from "./graph/graph.ts";

type WeightOf = (name: string) => tf.Tensor;

/** Batch normalization of [n, h, w, c] or [n, c] by its moving statistics. */
export function inferenceBatchNorm(x: tf.Tensor, node: BatchNormNode, weight: WeightOf): tf.Tensor {
  const [mean, variance, beta, gamma] = statisticsOf(node, weight);
  return tf.batchNorm(x, mean, variance, beta, gamma, node.epsilon);
}

/**
 * The same as x * scale + shift, whose gradient on a tape is one product: that of `tf.batchNorm` is a dozen of operations on
 * tensors of the size of `x`.
 */
function affineBatchNorm(x: tf.Tensor, node: BatchNormNode, weight: WeightOf): tf.Tensor {
  const [mean, variance, beta, gamma] = statisticsOf(node, weight);
  const scale = variance.add(node.epsilon).rsqrt().mul(gamma);
  return x.mul(scale).add(beta.sub(mean.mul(scale)));
}

function statisticsOf(node: BatchNormNode, weight: WeightOf) {
  return ["moving_mean", "moving_variance", "beta", "gamma"].map((role) => weight(`${node.name}/${role}`)) as [
    tf.Tensor1D,
    tf.Tensor1D,
    tf.Tensor1D,
    tf.Tensor1D,
  ];
}

/**
 * The normalizations above a cut. In a training step those of a stage that `isLive` go by the statistics of the batch and move
 * the moving ones on; the others, and all of them in inference, go by the moving statistics.
 */
export function batchNormStep(
  weight: WeightOf,
  isLive: (stage: string) => boolean,
): (x: tf.Tensor, node: BatchNormNode, training: boolean) => tf.Tensor {
  return (x, node, training) =>
    training && isLive(node.stage) ? trainingBatchNorm(x, node, weight) : affineBatchNorm(x, node, weight);
}

function trainingBatchNorm(x: tf.Tensor, node: BatchNormNode, weight: WeightOf): tf.Tensor {
  const [gamma, beta] = ["gamma", "beta"].map((role) => weight(`${node.name}/${role}`) as tf.Tensor1D);
  // A batch of vectors is a batch of images of one pixel.
  const images = (x.rank === 4 ? x : x.reshape([x.shape[0], 1, 1, -1])) as tf.Tensor4D;
  const { y, mean, variance } = batchNormTraining(images, gamma!, beta!, node.epsilon);
  for (const [role, value] of [["moving_mean", mean] as const, ["moving_variance", variance] as const]) {
    const moving = weight(`${node.name}/${role}`) as tf.Variable;
    moving.assign(moving.mul(node.momentum).add(value.mul(1 - node.momentum)));
  }
  return x.rank === 4 ? y : y.reshape(x.shape);
}
