import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";
import { composedBatchNorm } from "../src/graph/batch-norm.ts";
import { noise, relativeDifference } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const EPSILON = 1e-3;

/** The definition, differentiated by tfjs. */
function composed(x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D): tf.Tensor {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return x.sub(mean).div(variance.add(EPSILON).sqrt()).mul(gamma).add(beta);
}

it("composed of operations, has the value, the statistics and the gradients of its definition", async () => {
  const next = noise(7);
  const draw = (shape: number[]) =>
    tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, next), shape);
  const [x, gamma, beta, weights] = [draw([3, 4, 5, 6]).mul(3).add(1), draw([6]), draw([6]), draw([3, 4, 5, 6])];
  const [x4, g1, b1] = [x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D];
  const { y, mean, variance } = composedBatchNorm(x4, g1, b1, EPSILON);
  const moments = tf.moments(x4, [0, 1, 2]);
  expect(relativeDifference(await y.data(), await composed(x4, g1, b1).data())).toBeLessThan(1e-5);
  expect(relativeDifference(await mean.data(), await moments.mean.data())).toBeLessThan(1e-5);
  expect(relativeDifference(await variance.data(), await moments.variance.data())).toBeLessThan(1e-5);

  const gradients = (f: (a: tf.Tensor4D, b: tf.Tensor1D, c: tf.Tensor1D) => tf.Tensor) =>
    tf.grads((a, b, c) =>
      f(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D)
        .mul(weights!)
        .sum(),
    )([x4, g1, b1]);
  const ours = gradients((a, b, c) => composedBatchNorm(a, b, c, EPSILON).y);
  const theirs = gradients(composed);
  for (const [i, gradient] of ours.entries()) {
    expect(relativeDifference(await gradient.data(), await theirs[i]!.data())).toBeLessThan(1e-4);
  }
});
