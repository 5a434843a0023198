import { avgPoolGradCpu, avgPoolGradWasm } from "./avg-pool-grad.ts";
import { batchNormTrainingCpu, batchNormTrainingGradCpu } from "./batch-norm-cpu.ts";
import { BATCH_NORM_TRAINING, BATCH_NORM_TRAINING_GRAD } from "./batch-norm-training.ts";
import { batchNormTrainingGradWasm, batchNormTrainingWasm } from "./batch-norm-wasm.ts";
import { conv2D, isTiled } from "./conv2d.ts";
import { conv2DBackpropFilter } from "./conv2d-backprop-filter.ts";
import { conv2DBackpropInput } from "./conv2d-backprop-input.ts";
import { depthwiseBackpropFilter, depthwiseBackpropInput } from "./depthwise-backprop.ts";
import { identity } from "./identity.ts";
import type { KernelEntry } from "./kernel.ts";
import { isTransposedProduct, transposedProduct } from "./mat-mul.ts";
import { maxPoolGrad } from "./max-pool-grad.ts";
import { RELU_GRAD, reluGradWasm } from "./relu-gradient.ts";
import { channelSlice, isChannelSlice } from "./slice.ts";
import { isWholeRepeat, repeatWhole } from "./tile.ts";
import { unsortedSegmentSum } from "./unsorted-segment-sum.ts";

/** Kernels for WebAssembly: first what tfjs-backend-wasm 4.22 lacks, then what it does slowly or wrongly (the README has the times). */
export const WASM_KERNELS: readonly KernelEntry[] = [
  { name: "Conv2DBackpropFilter", kernel: conv2DBackpropFilter },
  { name: "DepthwiseConv2dNativeBackpropFilter", kernel: depthwiseBackpropFilter },
  { name: "DepthwiseConv2dNativeBackpropInput", kernel: depthwiseBackpropInput },
  { name: "UnsortedSegmentSum", kernel: unsortedSegmentSum },
  { name: BATCH_NORM_TRAINING, kernel: batchNormTrainingWasm },
  { name: BATCH_NORM_TRAINING_GRAD, kernel: batchNormTrainingGradWasm },
  { name: RELU_GRAD, kernel: reluGradWasm },
  { name: "Conv2D", kernel: conv2D, applies: isTiled },
  { name: "Conv2DBackpropInput", kernel: conv2DBackpropInput },
  { name: "Identity", kernel: identity },
  { name: "AvgPoolGrad", kernel: avgPoolGradWasm },
  { name: "MaxPoolGrad", kernel: maxPoolGrad },
  { name: "BatchMatMul", kernel: transposedProduct, applies: isTransposedProduct },
  { name: "Slice", kernel: channelSlice, applies: isChannelSlice },
  { name: "Tile", kernel: repeatWhole, applies: isWholeRepeat },
];

/** Kernels for the plain JavaScript engine, which lacks only our own and is wrong in one. */
export const CPU_KERNELS: readonly KernelEntry[] = [
  { name: BATCH_NORM_TRAINING, kernel: batchNormTrainingCpu },
  { name: BATCH_NORM_TRAINING_GRAD, kernel: batchNormTrainingGradCpu },
  { name: "AvgPoolGrad", kernel: avgPoolGradCpu },
];
