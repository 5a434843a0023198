import * as tf from "@tensorflow/tfjs";
import { floatsOf, type Info, type WasmBackend, zeros } from "../wasm/heap.ts";

/** Attributes of the kernel `MaxPoolGrad`. */
export interface MaxPoolGradAttributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** `MaxPoolGrad` for the WASM backend: the gradient goes to the first maximum of each window, in reading order. */
export function maxPoolGrad(
  backend: WasmBackend,
  { dy, input }: { dy: Info; input: Info },
  { filterSize, strides, pad, dimRoundingMode }: MaxPoolGradAttributes,
): Info {
  const shape = input.shape as [number, number, number, number];
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const dx = zeros(backend, input.shape);
  const [values, gradients, sums] = [floatsOf(backend, input), floatsOf(backend, dy), floatsOf(backend, dx)];
  let output = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const top = row * info.strideHeight - info.padInfo.top;
      const [firstRow, endRow] = [Math.max(0, top), Math.min(inHeight, top + filterHeight)];
      for (let column = 0; column < outWidth; column++) {
        const left = column * info.strideWidth - info.padInfo.left;
        const [firstColumn, endColumn] = [Math.max(0, left), Math.min(inWidth, left + filterWidth)];
        for (let channel = 0; channel < inChannels; channel++, output++) {
          let [largest, at] = [Number.NEGATIVE_INFINITY, -1];
          for (let y = firstRow; y < endRow; y++) {
            let index = ((image * inHeight + y) * inWidth + firstColumn) * inChannels + channel;
            for (let x = firstColumn; x < endColumn; x++, index += inChannels) {
              const value = values[index]!;
              if (value > largest) {
                largest = value;
                at = index;
              }
            }
          }
          if (at >= 0) sums[at]! += gradients[output]!;
        }
      }
    }
  }
  return dx;
}
