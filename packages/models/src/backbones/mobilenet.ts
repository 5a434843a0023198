import { graphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import type { BackboneSpec } from "./backbone.ts";

/** Filters and stride of each depthwise separable block: table 1 of the paper. */
const BLOCKS: readonly (readonly [filters: number, strides: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

/** What the publisher calls a width multiplier in its file names. */
const FILE_NAMES: Readonly<Record<number, string>> = { 1: "1_0", 0.75: "7_5", 0.5: "5_0", 0.25: "2_5" };

/**
 * Before each strided depthwise convolution Keras adds a row below and a column on the right, whatever the size; that is `same`
 * around an even size and not around an odd one (MobileNetV2 in Keras chooses its margins by the size and is `same` throughout).
 */
function build(alpha: number): Graph {
  const g = graphBuilder({ epsilon: 1e-3, momentum: 0.99 });
  g.stage("conv1");
  let x = g.conv2d("conv1", "input", Math.floor(32 * alpha), { kernelSize: 3, strides: 2 });
  x = g.activation("conv1_relu", g.batchNorm("conv1_bn", x), "relu6");
  for (const [index, [filters, strides]] of BLOCKS.entries()) {
    const block = index + 1;
    const [depthwise, pointwise] = [`conv_dw_${block}`, `conv_pw_${block}`];
    g.stage(`block${block}`);
    if (strides > 1) x = g.zeroPad(`conv_pad_${block}`, x, [0, 1, 0, 1]);
    const padding = strides > 1 ? "valid" : "same";
    x = g.depthwiseConv2d(depthwise, x, { kernelSize: 3, strides, padding });
    x = g.activation(`${depthwise}_relu`, g.batchNorm(`${depthwise}_bn`, x), "relu6");
    x = g.conv2d(pointwise, x, Math.floor(filters * alpha));
    x = g.activation(`${pointwise}_relu`, g.batchNorm(`${pointwise}_bn`, x), "relu6");
  }
  return g.build(x);
}

/**
 * MobileNet version 1 (Howard et al. 2017) at one of four widths, with the layer names of Keras Applications; the stages are
 * `conv1`, `block1` (`conv_dw_1` and `conv_pw_1`), … `block13`. 1,024 features at alpha 1.
 */
export const mobilenet: BackboneSpec = {
  name: "mobilenet",
  source: "Howard et al., MobileNets, arXiv 1704.04861; Keras Applications mobilenet",
  preprocessing: "tf",
  defaultInputSize: 224,
  minimumInputSize: 32,
  features: 1024,
  alphas: [0.25, 0.5, 0.75, 1],
  imagenet: (alpha) => ({
    url: `https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/mobilenet_${FILE_NAMES[alpha]}_224_tf_no_top.h5`,
    licence: "Apache-2.0",
    source: "Howard et al., trained on ImageNet ILSVRC 2012 at 224 pixels; ported by Keras Applications",
  }),
  build,
};
