import type { Batch, FrozenPart, PreprocessingContract } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { ModelsError } from "./errors.ts";
import { foldForInference, type WeightedGraph } from "./graph/fold.ts";
import type { BatchNormNode } from "./graph/graph.ts";
import { runGraph } from "./graph/run-graph.ts";
import { tensorShapes } from "./graph/shapes.ts";
import { preprocess } from "./preprocessing.ts";
import { elementCount, hashWeights } from "./weights/weights.ts";

/** Images that run through the graph at a time: enough to fill the engine, few enough to keep its activations small. */
const IMAGES_AT_A_TIME = 16;

/**
 * The part of a network below its cut, run by fused tfjs operations on the current engine: preprocessing, then the graph with
 * batch normalization folded in. Holds its weights as tensors until `dispose`.
 */
export async function tfjsFrozenPart(below: WeightedGraph, contract: PreprocessingContract): Promise<FrozenPart> {
  const [height, width] = contract.inputSize;
  const outputShape = tensorShapes(below.graph, [height, width, 3]).get(below.graph.output)!;
  // Engines differ in the last digits: the features of one are not taken for those of another.
  const id = `${await hashWeights(below.weights, JSON.stringify([below.graph, contract]))}-${tf.getBackend()}`;
  const { graph, weights } = foldForInference(below);
  const tensors = new Map(
    [...weights].map(([name, { data, shape }]) => [name, tf.keep(tf.tensor(data, [...shape], "float32"))]),
  );
  const options = {
    weight: (name: string) => tensors.get(name)!,
    batchNorm: (x: tf.Tensor4D, node: BatchNormNode) => inferenceBatchNorm(x, node, (name) => tensors.get(name)!),
    release: true,
  };

  async function runSome(batch: Batch, from: number, count: number): Promise<Float32Array> {
    const stride = height * width * 3;
    const images = batch.images.subarray(from * stride, (from + count) * stride);
    const pixels = tf.tensor4d(images, [count, height, width, 3], images instanceof Float32Array ? "float32" : "int32");
    const input = preprocess(pixels, contract.mode);
    pixels.dispose();
    const output = runGraph(graph, input, options);
    const features = (await output.data()) as Float32Array;
    tf.dispose([input, output]);
    return features;
  }

  return {
    id,
    inputSize: contract.inputSize,
    outputShape,
    async run(batch) {
      checkBatch(batch, contract.inputSize);
      const width = elementCount(outputShape);
      const features = new Float32Array(batch.ids.length * width);
      for (let from = 0; from < batch.ids.length; from += IMAGES_AT_A_TIME) {
        const count = Math.min(IMAGES_AT_A_TIME, batch.ids.length - from);
        features.set(await runSome(batch, from, count), from * width);
      }
      return features;
    },
    dispose() {
      tf.dispose([...tensors.values()]);
      tensors.clear();
    },
  };
}

/** Batch normalization by its moving statistics. */
export function inferenceBatchNorm(
  x: tf.Tensor4D,
  node: BatchNormNode,
  weight: (name: string) => tf.Tensor,
): tf.Tensor4D {
  const [mean, variance, beta, gamma] = ["moving_mean", "moving_variance", "beta", "gamma"].map((role) =>
    weight(`${node.name}/${role}`),
  ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  return tf.batchNorm(x, mean, variance, beta, gamma, node.epsilon) as tf.Tensor4D;
}

/** Refuses a batch that the network cannot take. */
function checkBatch(batch: Batch, [height, width]: readonly [number, number]): void {
  const [n, h, w, channels] = batch.shape;
  if (h !== height || w !== width || channels !== 3) {
    const message = `images are ${h}x${w}x${channels}, the network takes ${height}x${width}x3: resize them to its input size`;
    throw new ModelsError("BATCH_INVALID", message);
  }
  if (batch.ids.length !== n || batch.images.length !== n * h * w * 3) {
    const message = `a batch of ${batch.ids.length} ids has shape [${batch.shape}] and ${batch.images.length} numbers`;
    throw new ModelsError("BATCH_INVALID", message);
  }
}
