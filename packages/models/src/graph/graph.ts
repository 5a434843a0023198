/**
 * A network as data: nodes in topological order, with Keras's layer names. Data can be cut, folded, counted and exported
 * without running anything; `run-graph.ts` gives it to tfjs.
 */

/** `[top, bottom, left, right]` in pixels. */
export type Margins = readonly [top: number, bottom: number, left: number, right: number];

/** An activation that an inference engine fuses into the convolution before it. */
export type Activation = "linear" | "relu" | "relu6";

interface NodeBase {
  /** Keras's layer name, unique in the graph. */
  readonly name: string;
  /** The unit of freezing that the node belongs to. */
  readonly stage: string;
}

interface Convolution extends NodeBase {
  readonly input: string;
  readonly kernelSize: number;
  readonly strides: number;
  /** TensorFlow's meaning. */
  readonly padding: "same" | "valid";
  readonly bias: boolean;
  readonly activation: Activation;
}

/** `kernel` [k, k, in, filters], `bias` [filters]. */
export interface Conv2dNode extends Convolution {
  readonly op: "conv2d";
  readonly filters: number;
}

/** `kernel` [k, k, in, 1], `bias` [in]. */
export interface DepthwiseConv2dNode extends Convolution {
  readonly op: "depthwiseConv2d";
}

/** `gamma`, `beta`, `moving_mean`, `moving_variance`, each [channels]. */
export interface BatchNormNode extends NodeBase {
  readonly op: "batchNorm";
  readonly input: string;
  readonly epsilon: number;
  /** Share of the old moving statistics that survives a training step. */
  readonly momentum: number;
}

export interface ActivationNode extends NodeBase {
  readonly op: "activation";
  readonly input: string;
  readonly activation: Activation;
}

export interface AddNode extends NodeBase {
  readonly op: "add";
  readonly inputs: readonly [string, string];
}

export interface ZeroPadNode extends NodeBase {
  readonly op: "zeroPad";
  readonly input: string;
  readonly margins: Margins;
}

export interface MaxPoolNode extends NodeBase {
  readonly op: "maxPool";
  readonly input: string;
  readonly poolSize: number;
  readonly strides: number;
  readonly padding: "same" | "valid";
}

/** [n, h, w, c] to [n, c]. */
export interface GlobalAveragePoolNode extends NodeBase {
  readonly op: "globalAveragePool";
  readonly input: string;
}

export type GraphNode =
  | Conv2dNode
  | DepthwiseConv2dNode
  | BatchNormNode
  | ActivationNode
  | AddNode
  | ZeroPadNode
  | MaxPoolNode
  | GlobalAveragePoolNode;

/** Nodes in topological order, from the tensor named `input` to the tensor named `output`. */
export interface Graph {
  readonly input: string;
  readonly output: string;
  readonly nodes: readonly GraphNode[];
}

/** The tensors that a node reads. */
export function inputsOf(node: GraphNode): readonly string[] {
  return node.op === "add" ? node.inputs : [node.input];
}

/** How many nodes of the graph read each tensor; the graph's output counts as one reader. */
export function readerCounts(graph: Graph): ReadonlyMap<string, number> {
  const counts = new Map<string, number>([[graph.output, 1]]);
  for (const node of graph.nodes) {
    for (const input of inputsOf(node)) counts.set(input, (counts.get(input) ?? 0) + 1);
  }
  return counts;
}

/** The stages of a graph, from the input to the output. */
export function stagesOf(graph: Graph): string[] {
  return [...new Set(graph.nodes.map((node) => node.stage))];
}
