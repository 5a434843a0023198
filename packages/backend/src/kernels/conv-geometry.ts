import * as tf from "@tensorflow/tfjs";
import { BackendError } from "../errors.ts";

/** The attributes that tfjs-core passes to the gradient kernels of a convolution. */
export interface ConvAttributes {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

type Shape4 = [number, number, number, number];

/** Sizes, strides and padding of a convolution; throws `KERNEL_UNSUPPORTED` where channels come first. */
export function convGeometry(
  kernel: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvAttributes,
  depthwise = false,
): tf.backend_util.Conv2DInfo {
  const { strides, pad, dilations = 1, dimRoundingMode, dataFormat = "NHWC" } = attributes;
  if (dataFormat !== "NHWC") {
    throw new BackendError(
      "KERNEL_UNSUPPORTED",
      `${kernel} on wasm takes NHWC images only, and got ${dataFormat}: transpose first`,
    );
  }
  return tf.backend_util.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
  );
}

/** A run of output positions whose input position lies inside the image. */
export interface Span {
  /** First output position. */
  readonly start: number;
  readonly count: number;
  /** Input position that belongs to `start`. */
  readonly input: number;
}

/** The outputs `o` in `[0, outputs)` for which `o * stride + offset` lies in `[0, inputs)`. */
export function insideSpan(outputs: number, inputs: number, stride: number, offset: number): Span {
  const start = Math.max(0, Math.ceil(-offset / stride));
  const end = Math.min(outputs, Math.floor((inputs - 1 - offset) / stride) + 1);
  return { start, count: Math.max(0, end - start), input: start * stride + offset };
}
