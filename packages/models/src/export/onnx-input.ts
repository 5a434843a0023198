import type { PreprocessingContract } from "@cassava/contracts";
import type { WeightedGraph } from "../graph/fold.ts";
import { type Conv2dNode, type Graph, inputsOf } from "../graph/graph.ts";
import { preprocessingSteps } from "../preprocessing.ts";
import type { WeightArray } from "../weights/weights.ts";
import type { OnnxWriter } from "./onnx-messages.ts";

/**
 * Appends a contract's preprocessing of `images` [N, 3, h, w]. Where the graph begins with one convolution, the order of the
 * channels and their scale go into its kernel; the means stay in front, because its padding is of zeros after them.
 */
export function writePreprocessing(
  writer: OnnxWriter,
  images: string,
  weighted: WeightedGraph,
  contract: PreprocessingContract,
): { readonly input: string; readonly weighted: WeightedGraph } {
  const { reversed, mean, scale } = preprocessingSteps(contract);
  const perChannel = (name: string, values: readonly number[]) =>
    writer.floats(`preprocessing/${name}`, [3, 1, 1], values);
  const first = firstConvolution(weighted.graph);
  if (first !== undefined) {
    const rgb = reversed ? [...mean].reverse() : mean;
    const input = writer.op("Sub", "preprocessing:centered", [images, perChannel("mean", rgb)]);
    const name = `${first.name}/kernel`;
    const kernel = takePixels(weighted.weights.get(name)!, reversed, scale);
    return { input, weighted: { ...weighted, weights: new Map(weighted.weights).set(name, kernel) } };
  }
  const order = () => writer.integers("preprocessing/order", [2, 1, 0]);
  const ordered = reversed ? writer.op("Gather", "preprocessing:bgr", [images, order()], { axis: 1 }) : images;
  const centered = writer.op("Sub", "preprocessing:centered", [ordered, perChannel("mean", mean)]);
  return { input: writer.op("Mul", "preprocessing:scaled", [centered, perChannel("scale", scale)]), weighted };
}

/** The convolution that alone reads the input, directly or through one padding. */
function firstConvolution(graph: Graph): Conv2dNode | undefined {
  const onlyReader = (tensor: string) => {
    const readers = graph.nodes.filter((node) => inputsOf(node).includes(tensor));
    return readers.length === 1 && tensor !== graph.output ? readers[0] : undefined;
  };
  const reader = onlyReader(graph.input);
  const next = reader?.op === "zeroPad" ? onlyReader(reader.name) : reader;
  return next?.op === "conv2d" ? next : undefined;
}

/** The kernel [k, k, 3, filters] that does to unscaled RGB what `kernel` does to the network's channels. */
function takePixels({ shape, data }: WeightArray, reversed: boolean, scale: readonly number[]): WeightArray {
  const filters = shape[3]!;
  const out = data.map((_, i) => {
    const [filter, row] = [i % filters, Math.floor(i / filters)];
    const channel = reversed ? 2 - (row % 3) : row % 3;
    return data[(row - (row % 3) + channel) * filters + filter]! * scale[channel]!;
  });
  return { shape, data: out };
}
