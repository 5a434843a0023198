import * as tf from "@tensorflow/tfjs";
import { addressOf, type Info, trainingFunctionsOf, type WasmBackend } from "../wasm/heap.ts";

/** Name of the kernel behind the gradient of `relu`. */
export const RELU_GRAD = "CassavaReluGrad";

const FLOAT = 4;
const WIDTH = 16;

/** `dy` where `y > 0`, else 0, in one pass. */
export function reluGradWasm(backend: WasmBackend, { y, dy }: { y: Info; dy: Info }): Info {
  const dx = backend.makeOutput(dy.shape, "float32");
  const size = dy.shape.reduce((product, length) => product * length, 1);
  const functions = trainingFunctionsOf(backend);
  const [dyAt, yAt, dxAt] = [addressOf(backend, dy), addressOf(backend, y), addressOf(backend, dx)];
  const rows = Math.floor(size / WIDTH);
  const done = rows * WIDTH * FLOAT;
  functions[`wherePositive${WIDTH}`]!(dyAt, yAt, dxAt, rows, WIDTH * FLOAT);
  functions.wherePositive1!(dyAt + done, yAt + done, dxAt + done, size - rows * WIDTH, FLOAT);
  return dx;
}

/**
 * The gradient of `relu`, from its output in place of its input: the tape then keeps one tensor where the stock gradient
 * keeps two. One kernel where the engine has {@link RELU_GRAD}, else the same product as the stock gradient.
 */
export const reluGradient: tf.GradConfig = {
  kernelName: "Relu",
  outputsToSave: [true],
  gradFunc: (dys, [y]) => {
    const dy = dys as tf.Tensor;
    if (tf.getKernel(RELU_GRAD, tf.getBackend()) === undefined) {
      return { x: () => tf.mul(dy, tf.cast(tf.step(y!), "float32")) };
    }
    const inputs = { y, dy } as unknown as tf.NamedTensorMap;
    return { x: () => tf.engine().runKernel(RELU_GRAD, inputs) as tf.Tensor };
  },
};
