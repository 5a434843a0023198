import { availableParallelism } from "node:os";
import type { Batch, FrozenEngine, FrozenPart, FrozenSpec } from "@cassava/contracts";
import { BackendError } from "../errors.ts";
import { loadOnnxRuntime, type OnnxRuntime, type OnnxSession } from "./onnx-module.ts";

/** Options of {@link onnxEngine}. */
export interface OnnxEngineOptions {
  /** Threads that compute one batch. Default: one for each core that this process may use. */
  readonly threads?: number;
  /**
   * Where it computes, best first: `cpu`, or what the installed build has beside it (`webgpu`, `cuda`, `coreml`, `dml`). Default
   * `["cpu"]`.
   */
  readonly executionProviders?: readonly string[];
  /** The npm package that brings ONNX Runtime. Default `onnxruntime-node`. */
  readonly package?: string;
  /** File or URL whose `node_modules` are searched for it. Default: this package. */
  readonly from?: string | URL;
}

/**
 * Images that run at a time. With ResNet50 on two cores 4, 8 and 16 are equally fast and 32 is slower, since the activations
 * leave the cache; 8 keeps the event loop, which a run blocks, for the shortest time among the fast ones.
 */
const IMAGES_AT_A_TIME = 8;

/** ONNX Runtime's "error": its warnings are about its own optimizations. */
const ERRORS_ONLY = 3;

/**
 * ONNX Runtime as the engine of frozen parts, where the optional peer `onnxruntime-node` is installed. While a batch runs, the
 * event loop of this thread waits; what other threads do (decoding) goes on.
 *
 * @throws {BackendError} `ENGINE_MISSING`: the package is not installed; `ENGINE_BROKEN`: it does not start.
 */
export async function onnxEngine(options: OnnxEngineOptions = {}): Promise<FrozenEngine> {
  const { threads = availableParallelism(), executionProviders = ["cpu"] } = options;
  const { package: name = "onnxruntime-node", from = import.meta.url } = options;
  const { runtime, version } = await loadOnnxRuntime(name, from);
  const sessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionProviders,
    graphOptimizationLevel: "all",
    logSeverityLevel: ERRORS_ONLY,
  };
  return {
    // Features of another device differ in their last digits: a cache keeps them apart by this name.
    name: executionProviders[0] === "cpu" ? "onnx" : `onnx-${executionProviders[0]}`,
    async load(onnx, spec) {
      const session = await createSession(runtime, onnx, sessionOptions, `${name} ${version}`);
      return onnxPart(runtime, session, spec);
    },
  };
}

async function createSession(
  { InferenceSession }: OnnxRuntime,
  onnx: Uint8Array,
  options: Readonly<Record<string, unknown>>,
  engine: string,
): Promise<OnnxSession> {
  try {
    return await InferenceSession.create(onnx, options);
  } catch (cause) {
    throw new BackendError("GRAPH_REFUSED", `${engine} does not load this graph: ${lineOf(cause)}`, { engine, cause });
  }
}

function onnxPart(runtime: OnnxRuntime, session: OnnxSession, spec: FrozenSpec): FrozenPart {
  const [height, width] = spec.inputSize;
  const stride = height * width * 3;
  const features = spec.outputShape.reduce((product, size) => product * size, 1);
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
  let running = 0;
  let disposed = false;
  const release = () => void session.release().catch(() => undefined);

  async function runSome(images: Batch["images"], from: number, count: number): Promise<Float32Array> {
    const pixels = Float32Array.from(images.subarray(from * stride, (from + count) * stride));
    const feeds = { [input]: new runtime.Tensor("float32", pixels, [count, height, width, 3]) };
    const { data, dims } = (await session.run(feeds))[output]!;
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

  return {
    ...spec,
    async run(batch) {
      if (disposed) throw new BackendError("GRAPH_REFUSED", `the graph ${spec.id} was disposed of: load it again`);
      if (batch.images.length !== batch.ids.length * stride) {
        const message = `${batch.ids.length} images of ${height}x${width}x3 are not ${batch.images.length} numbers: resize them to the graph's input size`;
        throw new BackendError("GRAPH_REFUSED", message, { engine: "onnx" });
      }
      running += 1;
      try {
        return await runAll(batch);
      } finally {
        running -= 1;
        if (disposed && running === 0) release();
      }
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      // A batch that is on its way still needs the session.
      if (running === 0) release();
    },
  };
}

function lineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!.trim();
}
