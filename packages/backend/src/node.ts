export type { EngineChoice, TriedEngine } from "./choose.ts";
export type { EngineName, UseBackendOptions } from "./engines/engine.ts";
export { BackendError, type BackendErrorCode, type BackendErrorOptions, isBackendError } from "./errors.ts";
export { BATCH_NORM_TRAINING } from "./kernels/batch-norm-training.ts";
export { registerTrainingKernels } from "./kernels/register.ts";
export { type DoctorOptions, type DoctorReport, doctor, type EngineReport } from "./node/doctor.ts";
export { useBackend } from "./node/use-backend.ts";
export type { BlockTiming } from "./time-block.ts";
