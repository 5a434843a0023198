import type { Graph, GraphNode } from "../graph/graph.ts";
import type { BackboneSpec } from "./backbone.ts";

/** Filters of each block's convolutions: table 1 of the paper. */
const FILTERS = [64, 128, 256, 512, 512] as const;

/** Convolutions with a bias and a relu, no batch normalization; a stage is a block with the pooling that ends it. */
function build(convolutions: readonly number[]): Graph {
  const nodes: GraphNode[] = [];
  let input = "input";
  const push = (node: GraphNode) => {
    nodes.push(node);
    input = node.name;
  };
  for (const [index, filters] of FILTERS.entries()) {
    const stage = `block${index + 1}`;
    for (let layer = 1; layer <= convolutions[index]!; layer++) {
      const name = `${stage}_conv${layer}`;
      const window = { kernelSize: 3, strides: 1, padding: "same" } as const;
      push({ op: "conv2d", name, stage, input, filters, ...window, bias: true, activation: "relu" });
    }
    push({ op: "maxPool", name: `${stage}_pool`, stage, input, poolSize: 2, strides: 2, padding: "valid" });
  }
  return { input: "input", output: input, nodes };
}

function vgg(depth: 16 | 19, bytes: number, md5: string): BackboneSpec {
  const deep = depth === 16 ? 3 : 4;
  const name = `vgg${depth}`;
  return {
    name,
    source: `Simonyan and Zisserman, Very Deep Convolutional Networks, ICLR 2015; Keras Applications ${name}`,
    preprocessing: "caffe",
    defaultInputSize: 224,
    minimumInputSize: 32,
    features: 512,
    imagenet: () => ({
      url: `https://storage.googleapis.com/tensorflow/keras-applications/${name}/${name}_weights_tf_dim_ordering_tf_kernels_notop.h5`,
      bytes,
      md5,
      licence: "CC-BY-4.0",
      source: "Visual Geometry Group, Oxford, trained on ImageNet ILSVRC 2014; ported by Keras Applications",
    }),
    build: () => build([2, 2, deep, deep, deep]),
  };
}

/** VGG16 (Simonyan and Zisserman 2014), with the layer names of Keras Applications. 512 features. */
export const vgg16 = vgg(16, 58_889_256, "6d6bbae143d832006294945121d1f1fc");

/** VGG19, as VGG16 with a fourth convolution in each of the last three blocks. 512 features. */
export const vgg19 = vgg(19, 80_134_624, "253f8cb515780f3b799900260a226db6");
