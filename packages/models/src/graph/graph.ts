/**
 * A network as data: nodes in topological order, with Keras's layer names. Data can be cut, folded, counted and exported
 * without running anything; `run-graph.ts` gives it to tfjs.
 */

/** `[top, bottom, left, right]` in pixels. */
export type Margins = readonly [top: number, bottom: number, left: number, right: number];

/** An activation that an inference engine fuses into the convolution before it. */
export type FusedActivation = "linear" | "relu" | "relu6";

/** Keras's names; `swish` is x * sigmoid(x). */
export type Activation = FusedActivation | "elu" | "tanh" | "swish";

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
  readonly activation: FusedActivation;
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

/** `kernel` [in, units], `bias` [units]; [n, in] to [n, units]. */
export interface DenseNode extends NodeBase {
  readonly op: "dense";
  readonly input: string;
  readonly units: number;
}

/** In inference it does nothing. */
export interface DropoutNode extends NodeBase {
  readonly op: "dropout";
  readonly input: string;
  /** Share of the values that a training step sets to zero, [0, 1). */
  readonly rate: number;
}

/** `gamma`, `beta`, `moving_mean`, `moving_variance`, each [channels]; of [n, h, w, c] or [n, c]. */
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

/** Joins channels. */
export interface ConcatNode extends NodeBase {
  readonly op: "concat";
  readonly inputs: readonly string[];
}

export interface ZeroPadNode extends NodeBase {
  readonly op: "zeroPad";
  readonly input: string;
  readonly margins: Margins;
}

/** Padding counts for neither the maximum nor the average. */
export interface PoolNode extends NodeBase {
  readonly op: "maxPool" | "averagePool";
  readonly input: string;
  readonly poolSize: number;
  readonly strides: number;
  readonly padding: "same" | "valid";
}

/** [n, h, w, c] to [n, c]. */
export interface GlobalPoolNode extends NodeBase {
  readonly op: "globalAveragePool" | "globalMaxPool";
  readonly input: string;
}

/** [n, h, w, c] to [n, h * w * c], row-major. */
export interface FlattenNode extends NodeBase {
  readonly op: "flatten";
  readonly input: string;
}

export type GraphNode =
  | Conv2dNode
  | DepthwiseConv2dNode
  | DenseNode
  | DropoutNode
  | BatchNormNode
  | ActivationNode
  | AddNode
  | ConcatNode
  | ZeroPadNode
  | PoolNode
  | GlobalPoolNode
  | FlattenNode;

/** Nodes in topological order, from the tensor named `input` to the tensor named `output`. */
export interface Graph {
  readonly input: string;
  readonly output: string;
  readonly nodes: readonly GraphNode[];
}

/** The tensors that a node reads. */
export function inputsOf(node: GraphNode): readonly string[] {
  return "inputs" in node ? node.inputs : [node.input];
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
