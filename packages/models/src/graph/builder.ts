import type { Activation, Graph, GraphNode, Margins } from "./graph.ts";

/** How a convolution is built; defaults: stride 1, `same` padding, no bias. */
export interface ConvolutionOptions {
  readonly kernelSize?: number;
  readonly strides?: number;
  readonly padding?: "same" | "valid";
  readonly bias?: boolean;
}

/** Appends nodes to a graph; every method takes and returns tensor names. `stage` is that of the nodes that follow. */
export interface GraphBuilder {
  stage(name: string): void;
  conv2d(name: string, input: string, filters: number, options?: ConvolutionOptions): string;
  depthwiseConv2d(name: string, input: string, options?: ConvolutionOptions): string;
  batchNorm(name: string, input: string): string;
  activation(name: string, input: string, activation: Activation): string;
  add(name: string, inputs: readonly [string, string]): string;
  zeroPad(name: string, input: string, margins: Margins): string;
  concat(name: string, inputs: readonly string[]): string;
  maxPool(name: string, input: string, poolSize: number, strides: number): string;
  averagePool(name: string, input: string, poolSize: number, strides: number): string;
  build(output: string): Graph;
}

/** A builder of graphs that read the tensor `input`; `batchNorm` holds for all of its batch normalizations. */
export function graphBuilder(batchNorm: { readonly epsilon: number; readonly momentum: number }): GraphBuilder {
  const nodes: GraphNode[] = [];
  let stage = "";
  const push = (node: GraphNode): string => {
    nodes.push(node);
    return node.name;
  };
  const convolution = (options: ConvolutionOptions) => {
    const { kernelSize = 1, strides = 1, padding = "same", bias = false } = options;
    return { kernelSize, strides, padding, bias, activation: "linear" } as const;
  };
  return {
    stage(name) {
      stage = name;
    },
    conv2d: (name, input, filters, options = {}) =>
      push({ op: "conv2d", name, stage, input, filters, ...convolution(options) }),
    depthwiseConv2d: (name, input, options = {}) =>
      push({ op: "depthwiseConv2d", name, stage, input, ...convolution(options) }),
    batchNorm: (name, input) => push({ op: "batchNorm", name, stage, input, ...batchNorm }),
    activation: (name, input, activation) => push({ op: "activation", name, stage, input, activation }),
    add: (name, inputs) => push({ op: "add", name, stage, inputs }),
    zeroPad: (name, input, margins) => push({ op: "zeroPad", name, stage, input, margins }),
    concat: (name, inputs) => push({ op: "concat", name, stage, inputs }),
    maxPool: (name, input, poolSize, strides) =>
      push({ op: "maxPool", name, stage, input, poolSize, strides, padding: "valid" }),
    averagePool: (name, input, poolSize, strides) =>
      push({ op: "averagePool", name, stage, input, poolSize, strides, padding: "valid" }),
    build: (output) => ({ input: "input", output, nodes }),
  };
}
