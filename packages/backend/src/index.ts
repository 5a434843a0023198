export type { EngineChoice, TriedEngine } from "./choose.ts";
export type { EngineName, UseBackendOptions } from "./engines/engine.ts";
export { BackendError, type BackendErrorCode, type BackendErrorOptions, isBackendError } from "./errors.ts";
export { BATCH_NORM_TRAINING } from "./kernels/batch-norm-training.ts";
export { registerTrainingKernels } from "./kernels/register.ts";
export { type FrozenPoolOptions, frozenPool } from "./pool/frozen-pool.ts";
export type { MessageEnd } from "./pool/messages.ts";
export { serveFrozenPart } from "./pool/serve.ts";
export { useBackend } from "./use-backend.ts";
