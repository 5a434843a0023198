import { graphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import type { BackboneSpec } from "./backbone.ts";

/** Two blocks a stage: 6 * 2 + 2 weighted layers. */
const BLOCKS = 2;

function build(): Graph {
  const g = graphBuilder({ epsilon: 1e-3, momentum: 0.9 });
  g.stage("conv1");
  let x = g.conv2d("conv1_conv", "input", 16, { kernelSize: 3, strides: 2 });
  x = g.activation("conv1_relu", g.batchNorm("conv1_bn", x), "relu");
  for (const [index, filters] of [16, 32, 64].entries()) {
    const stage = `conv${index + 2}`;
    g.stage(stage);
    for (let block = 1; block <= BLOCKS; block++) {
      const name = `${stage}_block${block}`;
      const strides = index > 0 && block === 1 ? 2 : 1;
      const shortcut =
        strides === 1 ? x : g.batchNorm(`${name}_0_bn`, g.conv2d(`${name}_0_conv`, x, filters, { strides }));
      x = g.conv2d(`${name}_1_conv`, x, filters, { kernelSize: 3, strides });
      x = g.activation(`${name}_1_relu`, g.batchNorm(`${name}_1_bn`, x), "relu");
      x = g.conv2d(`${name}_2_conv`, x, filters, { kernelSize: 3 });
      x = g.add(`${name}_add`, [shortcut, g.batchNorm(`${name}_2_bn`, x)]);
      x = g.activation(`${name}_out`, x, "relu");
    }
  }
  return g.build(x);
}

/**
 * A small residual network to train from scratch on small images: the CIFAR network of He et al. (section 4.2) with n = 2 and
 * 16, 32, 64 filters, with a stride in its first convolution for inputs of about 64 pixels. 64 features.
 */
export const resnet14: BackboneSpec = {
  name: "resnet14",
  source: "He et al., Deep Residual Learning, CVPR 2016, section 4.2",
  preprocessing: "tf",
  defaultInputSize: 64,
  minimumInputSize: 16,
  features: 64,
  build,
};
