import type { Batch, FrozenEngine, FrozenPart, FrozenSpec } from "@cassava/contracts";
import { BackendError } from "../errors.ts";
import { guardedPart } from "../guarded-part.ts";

/** A tensor of ONNX Runtime, as far as this package reads it. */
export interface OnnxTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** A loaded graph. `run` blocks this thread while it computes on threads of its own. */
export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

/** The part of ONNX Runtime that this package uses; its types are not imported, since it may not be there. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(onnx: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => OnnxTensor;
}

/**
 * Images that run at a time. With ResNet50 on two cores 4, 8 and 16 are equally fast and 32 is slower, since the activations
 * leave the cache; 8 keeps the event loop, which a run blocks, for the shortest time among the fast ones.
 */
const IMAGES_AT_A_TIME = 8;

/** ONNX Runtime as an engine: `name` tells its features from those of others, `title` is for messages. */
export interface OnnxFrozenEngineOptions {
  readonly name: string;
  readonly title: string;
  /** Of every session. */
  readonly session: Readonly<Record<string, unknown>>;
}

/** The engine of frozen parts on a loaded ONNX Runtime. */
export function onnxFrozenEngine(
  runtime: OnnxRuntime,
  { name, title, session: options }: OnnxFrozenEngineOptions,
): FrozenEngine {
  return {
    name,
    async load(onnx, spec) {
      return onnxPart(runtime, await createSession(runtime, onnx, options, title), spec);
    },
  };
}

/** What ONNX Runtime does, one thing after the other: on WebGPU onnxruntime-web refuses a second session while it makes one, or hangs. */
let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work);
  last = mine.catch(() => undefined);
  return mine;
}

async function createSession(
  { InferenceSession }: OnnxRuntime,
  onnx: Uint8Array,
  options: Readonly<Record<string, unknown>>,
  engine: string,
): Promise<OnnxSession> {
  try {
    return await inTurn(() => InferenceSession.create(onnx, options));
  } catch (cause) {
    throw new BackendError("GRAPH_REFUSED", `${engine} does not load this graph: ${lineOf(cause)}`, { engine, cause });
  }
}

function onnxPart(runtime: OnnxRuntime, session: OnnxSession, spec: FrozenSpec): FrozenPart {
  const [height, width] = spec.inputSize;
  const stride = height * width * 3;
  const features = spec.outputShape.reduce((product, size) => product * size, 1);
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
  const release = () => void inTurn(() => session.release()).catch(() => undefined);

  async function runSome(images: Batch["images"], from: number, count: number): Promise<Float32Array> {
    const pixels = Float32Array.from(images.subarray(from * stride, (from + count) * stride));
    const feeds = { [input]: new runtime.Tensor("float32", pixels, [count, height, width, 3]) };
    const { data, dims } = (await inTurn(() => session.run(feeds)))[output]!;
    if (dims.slice(1).join() === spec.outputShape.join()) return data;
    const message = `the graph ${spec.id} gives [${dims.slice(1)}] for an image, not [${spec.outputShape}]: encode it again`;
    throw new BackendError("GRAPH_REFUSED", message, { engine: "onnx" });
  }

  async function runAll({ ids, images }: Batch): Promise<Float32Array> {
    const all = new Float32Array(ids.length * features);
    for (let from = 0; from < ids.length; from += IMAGES_AT_A_TIME) {
      const count = Math.min(IMAGES_AT_A_TIME, ids.length - from);
      all.set(await runSome(images, from, count), from * features);
    }
    return all;
  }

  return guardedPart(spec, { run: runAll, release });
}

function lineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!.trim();
}
