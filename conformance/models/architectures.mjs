// What is compared: each architecture with the sizes, poolings and broken weights that it is tried with.

/**
 * @typedef {object} Architecture
 * @property {string} name
 * @property {number} alpha
 * @property {string} label for the list of checks
 * @property {readonly { size: number, pooling: "avg" | "max" | "none" }[]} cases
 * @property {readonly { what: string, apply: (weights: Map<string, { shape: number[], data: Float32Array }>) => void }[]} mistakes
 *   each of which a comparison with Keras must notice
 * @property {string} [lastStage] where a fine-tuning step is compared too
 */

const SIZES = [224, 160];
const averages = SIZES.map((size) => ({ size, pooling: "avg" }));

/** @type {readonly Architecture[]} */
export const ARCHITECTURES = [
  {
    ...normalized("densenet169", 1, ["conv1_bn", "conv3_block12_0_bn", "conv5_block16_1_bn", "bn"]),
    cases: [...averages, { size: 160, pooling: "none" }],
    lastStage: "conv5",
  },
  normalized("mobilenet", 1, ["conv1_bn", "conv_dw_6_bn", "conv_pw_13_bn"]),
  normalized("mobilenet", 0.25, ["conv1_bn", "conv_dw_6_bn", "conv_pw_13_bn"]),
  {
    ...normalized("mobilenetV2", 1, ["bn_Conv1", "block_8_project_BN", "Conv_1_bn"]),
    lastStage: "Conv_1",
  },
  {
    ...normalized("resnet50", 1, ["conv1_bn", "conv3_block2_2_bn", "conv5_block3_1_bn"]),
    lastStage: "conv5",
  },
  {
    ...plain("vgg16"),
    cases: [...averages, { size: 160, pooling: "max" }],
    lastStage: "block5",
  },
  plain("vgg19"),
];

/** A network with batch normalization, of which these layers are broken in turn. */
function normalized(name, alpha, layers) {
  const label = alpha === 1 ? name : `${name} (alpha ${alpha})`;
  const mistakes = layers.map((layer) => swap(`${layer}/beta`, `${layer}/moving_mean`));
  return { name, alpha, label, cases: averages, mistakes };
}

/** A network of convolutions with biases. */
function plain(name) {
  const mistakes = [
    swap("block1_conv1/bias", "block1_conv2/bias"),
    swap("block5_conv1/bias", "block5_conv2/bias"),
    swap("block4_conv2/kernel", "block4_conv3/kernel"),
    {
      what: "block5_conv2/kernel with rows for columns",
      apply: (weights) => weights.set("block5_conv2/kernel", transposed(weights.get("block5_conv2/kernel"))),
    },
  ];
  return { name, alpha: 1, label: name, cases: averages, mistakes };
}

function swap(a, b) {
  return {
    what: `${a} and ${b} swapped`,
    apply(weights) {
      const [first, second] = [weights.get(a), weights.get(b)];
      weights.set(a, second).set(b, first);
    },
  };
}

/** [h, w, in, out] to [w, h, in, out], of a square kernel. */
function transposed({ shape, data }) {
  const [size, , channels, filters] = shape;
  const tap = channels * filters;
  const turned = new Float32Array(data.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      turned.set(data.subarray((x * size + y) * tap, (x * size + y + 1) * tap), (y * size + x) * tap);
    }
  }
  return { shape, data: turned };
}
