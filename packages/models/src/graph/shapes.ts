import { type Graph, type GraphNode, inputsOf } from "./graph.ts";

/** Shape of one image's tensor, without the batch dimension: [h, w, c], or [c] after global pooling. */
export type TensorShape = readonly number[];

/** What one weight of a graph is. */
export interface WeightSpec {
  /** `layer/variable`, as in Keras: `conv1_conv/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The node that owns it. */
  readonly node: string;
  readonly stage: string;
  readonly role: "kernel" | "bias" | "gamma" | "beta" | "moving_mean" | "moving_variance";
}

/** The shape of every tensor of a graph, by name, for an input of shape `[h, w, c]`. */
export function tensorShapes(graph: Graph, input: TensorShape): ReadonlyMap<string, TensorShape> {
  const shapes = new Map<string, TensorShape>([[graph.input, input]]);
  for (const node of graph.nodes) {
    const from = inputsOf(node).map((name) => shapes.get(name)!);
    shapes.set(node.name, outputShape(node, from));
  }
  return shapes;
}

function outputShape(node: GraphNode, from: readonly TensorShape[]): TensorShape {
  const shape = from[0]!;
  const [h = 1, w = 1, c = 1] = shape;
  switch (node.op) {
    case "conv2d":
      return [slide(h, node.kernelSize, node), slide(w, node.kernelSize, node), node.filters];
    case "depthwiseConv2d":
      return [slide(h, node.kernelSize, node), slide(w, node.kernelSize, node), c];
    case "maxPool":
    case "averagePool":
      return [slide(h, node.poolSize, node), slide(w, node.poolSize, node), c];
    case "zeroPad":
      return [h + node.margins[0] + node.margins[1], w + node.margins[2] + node.margins[3], c];
    case "concat":
      return [h, w, from.reduce((sum, other) => sum + other[2]!, 0)];
    case "globalAveragePool":
    case "globalMaxPool":
      return [c];
    case "flatten":
      return [h * w * c];
    case "dense":
      return [node.units];
    default:
      return shape;
  }
}

function slide(size: number, window: number, node: { strides: number; padding: "same" | "valid" }): number {
  const span = node.padding === "same" ? size : size - window + 1;
  return Math.ceil(span / node.strides);
}

/** Every weight that a graph needs, in the order of its nodes, for an input of shape `[h, w, c]`. */
export function weightSpecs(graph: Graph, input: TensorShape): WeightSpec[] {
  const shapes = tensorShapes(graph, input);
  return graph.nodes.flatMap((node) => {
    const channels = shapes.get(inputsOf(node)[0]!)!.at(-1)!;
    const weight = (role: WeightSpec["role"], shape: readonly number[]): WeightSpec => {
      return { name: `${node.name}/${role}`, shape, node: node.name, stage: node.stage, role };
    };
    switch (node.op) {
      case "conv2d": {
        const kernel = weight("kernel", [node.kernelSize, node.kernelSize, channels, node.filters]);
        return node.bias ? [kernel, weight("bias", [node.filters])] : [kernel];
      }
      case "depthwiseConv2d": {
        const kernel = weight("kernel", [node.kernelSize, node.kernelSize, channels, 1]);
        return node.bias ? [kernel, weight("bias", [channels])] : [kernel];
      }
      case "dense":
        return [weight("kernel", [channels, node.units]), weight("bias", [node.units])];
      case "batchNorm":
        return (["gamma", "beta", "moving_mean", "moving_variance"] as const).map((role) => weight(role, [channels]));
      default:
        return [];
    }
  });
}

/** Multiply-adds of a node for one image, given the shape of every tensor: those of convolutions and dense layers, otherwise 0. */
export function nodeMultiplyAdds(node: GraphNode, shapes: ReadonlyMap<string, TensorShape>): number {
  if (node.op === "dense") return shapes.get(node.input)![0]! * node.units;
  if (node.op !== "conv2d" && node.op !== "depthwiseConv2d") return 0;
  const [h = 1, w = 1] = shapes.get(node.name)!;
  const channels = shapes.get(node.input)!.at(-1)!;
  return h * w * node.kernelSize ** 2 * channels * (node.op === "conv2d" ? node.filters : 1);
}
