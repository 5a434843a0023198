import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import type { BatchNormNode, Graph, GraphNode } from "../src/graph/graph.ts";
import { runGraph } from "../src/graph/run-graph.ts";
import { batchNormStep, inferenceBatchNorm } from "../src/normalize.ts";

const base = { stage: "body", strides: 1, padding: "same", activation: "linear" } as const;
const norm = (name: string, input: string): BatchNormNode => {
  return { op: "batchNorm", name, stage: "body", input, epsilon: 1e-3, momentum: 0.9 };
};
/** Convolutions with and without a bias, one that is read twice, a depthwise one, and a normalization of a sum. */
const nodes: GraphNode[] = [
  { ...base, op: "conv2d", name: "a", input: "x", kernelSize: 3, filters: 4, bias: true },
  norm("a_bn", "a"),
  { ...base, op: "depthwiseConv2d", name: "b", input: "a_bn", kernelSize: 3, bias: false },
  norm("b_bn", "b"),
  { ...base, op: "conv2d", name: "c", input: "b_bn", kernelSize: 1, filters: 4, bias: false },
  norm("c_bn", "c"),
  { ...base, op: "conv2d", name: "d", input: "c_bn", kernelSize: 1, filters: 4, bias: true },
  norm("d_bn", "d"),
  { op: "add", name: "sum", stage: "body", inputs: ["d", "d_bn"] },
  norm("sum_bn", "sum"),
];
const graph: Graph = { input: "x", output: "sum_bn", nodes };
const shapes: Record<string, number[]> = {
  "a/kernel": [3, 3, 2, 4],
  "a/bias": [4],
  "b/kernel": [3, 3, 4, 1],
  "c/kernel": [1, 1, 4, 4],
  "d/kernel": [1, 1, 4, 4],
  "d/bias": [4],
};

/** Answers and gradients of `loss` in the order of `shapes`, of one way to normalize. */
function stepped(weights: ReadonlyMap<string, tf.Variable>, folded: boolean): number[][] {
  const weight = (name: string) => weights.get(name)!;
  const x = tf.randomNormal([2, 5, 5, 2], 0, 1, "float32", 3);
  const options = folded
    ? batchNormStep(graph, weight, () => false)(true)
    : { batchNorm: (input: tf.Tensor, node: BatchNormNode) => inferenceBatchNorm(input, node, weight) };
  const trained = Object.keys(shapes).map((name) => weights.get(name)!);
  let answers: number[] = [];
  const { grads } = tf.variableGrads(() => {
    const y = runGraph(graph, x, { weight, release: false, ...options });
    answers = [...y.dataSync()];
    return y.square().sum().asScalar();
  }, trained);
  return [answers, ...trained.map(({ name }) => [...grads[name]!.dataSync()])];
}

it("a normalization folded into the convolution before it has the answers and the gradients of one after it", async () => {
  await tf.setBackend("cpu");
  const weights = new Map<string, tf.Variable>();
  let seed = 0;
  const add = (name: string, tensor: tf.Tensor, trainable: boolean) =>
    weights.set(name, tf.variable(tensor, trainable));
  for (const [name, shape] of Object.entries(shapes))
    add(name, tf.randomNormal(shape, 0, 0.5, "float32", ++seed), true);
  for (const { name } of nodes.filter(({ op }) => op === "batchNorm")) {
    for (const role of ["moving_mean", "beta"])
      add(`${name}/${role}`, tf.randomNormal([4], 0, 1, "float32", ++seed), false);
    for (const role of ["moving_variance", "gamma"])
      add(`${name}/${role}`, tf.randomUniform([4], 0.5, 2, "float32", ++seed), false);
  }
  const [expected, made] = [stepped(weights, false), stepped(weights, true)];
  for (const [i, values] of expected.entries()) {
    const scale = Math.max(...values.map(Math.abs));
    for (const [k, value] of values.entries()) expect(Math.abs(made[i]![k]! - value) / scale).toBeLessThan(1e-5);
  }
  // Three of the five are inside of a convolution: what is read twice, and what is no convolution, stays.
  const { affine } = batchNormStep(
    graph,
    (name) => weights.get(name)!,
    () => false,
  )(true);
  tf.tidy(() => {
    expect(["a", "b", "c", "d"].filter((name) => affine(name) !== undefined)).toEqual(["a", "b", "c"]);
  });
});

it("a live normalization stays behind its convolution in a training step, and is inside of it in inference", async () => {
  await tf.setBackend("cpu");
  const step = batchNormStep(
    graph,
    () => tf.ones([4]),
    (stage) => stage === "body",
  );
  tf.tidy(() => {
    expect([step(true).affine("a"), step(false).affine("a")?.scale.shape]).toEqual([undefined, [4]]);
  });
});
