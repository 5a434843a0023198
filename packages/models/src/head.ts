import * as tf from "@tensorflow/tfjs";
import { ModelsError } from "./errors.ts";
import { glorotUniform, seedOf } from "./initializers.ts";
import type { WeightArray, Weights } from "./weights/weights.ts";

/** Dense layers over the features of a backbone; the last one gives logits. */
export interface HeadSpec {
  /** Widths of the hidden layers; none makes the head linear. */
  readonly units: readonly number[];
  /** Share of a hidden layer's outputs dropped in training, [0, 1), after each hidden layer. */
  readonly dropout: number;
}

/**
 * A head of dense layers with relu and dropout, then logits.
 *
 * @param options `units`: default [256]; `dropout`: default 0.3.
 * @throws {ModelsError} `OPTION_INVALID`
 */
export function denseHead({ units = [256], dropout = 0.3 }: Partial<HeadSpec> = {}): HeadSpec {
  const bad = units.find((width) => !Number.isInteger(width) || width < 1);
  if (bad !== undefined) throw new ModelsError("OPTION_INVALID", `head units must be whole numbers from 1; got ${bad}`);
  if (!(dropout >= 0 && dropout < 1)) {
    throw new ModelsError("OPTION_INVALID", `dropout must be in [0, 1); got ${dropout}`);
  }
  return { units: [...units], dropout };
}

/** Layers of a head, in order: name, and width of input and output. */
function layersOf(head: HeadSpec, features: number, classes: number): { name: string; shape: [number, number] }[] {
  const widths = [features, ...head.units, classes];
  return widths.slice(1).map((width, i) => {
    const name = i === head.units.length ? "head_logits" : `head_dense_${i + 1}`;
    return { name, shape: [widths[i]!, width] };
  });
}

/** Initial weights of a head, as Keras's `Dense` has them: glorot-uniform kernels [in, out], biases of 0. */
export function initialHeadWeights(head: HeadSpec, features: number, classes: number, seed: number): Weights {
  const weights = new Map<string, WeightArray>();
  for (const { name, shape } of layersOf(head, features, classes)) {
    weights.set(`${name}/kernel`, { shape, data: glorotUniform(shape, seedOf(name, seed)) });
    weights.set(`${name}/bias`, { shape: [shape[1]], data: new Float32Array(shape[1]) });
  }
  return weights;
}

/** How a head runs. */
export interface RunHeadOptions {
  readonly weight: (name: string) => tf.Tensor;
  /** Seeds the dropout masks; absent in inference, where nothing is dropped. */
  readonly dropoutSeed?: number | undefined;
}

/** `[n, features]` to `[n, classes]` logits. Runs inside the caller's `tf.tidy`. */
export function runHead(head: HeadSpec, features: tf.Tensor2D, options: RunHeadOptions): tf.Tensor2D {
  let x = features;
  for (let i = 1; i <= head.units.length; i++) {
    x = dense(x, `head_dense_${i}`, options).relu();
    if (options.dropoutSeed !== undefined && head.dropout > 0) {
      x = tf.dropout(x, head.dropout, undefined, seedOf(`dropout_${i}`, options.dropoutSeed)) as tf.Tensor2D;
    }
  }
  return dense(x, "head_logits", options);
}

function dense(x: tf.Tensor2D, name: string, { weight }: RunHeadOptions): tf.Tensor2D {
  return x.matMul<tf.Tensor2D>(weight(`${name}/kernel`)).add(weight(`${name}/bias`));
}
