import { BATCH_NORM_TRAINING, BATCH_NORM_TRAINING_GRAD, batchNormGradient } from "../kernels/batch-norm-training.ts";
import { type KernelEntry, registerEntry } from "../kernels/kernel.ts";
import { replaceGradient } from "../kernels/register.ts";
import { RELU_GRAD, reluGradient } from "../kernels/relu-gradient.ts";
import { batchNormTrainingGradTensorflow, batchNormTrainingTensorflow } from "./batch-norm-tensorflow.ts";
import { isUnitStep, reluGradTensorflow, stepTensorflow } from "./relu-tensorflow.ts";

const ANYWHERE: readonly KernelEntry[] = [
  { name: RELU_GRAD, kernel: reluGradTensorflow },
  { name: "Step", kernel: stepTensorflow, applies: isUnitStep },
];

/**
 * On a GPU the reserve spaces of the fused operations have another meaning (cuDNN's), which was not verified: there the caller's
 * composition runs.
 */
const ON_PROCESSORS: readonly KernelEntry[] = [
  { name: BATCH_NORM_TRAINING, kernel: batchNormTrainingTensorflow },
  { name: BATCH_NORM_TRAINING_GRAD, kernel: batchNormTrainingGradTensorflow },
];

/** Registers what tfjs-node lacks or does slowly. Idempotent. */
export function registerTensorflowKernels({ gpu }: { readonly gpu: boolean }): void {
  for (const entry of gpu ? ANYWHERE : [...ANYWHERE, ...ON_PROCESSORS]) registerEntry(entry, "tensorflow");
  replaceGradient(reluGradient);
  if (!gpu) replaceGradient(batchNormGradient);
}
