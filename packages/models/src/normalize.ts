import * as tf from "@tensorflow/tfjs";
import { batchNormTraining } from "./graph/batch-norm.ts";
import { type BatchNormNode, type Graph, readerCounts } from "./graph/graph.ts";
import type { Affine } from "./graph/run-graph.ts";

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
  const { scale, shift } = affineOf(node, weight);
  return x.mul(scale).add(shift);
}

function affineOf(node: BatchNormNode, weight: WeightOf): Affine {
  const [mean, variance, beta, gamma] = statisticsOf(node, weight);
  const scale = variance.add(node.epsilon).rsqrt().mul<tf.Tensor1D>(gamma);
  return { scale, shift: beta.sub(mean.mul(scale)) };
}

function statisticsOf(node: BatchNormNode, weight: WeightOf) {
  return ["moving_mean", "moving_variance", "beta", "gamma"].map((role) => weight(`${node.name}/${role}`)) as [
    tf.Tensor1D,
    tf.Tensor1D,
    tf.Tensor1D,
    tf.Tensor1D,
  ];
}

/** What a step above a cut does with its normalizations. */
export interface Normalization {
  /** Normalizes `x`; hands it through where the convolution before it has done so. */
  readonly batchNorm: (x: tf.Tensor, node: BatchNormNode) => tf.Tensor;
  /** Scale and shift that a convolution takes on. */
  readonly affine: (convolution: string) => Affine | undefined;
}

/**
 * The normalizations of `graph`, above a cut. In a training step those of a stage that `isLive` go by the statistics of the batch and
 * move the moving ones on; the others, and all of them in inference, go by the moving statistics: inside the convolution
 * before, where nothing else reads what that gives, as its kernel is so much smaller than its output.
 */
export function batchNormStep(
  graph: Graph,
  weight: WeightOf,
  isLive: (stage: string) => boolean,
): (training: boolean) => Normalization {
  const readers = readerCounts(graph);
  const linear = graph.nodes.filter(
    (node) => (node.op === "conv2d" || node.op === "depthwiseConv2d") && node.activation === "linear",
  );
  const convolutions = new Set(linear.flatMap(({ name }) => (readers.get(name) === 1 ? [name] : [])));
  const norms = graph.nodes.filter((node) => node.op === "batchNorm");
  const foldable = new Map(
    norms.flatMap((norm) => (convolutions.has(norm.input) ? [[norm.input, norm] as const] : [])),
  );
  return (training) => {
    const moves = ({ stage }: BatchNormNode) => training && isLive(stage);
    return {
      batchNorm: (x, node) => {
        if (moves(node)) return trainingBatchNorm(x, node, weight);
        return foldable.has(node.input) ? x.clone() : affineBatchNorm(x, node, weight);
      },
      affine: (convolution) => {
        const norm = foldable.get(convolution);
        return norm === undefined || moves(norm) ? undefined : affineOf(norm, weight);
      },
    };
  };
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
