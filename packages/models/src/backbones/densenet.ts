import { graphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import type { BackboneSpec } from "./backbone.ts";

/** Dense layers of each block of DenseNet169: table 1 of the paper. */
const BLOCKS = [6, 12, 32, 32] as const;
/** Channels that each dense layer adds. */
const GROWTH = 32;

/**
 * Batch normalization stands before the convolution, so every second one reads a concatenation and cannot be folded. The stages
 * are those that Keras's names suggest: a dense block (`conv2`), the transition after it (`pool2`), …; exactly one tensor leads
 * from each to the next. The last batch normalization belongs to `conv5`.
 */
function build(): Graph {
  const g = graphBuilder({ epsilon: 1.001e-5, momentum: 0.99 });
  g.stage("conv1");
  let x = g.zeroPad("zero_padding2d", "input", [3, 3, 3, 3]);
  x = g.conv2d("conv1_conv", x, 64, { kernelSize: 7, strides: 2, padding: "valid" });
  x = g.activation("conv1_relu", g.batchNorm("conv1_bn", x), "relu");
  x = g.zeroPad("zero_padding2d_1", x, [1, 1, 1, 1]);
  x = g.maxPool("pool1", x, 3, 2);
  let channels = 64;
  for (const [index, layers] of BLOCKS.entries()) {
    g.stage(`conv${index + 2}`);
    for (let layer = 1; layer <= layers; layer++) {
      const name = `conv${index + 2}_block${layer}`;
      let fresh = g.activation(`${name}_0_relu`, g.batchNorm(`${name}_0_bn`, x), "relu");
      fresh = g.conv2d(`${name}_1_conv`, fresh, 4 * GROWTH);
      fresh = g.activation(`${name}_1_relu`, g.batchNorm(`${name}_1_bn`, fresh), "relu");
      fresh = g.conv2d(`${name}_2_conv`, fresh, GROWTH, { kernelSize: 3 });
      x = g.concat(`${name}_concat`, [x, fresh]);
      channels += GROWTH;
    }
    if (index === BLOCKS.length - 1) break;
    const name = `pool${index + 2}`;
    g.stage(name);
    x = g.activation(`${name}_relu`, g.batchNorm(`${name}_bn`, x), "relu");
    channels /= 2;
    x = g.conv2d(`${name}_conv`, x, channels);
    x = g.averagePool(`${name}_pool`, x, 2, 2);
  }
  return g.build(g.activation("relu", g.batchNorm("bn", x), "relu"));
}

/** DenseNet169 (Huang et al. 2017), with the layer names of Keras Applications. 1,664 features. */
export const densenet169: BackboneSpec = {
  name: "densenet169",
  source: "Huang et al., Densely Connected Convolutional Networks, CVPR 2017; Keras Applications densenet",
  preprocessing: "torch",
  defaultInputSize: 224,
  minimumInputSize: 32,
  features: 1664,
  imagenet: () => ({
    url: "https://storage.googleapis.com/tensorflow/keras-applications/densenet/densenet169_weights_tf_dim_ordering_tf_kernels_notop.h5",
    bytes: 51_877_672,
    md5: "b8c4d4c20dd625c148057b9ff1c1176b",
    licence: "BSD-3-Clause",
    source: "Huang et al., trained on ImageNet ILSVRC 2012; ported by Keras Applications",
  }),
  build,
};
