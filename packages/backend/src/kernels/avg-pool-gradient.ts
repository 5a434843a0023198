import * as tf from "@tensorflow/tfjs";

/** Engines whose kernel `AvgPoolGrad` (4.22) divides by the whole window even where it hangs over the border. */
const WRONG_AT_BORDERS: readonly string[] = ["webgpu", "webgl"];

interface AvgPoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: "same" | "valid" | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * The gradient of an average pool: every output is the mean of the pixels under its window that lie inside the image, so its gradient
 * is shared among as many. By kernels that are right where the engine's own is not, else by that.
 */
export const avgPoolGradient: tf.GradConfig = {
  kernelName: "AvgPool",
  inputsToSave: ["x"],
  gradFunc: (dys, [input], attributes) => {
    const dy = dys as tf.Tensor4D;
    const x = input as tf.Tensor4D;
    if (WRONG_AT_BORDERS.includes(tf.getBackend())) {
      return { x: () => shared(dy, x.shape, attributes as unknown as AvgPoolAttributes) };
    }
    const inputs = { dy, input: x } as unknown as tf.NamedTensorMap;
    return { x: () => tf.engine().runKernel("AvgPoolGrad", inputs, attributes) as tf.Tensor };
  },
};

/** Divides by the pixels inside the image, then adds every share to each of them: the transpose of a convolution by ones. */
function shared(
  dy: tf.Tensor4D,
  shape: readonly [number, number, number, number],
  { filterSize, strides, pad, dimRoundingMode }: AvgPoolAttributes,
): tf.Tensor {
  const [height, width] = typeof filterSize === "number" ? [filterSize, filterSize] : filterSize;
  const [, rows, columns, channels] = shape;
  return tf.tidy(() => {
    const inside = tf.ones([1, rows, columns, 1]) as tf.Tensor4D;
    const window = tf.ones([height, width, 1, 1]) as tf.Tensor4D;
    const counts = tf.depthwiseConv2d(inside, window, strides, pad, "NHWC", 1, dimRoundingMode);
    const inputs = { dy: tf.div(dy, counts), filter: tf.ones([height, width, channels, 1]) };
    const options = { strides, pad, dimRoundingMode, dilations: [1, 1], inputShape: [...shape] };
    return tf
      .engine()
      .runKernel(
        "DepthwiseConv2dNativeBackpropInput",
        inputs as unknown as tf.NamedTensorMap,
        options as unknown as tf.NamedAttrMap,
      ) as tf.Tensor;
  });
}
