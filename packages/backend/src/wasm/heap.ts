import * as tf from "@tensorflow/tfjs";
import { BackendError } from "../errors.ts";
import { assemble } from "./assembler.ts";
import { trainingFunctions } from "./training-functions.ts";

/** A tensor as kernels see it; `shape` and `dtype` are not owned. */
export type Info = tf.TensorInfo;

/** The part of tfjs-backend-wasm 4.22 that the kernels rely on. */
export interface WasmBackend {
  readonly wasm: { readonly asm?: { readonly memory?: WebAssembly.Memory } };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: tf.DataType): Info;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
  typedArrayFromHeap(info: Info): Float32Array | Int32Array | Uint8Array;
}

/** Functions of the training module, by name; every argument is a byte address, a count or a stride. */
export type TrainingFunctions = Readonly<Record<string, (...values: number[]) => void>>;

const compiled = new Map<boolean, Promise<WebAssembly.Module>>();
const instances = new WeakMap<WasmBackend, TrainingFunctions>();

function compile(simd: boolean): Promise<WebAssembly.Module> {
  const known = compiled.get(simd);
  if (known !== undefined) return known;
  const module = WebAssembly.compile(assemble(trainingFunctions({ simd })));
  compiled.set(simd, module);
  return module;
}

/** Options of {@link linkTrainingModule}. */
export interface LinkOptions {
  /** Use vector instructions. Default true where the engine has them. */
  readonly simd?: boolean;
}

/**
 * Compiles the training module and links it into the memory of `backend`, so that kernels work on tensors in place.
 * False where `backend` does not hand out its memory, as the multi-threaded build does not.
 */
export async function linkTrainingModule(backend: WasmBackend, { simd }: LinkOptions = {}): Promise<boolean> {
  if (simd === undefined && instances.has(backend)) return true;
  const memory = backend.wasm.asm?.memory;
  if (memory === undefined) return false;
  const vectors = simd ?? WebAssembly.validate(assemble(trainingFunctions({ simd: true })));
  const { exports } = await WebAssembly.instantiate(await compile(vectors), { env: { memory } });
  instances.set(backend, exports as TrainingFunctions);
  return true;
}

/** The linked functions of `backend`. */
export function trainingFunctionsOf(backend: WasmBackend): TrainingFunctions {
  const functions = instances.get(backend);
  if (functions === undefined) {
    throw new BackendError(
      "KERNELS_NOT_LINKED",
      "the WASM backend was replaced after registerTrainingKernels(): call it again",
    );
  }
  return functions;
}

/** Byte address of a tensor in the memory of `backend`. */
export function addressOf(backend: WasmBackend, { dataId }: Info): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}

/** A view of a float tensor in place; valid until the next allocation, which may move the memory. */
export function floatsOf(backend: WasmBackend, info: Info): Float32Array {
  return backend.typedArrayFromHeap(info) as Float32Array;
}

/** A float tensor of zeros. */
export function zeros(backend: WasmBackend, shape: readonly number[]): Info {
  const info = backend.makeOutput(shape, "float32");
  floatsOf(backend, info).fill(0);
  return info;
}

/** Runs a kernel of the WASM backend without the bookkeeping of an operation: the caller disposes of the result. */
export function callKernel(
  backend: WasmBackend,
  kernelName: string,
  inputs: Record<string, Info>,
  attrs: object,
): Info {
  const kernel = tf.getKernel(kernelName, "wasm");
  return kernel.kernelFunc({ inputs, attrs: attrs as tf.NamedAttrMap, backend: backend as object }) as Info;
}
