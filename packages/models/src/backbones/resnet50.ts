import { graphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import type { BackboneSpec, WeightFile } from "./backbone.ts";

const STAGES: readonly (readonly [filters: number, blocks: number, strides: number])[] = [
  [64, 3, 1],
  [128, 4, 2],
  [256, 6, 2],
  [512, 3, 2],
];

/** Version 1: the stride sits on the first 1x1 convolution, and convolutions have a bias although a batch normalization follows. */
function build(alpha: number): Graph {
  const g = graphBuilder({ epsilon: 1.001e-5, momentum: 0.99 });
  const biased = { bias: true };
  g.stage("conv1");
  let x = g.zeroPad("conv1_pad", "input", [3, 3, 3, 3]);
  x = g.conv2d("conv1_conv", x, 64 * alpha, { kernelSize: 7, strides: 2, padding: "valid", ...biased });
  x = g.batchNorm("conv1_bn", x);
  x = g.activation("conv1_relu", x, "relu");
  x = g.zeroPad("pool1_pad", x, [1, 1, 1, 1]);
  x = g.maxPool("pool1_pool", x, 3, 2);
  for (const [index, [width, blocks, stageStrides]] of STAGES.entries()) {
    const filters = width * alpha;
    const stage = `conv${index + 2}`;
    g.stage(stage);
    for (let block = 1; block <= blocks; block++) {
      const name = `${stage}_block${block}`;
      const strides = block === 1 ? stageStrides : 1;
      let shortcut = x;
      if (block === 1) {
        shortcut = g.conv2d(`${name}_0_conv`, x, 4 * filters, { strides, ...biased });
        shortcut = g.batchNorm(`${name}_0_bn`, shortcut);
      }
      x = g.conv2d(`${name}_1_conv`, x, filters, { strides, ...biased });
      x = g.activation(`${name}_1_relu`, g.batchNorm(`${name}_1_bn`, x), "relu");
      x = g.conv2d(`${name}_2_conv`, x, filters, { kernelSize: 3, ...biased });
      x = g.activation(`${name}_2_relu`, g.batchNorm(`${name}_2_bn`, x), "relu");
      x = g.conv2d(`${name}_3_conv`, x, 4 * filters, biased);
      x = g.batchNorm(`${name}_3_bn`, x);
      x = g.activation(`${name}_out`, g.add(`${name}_add`, [shortcut, x]), "relu");
    }
  }
  return g.build(x);
}

const IMAGENET: WeightFile = {
  url: "https://storage.googleapis.com/tensorflow/keras-applications/resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
  bytes: 94_765_736,
  md5: "4d473c1dd8becc155b73f8504c6f6626",
  licence: "MIT",
  source: "He et al., trained on ImageNet ILSVRC 2012; ported by Keras Applications",
};

/**
 * ResNet50 version 1 (He et al. 2015), with the layer names of Keras Applications; 2,048 features. At alpha 0.25 and 0.5 every layer is so
 * much narrower: to train from scratch, since nobody publishes weights of it.
 */
export const resnet50: BackboneSpec = {
  name: "resnet50",
  source: "He et al., Deep Residual Learning, CVPR 2016; Keras Applications resnet",
  preprocessing: "caffe",
  defaultInputSize: 224,
  minimumInputSize: 32,
  features: 2048,
  alphas: [0.25, 0.5, 1],
  imagenet: () => IMAGENET,
  imagenetAlphas: [1],
  build,
};
