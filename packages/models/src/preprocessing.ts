import type { PreprocessingContract } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";

/** A way of Keras's `preprocess_input` to bring RGB 0-255 into the range that a backbone was trained on. */
export type PreprocessingMode = PreprocessingContract["mode"];

/** ImageNet means in BGR order, 0-255: Keras, `imagenet_utils`, mode `caffe`. */
const CAFFE_MEAN_BGR = [103.939, 116.779, 123.68];
/** ImageNet means and deviations in RGB order, 0-1: Keras, `imagenet_utils`, mode `torch`. */
const TORCH_MEAN = [0.485, 0.456, 0.406];
const TORCH_STD = [0.229, 0.224, 0.225];

/**
 * `[n, h, w, 3]` RGB pixels, 0-255, to what the backbone takes, the same shape; `rescale` as in the contract. The caller disposes of
 * both.
 */
export function preprocess(pixels: tf.Tensor4D, mode: PreprocessingMode, rescale = 1): tf.Tensor4D {
  return tf.tidy(() => {
    const x = rescale === 1 ? pixels.toFloat() : pixels.toFloat().mul<tf.Tensor4D>(rescale);
    switch (mode) {
      case "caffe":
        return x.reverse(3).sub(tf.tensor1d(CAFFE_MEAN_BGR));
      case "torch": {
        const scale = TORCH_STD.map((std) => 1 / (255 * std));
        const shift = TORCH_MEAN.map((mean, c) => -mean / TORCH_STD[c]!);
        return x.mul(tf.tensor1d(scale)).add(tf.tensor1d(shift));
      }
      case "tf":
        return x.mul(1 / 127.5).sub(1);
    }
  });
}

/** What the network sees, as data: (channel - mean) * scale, the channels of RGB in reverse order first where `reversed`. */
interface PreprocessingSteps {
  readonly reversed: boolean;
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

/** The same as data, with what the contract rescales pixels by before. */
export function preprocessingSteps({
  mode,
  rescale = 1,
}: Pick<PreprocessingContract, "mode" | "rescale">): PreprocessingSteps {
  const { reversed, mean, scale } = stepsOf(mode);
  if (rescale === 1) return { reversed, mean, scale };
  // (r x - mean) * scale = (x - mean / r) * r * scale
  return { reversed, mean: mean.map((value) => value / rescale), scale: scale.map((value) => value * rescale) };
}

function stepsOf(mode: PreprocessingMode): PreprocessingSteps {
  switch (mode) {
    case "caffe":
      return { reversed: true, mean: CAFFE_MEAN_BGR, scale: [1, 1, 1] };
    case "torch":
      return {
        reversed: false,
        mean: TORCH_MEAN.map((mean) => 255 * mean),
        scale: TORCH_STD.map((std) => 1 / (255 * std)),
      };
    case "tf":
      return { reversed: false, mean: [127.5, 127.5, 127.5], scale: [1 / 127.5, 1 / 127.5, 1 / 127.5] };
  }
}
