import type { Batch, FrozenEngine, FrozenPart, FrozenSpec, PreprocessingContract } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { checkBatch } from "./check-contract.ts";
import { foldForInference, type WeightedGraph } from "./graph/fold.ts";
import type { BatchNormNode } from "./graph/graph.ts";
import { runGraph } from "./graph/run-graph.ts";
import { tensorShapes } from "./graph/shapes.ts";
import { inferenceBatchNorm } from "./normalize.ts";
import { preprocess } from "./preprocessing.ts";
import { elementCount, hashWeights } from "./weights/weights.ts";

/** Images that run through the graph at a time: enough to fill the engine, few enough to keep its activations small. */
const IMAGES_AT_A_TIME = 16;

/** All that the part below a cut is made of: plain data, for another thread to make the same part of with {@link frozenPartOf}. */
export interface FrozenSource extends WeightedGraph {
  readonly contract: PreprocessingContract;
}

/** Where a frozen part runs that TensorFlow.js computes: in threads of its own, say. Gets the part of this thread, and disposes of it. */
export type FrozenThreads = (local: FrozenPart, source: FrozenSource) => FrozenPart;

/** The part of `source` on the current engine of this thread: the same id and the same features as in the thread that it comes from. */
export function frozenPartOf({ contract, ...below }: FrozenSource): Promise<FrozenPart> {
  return frozenPart(below, contract);
}

/**
 * The part of a network below its cut: preprocessing, then the graph with batch normalization folded in. Run by `engine` as an
 * ONNX graph, or by fused tfjs operations on the current engine, in `threads` where there are some; holds its weights until `dispose`.
 */
export async function frozenPart(
  below: WeightedGraph,
  contract: PreprocessingContract,
  engine?: FrozenEngine,
  threads?: FrozenThreads,
): Promise<FrozenPart> {
  const { inputSize } = contract;
  const outputShape = tensorShapes(below.graph, [...inputSize, 3]).get(below.graph.output)!;
  // Engines differ in the last digits: the features of one are not taken for those of another.
  const hash = await hashWeights(below.weights, JSON.stringify([below.graph, contract]));
  // Without a layer there is only preprocessing, which is not worth another engine.
  const other = below.graph.nodes.length > 0 ? engine : undefined;
  const id = `${hash}-${other?.name ?? tf.getBackend()}`;
  const spec = { id, inputSize, outputShape };
  const local = () => ({ ...spec, ...tfjsPart(below, contract, spec) });
  const spread = below.graph.nodes.length > 0 ? threads : undefined;
  const part =
    other !== undefined
      ? await enginePart(below, contract, spec, other)
      : (spread?.(local(), { ...below, contract }) ?? local());
  return {
    ...spec,
    async run(batch) {
      checkBatch(contract, batch);
      return part.run(batch);
    },
    dispose: () => part.dispose(),
  };
}

type Runner = Pick<FrozenPart, "run" | "dispose">;

async function enginePart(
  below: WeightedGraph,
  contract: PreprocessingContract,
  spec: FrozenSpec,
  engine: FrozenEngine,
): Promise<Runner> {
  const { encodeOnnx } = await import("./export/onnx.ts");
  return engine.load(encodeOnnx(below, { contract }), spec);
}

function tfjsPart(below: WeightedGraph, contract: PreprocessingContract, spec: FrozenSpec): Runner {
  const { graph, weights } = foldForInference(below);
  const [height, width] = spec.inputSize;
  const tensors = new Map(
    [...weights].map(([name, { data, shape }]) => [name, tf.keep(tf.tensor(data, [...shape], "float32"))]),
  );
  const weight = (name: string): tf.Tensor => tensors.get(name)!;
  const options = {
    weight,
    batchNorm: (x: tf.Tensor, node: BatchNormNode) => inferenceBatchNorm(x, node, weight),
    release: true,
  };

  async function runSome(batch: Batch, from: number, count: number): Promise<Float32Array> {
    const stride = height * width * 3;
    const images = batch.images.subarray(from * stride, (from + count) * stride);
    const dtype = images instanceof Float32Array ? "float32" : "int32";
    // What an engine that fails leaves undisposed, it tidies up; where all goes well, little is left for it.
    const output = tf.tidy(() => {
      const pixels = tf.tensor4d(images, [count, height, width, 3], dtype);
      const input = preprocess(pixels, contract.mode, contract.rescale);
      pixels.dispose();
      return runGraph(graph, input, options);
    });
    try {
      return (await output.data()) as Float32Array;
    } finally {
      output.dispose();
    }
  }

  return {
    async run(batch) {
      const stride = elementCount(spec.outputShape);
      const features = new Float32Array(batch.ids.length * stride);
      for (let from = 0; from < batch.ids.length; from += IMAGES_AT_A_TIME) {
        const count = Math.min(IMAGES_AT_A_TIME, batch.ids.length - from);
        features.set(await runSome(batch, from, count), from * stride);
      }
      return features;
    },
    dispose() {
      tf.dispose([...tensors.values()]);
      tensors.clear();
    },
  };
}
