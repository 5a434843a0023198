import type { Tensor, Variable } from "@tensorflow/tfjs";
import type { ClassInfo } from "./dataset.ts";
import type { FrozenPart } from "./frozen.ts";

/** How a backbone wants its pixels; it travels with the weights and inside the saved model. */
export interface PreprocessingContract {
  /**
   * Keras's names. `caffe`: BGR minus [103.939, 116.779, 123.68]; `torch`: /255, minus [.485, .456, .406], over
   * [.229, .224, .225]; `tf`: /127.5 - 1.
   */
  readonly mode: "caffe" | "torch" | "tf";
  /**
   * What pixels are multiplied by before `mode`; absent: nothing, as the weights were trained. 1 / 255 is the mistake that people make with
   * these backbones; it is here so that it can be made on purpose, recorded, and found.
   */
  readonly rescale?: number;
  /** What the caller passes: RGB pixels in this range. */
  readonly inputRange: readonly [0, 255];
  readonly inputSize: readonly [height: number, width: number];
  /** How images are brought to `inputSize`; training and serving must agree. */
  readonly resize: "antialiased-bilinear";
}

/** A weight above the cut; its name is the key of optimizer state and checkpoints. */
export interface NamedWeight {
  readonly name: string;
  readonly variable: Variable;
  /** False for the moving statistics of batch normalization: saved and restored, never given a gradient. */
  readonly trainable: boolean;
}

/** A network with one cut: the frozen part below it, named trainable weights above it. Whoever gets a tensor disposes of it. */
export interface Classifier {
  readonly frozen: FrozenPart;
  readonly classes: readonly ClassInfo[];
  readonly contract: PreprocessingContract;
  /** `[n, classes]` logits of `[n, ...frozen.outputShape]` features. `seed` fixes the dropout masks of a training step. */
  logits(features: Tensor, mode: "training" | "inference", seed?: number): Tensor;
  readonly weights: readonly NamedWeight[];
}
