export type { EngineChoice, TriedEngine } from "./choose.ts";
export type { EngineName, UseBackendOptions } from "./engines/engine.ts";
export type { AdapterReport } from "./engines/webgpu.ts";
export { BackendError, type BackendErrorCode, type BackendErrorOptions, isBackendError } from "./errors.ts";
export { BATCH_NORM_TRAINING } from "./kernels/batch-norm-training.ts";
export { registerTrainingKernels } from "./kernels/register.ts";
export {
  type DoctorOptions,
  type DoctorReport,
  doctor,
  type EngineReport,
  type FrozenEngineReport,
  type LinkReport,
} from "./node/doctor.ts";
export { type LinkTensorflowOptions, linkTensorflow } from "./node/link-tensorflow.ts";
export type { CpuReport, GpuReport, MachineReport } from "./node/machine.ts";
export { type OnnxEngineOptions, onnxEngine } from "./node/onnx-engine.ts";
export type { LinkedFile, PlacedLink, TensorflowLink } from "./node/tensorflow-links.ts";
export { useBackend } from "./node/use-backend.ts";
export { type FrozenPoolOptions, frozenPool } from "./pool/frozen-pool.ts";
export type { MessageEnd } from "./pool/messages.ts";
export { serveFrozenPart } from "./pool/serve.ts";
export type { BlockTiming } from "./time-block.ts";
