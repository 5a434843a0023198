import * as tf from "@tensorflow/tfjs";
import type { ContractCase } from "./contract-cases.ts";

/** Largest difference from the oracle that is forgiven, relative to the oracle's largest value: a few hundred float32 roundings. */
export const TOLERANCE = 1e-5;

type Tensors = tf.Tensor[];

/** Numbers in (-1, 1) that depend on `seed` only (a linear congruential generator, Numerical Recipes' constants). */
function numbers(count: number, seed: number): Float32Array {
  let state = (seed * 2_654_435_761) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function evaluate({ shapes, run, oracle, gradients }: ContractCase, asOracle: boolean): Tensors {
  const compute = asOracle ? (oracle ?? run) : run;
  const make = (shape: readonly number[], seed: number): tf.Tensor =>
    tf.tensor(
      numbers(
        shape.reduce((product, size) => product * size, 1),
        seed,
      ),
      [...shape],
    );
  const inputs = shapes.map((shape, index) => make(shape, index + 1));
  const output = compute(...inputs);
  if (gradients === false) return [output];
  const dy = make(output.shape, 99);
  return [output, ...tf.grads((...values) => tf.sum(tf.mul(compute(...values), dy)) as tf.Scalar)(inputs)];
}

/** The result and the gradients of a case on an engine, as plain arrays. */
export async function resultsOn(engine: string, contractCase: ContractCase, asOracle = false): Promise<Float32Array[]> {
  await tf.setBackend(engine);
  const tensors = tf.tidy(() => evaluate(contractCase, asOracle));
  const values = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
  tf.dispose(tensors);
  return values;
}

/** The largest difference between `actual` and `expected`, relative to the largest expected value; NaN counts as infinite. */
function relativeError(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(actual[i]! - expected[i]!);
    difference = Math.max(difference, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference / Math.max(largest, 1e-6);
}

/** How far a case on `engine` is from the oracle (the plain JavaScript engine): its result, then each gradient. */
export async function errorsOf(engine: string, contractCase: ContractCase): Promise<number[]> {
  const expected = await resultsOn("cpu", contractCase, true);
  const actual = await resultsOn(engine, contractCase);
  return expected.map((values, index) => relativeError(actual[index]!, values));
}
