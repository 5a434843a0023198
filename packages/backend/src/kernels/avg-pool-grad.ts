import * as tf from "@tensorflow/tfjs";
import { floatsOf, type Info, type WasmBackend, zeros } from "../wasm/heap.ts";
import type { CpuBackend } from "./batch-norm-cpu.ts";
import type { MaxPoolGradAttributes } from "./max-pool-grad.ts";

type Geometry = ReturnType<typeof tf.backend_util.computePool2DInfo>;

/**
 * Adds to `dx` the gradient of an average pool. Every output is the mean of the pixels under its window that lie inside the
 * image, as in TensorFlow. The stock kernels of cpu and wasm (4.22) divide by the whole window even where it hangs over the
 * border, unlike their own forward pass, so that their gradients are wrong wherever there is padding.
 */
function spreadAverages(info: Geometry, dy: Float32Array, dx: Float32Array): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  let output = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const top = row * info.strideHeight - info.padInfo.top;
      const [firstRow, endRow] = [Math.max(0, top), Math.min(inHeight, top + filterHeight)];
      for (let column = 0; column < outWidth; column++, output += inChannels) {
        const left = column * info.strideWidth - info.padInfo.left;
        const [firstColumn, endColumn] = [Math.max(0, left), Math.min(inWidth, left + filterWidth)];
        const share = 1 / ((endRow - firstRow) * (endColumn - firstColumn));
        for (let y = firstRow; y < endRow; y++) {
          for (let x = firstColumn; x < endColumn; x++) {
            const at = ((image * inHeight + y) * inWidth + x) * inChannels;
            for (let channel = 0; channel < inChannels; channel++) dx[at + channel]! += dy[output + channel]! * share;
          }
        }
      }
    }
  }
}

function geometry(input: Info, { filterSize, strides, pad, dimRoundingMode }: MaxPoolGradAttributes): Geometry {
  const shape = input.shape as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

/** Inputs of the kernel `AvgPoolGrad`. */
export interface AvgPoolGradInputs {
  readonly dy: Info;
  readonly input: Info;
}

/** `AvgPoolGrad` for the WASM backend. */
export function avgPoolGradWasm(
  backend: WasmBackend,
  { dy, input }: AvgPoolGradInputs,
  attributes: MaxPoolGradAttributes,
): Info {
  const dx = zeros(backend, input.shape);
  spreadAverages(geometry(input, attributes), floatsOf(backend, dy), floatsOf(backend, dx));
  return dx;
}

/** `AvgPoolGrad` for the plain JavaScript engine. */
export function avgPoolGradCpu(
  backend: CpuBackend,
  { dy, input }: AvgPoolGradInputs,
  attributes: MaxPoolGradAttributes,
): Info {
  const dx = new Float32Array(input.shape.reduce((product, size) => product * size, 1));
  spreadAverages(geometry(input, attributes), backend.data.get(dy.dataId).values, dx);
  return backend.makeTensorInfo(input.shape, "float32", dx);
}
