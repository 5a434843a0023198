import { graphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import type { BackboneSpec } from "./backbone.ts";

/** Filters, stride and expansion of each inverted residual block: table 2 of the paper. */
const BLOCKS: readonly (readonly [filters: number, strides: number, expansion: number])[] = [
  [16, 1, 1],
  [24, 2, 6],
  [24, 1, 6],
  [32, 2, 6],
  [32, 1, 6],
  [32, 1, 6],
  [64, 2, 6],
  [64, 1, 6],
  [64, 1, 6],
  [64, 1, 6],
  [96, 1, 6],
  [96, 1, 6],
  [96, 1, 6],
  [160, 2, 6],
  [160, 1, 6],
  [160, 1, 6],
  [320, 1, 6],
];

/**
 * Keras pads by hand before each strided depthwise convolution; its margins (0 before and 1 after an even size, 1 and 1 around an
 * odd one) are those of `same`, which is used here.
 */
function build(): Graph {
  const g = graphBuilder({ epsilon: 1e-3, momentum: 0.999 });
  g.stage("Conv1");
  let x = g.conv2d("Conv1", "input", 32, { kernelSize: 3, strides: 2 });
  x = g.batchNorm("bn_Conv1", x);
  x = g.activation("Conv1_relu", x, "relu6");
  let channels = 32;
  for (const [index, [filters, strides, expansion]] of BLOCKS.entries()) {
    const name = index === 0 ? "expanded_conv" : `block_${index}`;
    const from = x;
    g.stage(name);
    if (expansion > 1) {
      x = g.conv2d(`${name}_expand`, x, channels * expansion);
      x = g.batchNorm(`${name}_expand_BN`, x);
      x = g.activation(`${name}_expand_relu`, x, "relu6");
    }
    x = g.depthwiseConv2d(`${name}_depthwise`, x, { kernelSize: 3, strides });
    x = g.batchNorm(`${name}_depthwise_BN`, x);
    x = g.activation(`${name}_depthwise_relu`, x, "relu6");
    x = g.conv2d(`${name}_project`, x, filters);
    x = g.batchNorm(`${name}_project_BN`, x);
    if (strides === 1 && channels === filters) x = g.add(`${name}_add`, [from, x]);
    channels = filters;
  }
  g.stage("Conv_1");
  x = g.conv2d("Conv_1", x, 1280);
  x = g.batchNorm("Conv_1_bn", x);
  return g.build(g.activation("out_relu", x, "relu6"));
}

/** MobileNetV2 1.0 (Sandler et al. 2018), with the layer names of Keras Applications. 1,280 features. */
export const mobilenetV2: BackboneSpec = {
  name: "mobilenetV2",
  source: "Sandler et al., MobileNetV2, CVPR 2018; Keras Applications mobilenet_v2",
  preprocessing: "tf",
  defaultInputSize: 224,
  minimumInputSize: 32,
  features: 1280,
  imagenet: () => ({
    url: "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
    licence: "Apache-2.0",
    source: "Sandler et al., trained on ImageNet ILSVRC 2012; ported by Keras Applications",
  }),
  build,
};
