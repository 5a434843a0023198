export type { EngineChoice, TriedEngine } from "./choose.ts";
export type { EngineName, UseBackendOptions } from "./engines/engine.ts";
export { BackendError, type BackendErrorCode, type BackendErrorOptions, isBackendError } from "./errors.ts";
export { BATCH_NORM_TRAINING } from "./kernels/batch-norm-training.ts";
export { registerTrainingKernels } from "./kernels/register.ts";
export { useBackend } from "./use-backend.ts";
