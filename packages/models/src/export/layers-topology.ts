import type { PreprocessingContract } from "@cassava/contracts";
import { type Activation, type Graph, type GraphNode, inputsOf } from "../graph/graph.ts";

/** A value of a JSON file. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The layer that takes pixels, RGB 0-255, to what the first layer of the backbone wants. */
export const PREPROCESSING = "preprocessing";

/** The layer that turns logits into probabilities, [n, classes]. */
const PROBABILITIES = "probabilities";

/** How {@link layersTopology} marks layers. */
export interface LayersTopologyOptions {
  /** Whether a layer is trained, by name; default: none is. */
  readonly isTrainable?: (layer: string) => boolean;
}

/**
 * The `modelTopology` of a tfjs LayersModel, in Keras 2's configuration format: the input [n, h, w, 3] with RGB values 0-255, a
 * frozen 1x1 convolution that preprocesses, the layers of `graph` under their names, softmax.
 */
export function layersTopology(
  graph: Graph,
  contract: PreprocessingContract,
  options: LayersTopologyOptions = {},
): Json {
  const { isTrainable = () => false } = options;
  const [height, width] = contract.inputSize;
  const { input } = graph;
  const inputLayer = {
    class_name: "InputLayer",
    name: input,
    config: { batch_input_shape: [null, height, width, 3], dtype: "float32", sparse: false, name: input },
    inbound_nodes: [],
  };
  const preprocessing = {
    filters: 3,
    ...convolution({ kernelSize: 1, strides: 1, padding: "valid", bias: true, activation: "linear" }),
  };
  const layers: Json[] = [inputLayer, layer("Conv2D", PREPROCESSING, [input], false, preprocessing)];
  for (const node of graph.nodes) {
    const [className, config] = layerOf(node);
    const inputs = inputsOf(node).map((name) => (name === input ? PREPROCESSING : name));
    layers.push(layer(className, node.name, inputs, isTrainable(node.name), config));
  }
  layers.push(layer("Activation", PROBABILITIES, [graph.output], false, { activation: "softmax" }));
  return {
    class_name: "Model",
    config: { name: "classifier", layers, input_layers: [[input, 0, 0]], output_layers: [[PROBABILITIES, 0, 0]] },
  };
}

type Config = { readonly [key: string]: Json };

function layer(className: string, name: string, inputs: readonly string[], trainable: boolean, config: Config): Json {
  const inbound = inputs.map((from): Json => [from, 0, 0, {}]);
  return {
    class_name: className,
    name,
    config: { name, trainable, dtype: "float32", ...config },
    inbound_nodes: [inbound],
  };
}

const CHANNELS_LAST = { data_format: "channels_last" } as const;

/** Keras's class of a node, and its configuration but for the name. */
function layerOf(node: GraphNode): readonly [className: string, config: Config] {
  switch (node.op) {
    case "conv2d":
      return ["Conv2D", { filters: node.filters, ...convolution(node) }];
    case "depthwiseConv2d":
      return ["DepthwiseConv2D", { depth_multiplier: 1, ...convolution(node) }];
    case "dense":
      return ["Dense", { units: node.units, activation: "linear", use_bias: true }];
    case "dropout":
      return ["Dropout", { rate: node.rate }];
    case "batchNorm":
      // The last axis, as a number: tfjs does not take the list that Keras writes.
      return [
        "BatchNormalization",
        { axis: -1, momentum: node.momentum, epsilon: node.epsilon, center: true, scale: true },
      ];
    case "activation":
      return node.activation === "relu6"
        ? ["ReLU", { max_value: 6 }]
        : ["Activation", { activation: node.activation satisfies Activation }];
    case "add":
      return ["Add", {}];
    case "concat":
      return ["Concatenate", { axis: -1 }];
    case "zeroPad": {
      const [top, bottom, left, right] = node.margins;
      const padding = [
        [top, bottom],
        [left, right],
      ];
      return ["ZeroPadding2D", { padding, ...CHANNELS_LAST }];
    }
    case "maxPool":
      return ["MaxPooling2D", window(node.poolSize, node)];
    case "averagePool":
      return ["AveragePooling2D", window(node.poolSize, node)];
    case "globalAveragePool":
      return ["GlobalAveragePooling2D", CHANNELS_LAST];
    case "globalMaxPool":
      return ["GlobalMaxPooling2D", CHANNELS_LAST];
    case "flatten":
      return ["Flatten", CHANNELS_LAST];
  }
}

interface Window {
  readonly strides: number;
  readonly padding: "same" | "valid";
}

function window(size: number, { strides, padding }: Window): Config {
  return { pool_size: [size, size], strides: [strides, strides], padding, ...CHANNELS_LAST };
}

function convolution(node: Window & { kernelSize: number; bias: boolean; activation: string }): Config {
  const { kernelSize: size, strides, padding, bias, activation } = node;
  return {
    kernel_size: [size, size],
    strides: [strides, strides],
    padding,
    dilation_rate: [1, 1],
    activation,
    use_bias: bias,
    ...CHANNELS_LAST,
  };
}
