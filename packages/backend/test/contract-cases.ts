import * as tf from "@tensorflow/tfjs";
import { BATCH_NORM_TRAINING } from "../src/kernels/batch-norm-training.ts";

type Tensors = tf.Tensor[];

/** One operation on small tensors; its gradients with respect to every input are compared as well, unless it says otherwise. */
export interface ContractCase {
  readonly title: string;
  readonly shapes: readonly (readonly number[])[];
  readonly run: (...inputs: Tensors) => tf.Tensor;
  /** How the oracle computes it, where that is not `run`. */
  readonly oracle?: (...inputs: Tensors) => tf.Tensor;
  readonly gradients?: false;
  /** Pads by numbers: tfjs-node knows "same" and "valid" only, and says so. */
  readonly explicitPads?: true;
}

type Pad = Parameters<typeof tf.conv2d>[3] | readonly (readonly number[])[];
const x4 = (tensor: tf.Tensor): tf.Tensor4D => tensor as tf.Tensor4D;

function convolution(input: number[], filter: number[], stride: number | [number, number], pad: Pad): ContractCase {
  return {
    title: `conv2d [${input}] * [${filter}], stride ${stride}, pad ${JSON.stringify(pad)}`,
    shapes: [input, filter],
    run: (x, w) => tf.conv2d(x4(x), x4(w), stride, pad as "same"),
    ...(typeof pad === "string" ? {} : { explicitPads: true }),
  };
}

function depthwise(input: number[], filter: number[], stride: number, pad: "same" | "valid"): ContractCase {
  return {
    title: `depthwiseConv2d [${input}] * [${filter}], stride ${stride}, pad ${pad}`,
    shapes: [input, filter],
    run: (x, w) => tf.depthwiseConv2d(x4(x), x4(w), stride, pad),
  };
}

function fused(activation: "relu" | "relu6", strides: number): ContractCase {
  return {
    title: `fused.conv2d with bias and ${activation}, stride ${strides}`,
    shapes: [[2, 6, 6, 5], [3, 3, 5, 9], [9]],
    run: (x, filter, bias) => tf.fused.conv2d({ x: x4(x), filter: x4(filter), strides, pad: "same", bias, activation }),
  };
}

/** Average pooling as sums over counts of pixels inside the image: independent of any engine's pooling kernels. */
function averages(x: tf.Tensor, size: number, stride: number, pad: "same" | "valid" | 1): tf.Tensor {
  const window = tf.ones([size, size, x4(x).shape[3], 1]) as tf.Tensor4D;
  const sums = tf.depthwiseConv2d(x4(x), window, stride, pad);
  return tf.div(sums, tf.depthwiseConv2d(tf.onesLike(x4(x)), window, stride, pad));
}

const POOLS = { maxPool: tf.maxPool, avgPool: tf.avgPool };
const pools = (["maxPool", "avgPool"] as const).flatMap((pool) =>
  (
    [
      [2, 2, "same"],
      [3, 2, "same"],
      [3, 1, "valid"],
      [2, 2, 1],
    ] as const
  ).map(
    ([size, stride, pad]): ContractCase => ({
      title: `${pool} ${size}x${size}, stride ${stride}, pad ${pad}`,
      shapes: [[2, 7, 6, 5]],
      run: (x) => POOLS[pool](x4(x), size, stride, pad, pad === 1 ? "floor" : undefined),
      ...(pool === "avgPool" ? { oracle: (x: tf.Tensor) => averages(x, size, stride, pad) } : {}),
      ...(pad === 1 ? { explicitPads: true } : {}),
    }),
  ),
);

function composedBatchNorm(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): Tensors {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const y = tf.batchNorm(
    x4(x),
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    offset as tf.Tensor1D,
    scale as tf.Tensor1D,
    1e-3,
  );
  return [y, mean, variance];
}

function kernelBatchNorm(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): Tensors {
  if (tf.getKernel(BATCH_NORM_TRAINING, tf.getBackend()) === undefined) return composedBatchNorm(x, scale, offset);
  const inputs = { x, scale, offset } as unknown as tf.NamedTensorMap;
  return tf.engine().runKernel(BATCH_NORM_TRAINING, inputs, { epsilon: 1e-3 }) as unknown as Tensors;
}

/** Uses `y`, and the mean and the variance too, so that their gradients count. */
const weighted = ([y, mean, variance]: Tensors): tf.Tensor => tf.add(tf.mul(y!, variance!), mean!);

const batchNorms = [16, 21, 3].map(
  (channels): ContractCase => ({
    title: `batch normalization in training mode, ${channels} channels`,
    shapes: [[3, 15, 14, channels], [channels], [channels]],
    run: (x, scale, offset) => weighted(kernelBatchNorm(x, scale, offset)),
    oracle: (x, scale, offset) => weighted(composedBatchNorm(x, scale, offset)),
  }),
);

/** What every engine must compute, forward and backward, as the plain JavaScript engine does. */
export const CONTRACT: readonly ContractCase[] = [
  convolution([2, 8, 8, 3], [3, 3, 3, 16], 1, "same"),
  convolution([2, 9, 7, 3], [3, 3, 3, 16], 2, "same"),
  convolution([2, 8, 8, 16], [3, 3, 16, 16], 1, "same"),
  convolution([2, 8, 8, 6], [3, 3, 6, 5], 2, "valid"),
  convolution([2, 5, 5, 7], [1, 1, 7, 13], 1, "same"),
  convolution([2, 6, 5, 8], [1, 1, 8, 12], 2, "same"),
  convolution([1, 15, 14, 3], [7, 7, 3, 8], 2, "same"),
  convolution([1, 9, 9, 2], [7, 7, 2, 4], 1, "valid"),
  convolution([2, 9, 9, 2], [3, 3, 2, 9], 3, "valid"),
  convolution([2, 9, 8, 4], [3, 2, 4, 6], [2, 1], "same"),
  convolution([2, 5, 6, 4], [3, 3, 4, 4], 1, [
    [0, 0],
    [2, 1],
    [0, 2],
    [0, 0],
  ]),
  convolution([2, 7, 6, 4], [3, 3, 4, 4], 2, [
    [0, 0],
    [1, 2],
    [0, 1],
    [0, 0],
  ]),
  convolution([1, 4, 4, 3], [2, 2, 3, 5], 1, [
    [0, 0],
    [2, 2],
    [2, 3],
    [0, 0],
  ]),
  convolution([1, 5, 5, 152], [3, 3, 152, 152], 1, "same"),
  convolution([1, 30, 40, 33], [3, 3, 33, 3], 1, "same"),
  {
    title: "conv2d with dilation 2",
    shapes: [
      [1, 9, 9, 4],
      [3, 3, 4, 4],
    ],
    run: (x, w) => tf.conv2d(x4(x), x4(w), 1, "same", "NHWC", 2),
    gradients: false,
  },
  depthwise([2, 8, 8, 21], [3, 3, 21, 1], 1, "same"),
  depthwise([2, 9, 7, 5], [3, 3, 5, 1], 2, "same"),
  depthwise([2, 8, 8, 3], [3, 3, 3, 2], 1, "valid"),
  depthwise([1, 7, 7, 4], [3, 3, 4, 3], 2, "same"),
  fused("relu", 1),
  fused("relu6", 2),
  ...batchNorms,
  {
    title: "batch normalization in inference mode",
    shapes: [[2, 4, 4, 6], [6], [6], [6], [6]],
    run: (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x4(x),
        mean as tf.Tensor1D,
        tf.square(variance) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      ),
  },
  ...pools,
  { title: "relu", shapes: [[2, 5, 5, 7]], run: (x) => tf.relu(x) },
  { title: "relu of relu", shapes: [[3, 16]], run: (x) => tf.relu(tf.sub(tf.relu(x), 0.5)) },
  { title: "relu6", shapes: [[2, 5, 5, 7]], run: (x) => tf.relu6(tf.mul(x, 6)) },
  { title: "add with broadcasting", shapes: [[2, 3, 4], [4]], run: (a, b) => tf.add(a, b) },
  {
    title: "concat of channels",
    shapes: [
      [2, 3, 3, 5],
      [2, 3, 3, 6],
    ],
    run: (a, b) => tf.concat([a, b], 3),
  },
  {
    title: "concat of rows",
    shapes: [
      [2, 3, 3, 5],
      [2, 2, 3, 5],
    ],
    run: (a, b) => tf.concat([a, b], 1),
  },
  { title: "slice of one axis in the middle", shapes: [[3, 5, 4]], run: (x) => tf.slice(x, [0, 1, 0], [3, 2, 4]) },
  { title: "slice of channels", shapes: [[3, 5, 7]], run: (x) => tf.slice(x, [0, 0, 2], [-1, -1, 3]) },
  {
    title: "pad",
    shapes: [[2, 3, 3, 4]],
    run: (x) =>
      tf.pad(x, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]),
  },
  { title: "tile of a vector over images", shapes: [[1, 1, 1, 5]], run: (x) => tf.tile(x, [2, 3, 3, 1]) },
  { title: "tile of the last axis", shapes: [[2, 3]], run: (x) => tf.tile(x, [2, 2]) },
  { title: "global mean", shapes: [[3, 4, 4, 6]], run: (x) => tf.mean(x, [1, 2]) },
  {
    title: "matMul",
    shapes: [
      [5, 7],
      [7, 3],
    ],
    run: (a, b) => tf.matMul(a, b),
  },
  {
    title: "matMul with the first factor transposed",
    shapes: [
      [7, 5],
      [7, 3],
    ],
    run: (a, b) => tf.matMul(a, b, true, false),
  },
  {
    title: "matMul with the second factor transposed",
    shapes: [
      [5, 7],
      [3, 7],
    ],
    run: (a, b) => tf.matMul(a, b, false, true),
  },
  {
    title: "matMul with both factors transposed",
    shapes: [
      [7, 5],
      [3, 7],
    ],
    run: (a, b) => tf.matMul(a, b, true, true),
  },
  {
    title: "matMul of several matrices",
    shapes: [
      [2, 5, 7],
      [2, 7, 3],
    ],
    run: (a, b) => tf.matMul(a, b),
  },
  {
    title: "matMul whose second factor is large",
    shapes: [
      [3, 500],
      [500, 400],
    ],
    run: (a, b) => tf.matMul(a, b),
  },
  { title: "gather", shapes: [[6, 5]], run: (x) => tf.gather(x, tf.tensor1d([4, 0, 4, 2], "int32")) },
  { title: "clone", shapes: [[2, 3]], run: (x) => tf.mul(tf.clone(x), tf.clone(x)) },
  {
    title: "dropout by a mask",
    shapes: [[4, 8]],
    run: (x) => tf.mul(x, tf.tensor1d([0, 2, 2, 0, 2, 0, 0, 2])),
  },
  {
    title: "softmax cross entropy",
    shapes: [[4, 5]],
    run: (x) => tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d([0, 3, 1, 4], "int32"), 5), x as tf.Tensor2D),
  },
];
