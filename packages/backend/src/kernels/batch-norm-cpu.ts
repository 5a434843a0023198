import type * as tf from "@tensorflow/tfjs";
import { batchNormBackward, batchNormForward } from "./batch-norm-math.ts";
import type { BatchNormAttributes, BatchNormGradInputs, BatchNormInputs } from "./batch-norm-wasm.ts";

/** The part of tfjs-backend-cpu 4.22 that the kernels rely on. */
export interface CpuBackend {
  readonly data: { get(dataId: object): { readonly values: Float32Array } };
  makeTensorInfo(shape: readonly number[], dtype: tf.DataType, values: Float32Array): tf.TensorInfo;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Training-mode batch normalization on the plain JavaScript engine: `[y, mean, variance]`. */
export function batchNormTrainingCpu(
  backend: CpuBackend,
  { x, scale, offset }: BatchNormInputs,
  { epsilon }: BatchNormAttributes,
): tf.TensorInfo[] {
  const values = (info: tf.TensorInfo): Float32Array => backend.data.get(info.dataId).values;
  const [y, mean, variance] = [x, scale, scale].map(({ shape }) => new Float32Array(sizeOf(shape))) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  batchNormForward({ x: values(x), scale: values(scale), offset: values(offset), epsilon, y, mean, variance });
  return [
    backend.makeTensorInfo(x.shape, "float32", y),
    backend.makeTensorInfo(scale.shape, "float32", mean),
    backend.makeTensorInfo(scale.shape, "float32", variance),
  ];
}

/** The gradients `[dx, dScale, dOffset]` of {@link batchNormTrainingCpu}. */
export function batchNormTrainingGradCpu(
  backend: CpuBackend,
  inputs: BatchNormGradInputs,
  { epsilon }: BatchNormAttributes,
): tf.TensorInfo[] {
  const { x, scale } = inputs;
  const values = (info: tf.TensorInfo): Float32Array => backend.data.get(info.dataId).values;
  const [dx, dScale, dOffset] = [x, scale, scale].map(({ shape }) => new Float32Array(sizeOf(shape))) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  batchNormBackward({
    x: values(x),
    scale: values(scale),
    mean: values(inputs.mean),
    variance: values(inputs.variance),
    epsilon,
    dy: values(inputs.dy),
    dMean: values(inputs.dMean),
    dVariance: values(inputs.dVariance),
    dx,
    dScale,
    dOffset,
  });
  return [
    backend.makeTensorInfo(x.shape, "float32", dx),
    backend.makeTensorInfo(scale.shape, "float32", dScale),
    backend.makeTensorInfo(scale.shape, "float32", dOffset),
  ];
}
