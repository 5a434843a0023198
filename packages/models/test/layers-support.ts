import type { Batch, Store } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import {
  type CassavaClassifier,
  type ClassifierOptions,
  createClassifier,
  denseHead,
  loadBackbone,
  type Weights,
} from "../src/index.ts";
import { fiveClasses, withStatistics } from "./support.ts";

/** What a classifier of these tests is made of. */
export interface TestClassifierOptions extends Partial<Omit<ClassifierOptions, "backbone">> {
  readonly inputSize?: number;
  readonly pooling?: "avg" | "max" | "none";
  readonly alpha?: number;
  /** Default: that of the architecture. */
  readonly preprocessing?: "caffe" | "torch" | "tf" | undefined;
}

/** A classifier with random weights and random statistics, whose logits on `batch` lie within ±1: no probability is near 0 or 1. */
export async function testClassifier(
  name: string,
  batch: Batch,
  { inputSize = batch.shape[1], pooling = "avg", alpha = 1, preprocessing, ...options }: TestClassifierOptions = {},
): Promise<CassavaClassifier> {
  const scratch = await loadBackbone(name, { weights: "none", seed: 3, inputSize, pooling, alpha });
  const spec = { ...scratch.spec, preprocessing: preprocessing ?? scratch.spec.preprocessing };
  const backbone = {
    ...scratch,
    spec,
    weights: lively(withStatistics(scratch.weights)),
    pretrained: true,
    file: "random.h5",
  };
  const head = denseHead({ units: [] });
  const model = await createClassifier({ backbone, head, classes: fiveClasses, ...options });
  const logits = await logitsOf(model, batch);
  const largest = logits.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const { name: weight, variable } of model.weights) {
    if (weight.startsWith("head_logits/")) variable.assign(tf.tidy(() => variable.div(largest)));
  }
  return model;
}

/** Initial depthwise kernels are so small that after a few nothing but biases is left of an image. */
function lively(weights: Weights): Weights {
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      const scale = shape.length === 4 && shape[3] === 1 ? Math.sqrt(shape[2]!) : 1;
      return [name, { shape, data: data.map((value) => value * scale) }];
    }),
  );
}

/** [n * classes], row-major. */
export async function logitsOf(model: CassavaClassifier, batch: Batch): Promise<Float32Array> {
  const features = await model.frozen.run(batch);
  const shape = [batch.ids.length, ...model.frozen.outputShape];
  const logits = tf.tidy(() => model.logits(tf.tensor(features, shape), "inference"));
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return values;
}

/** [n * classes], row-major. */
export async function probabilitiesOf(model: CassavaClassifier, batch: Batch): Promise<Float32Array> {
  const logits = await logitsOf(model, batch);
  const probabilities = tf.tidy(() => tf.softmax(tf.tensor2d(logits, [batch.ids.length, model.classes.length])));
  const values = (await probabilities.data()) as Float32Array;
  probabilities.dispose();
  return values;
}

/** The model of a store by `tf.loadLayersModel` and tfjs's own loader for http addresses. */
export function plainModel(store: Store): Promise<tf.LayersModel> {
  const fetchFunc = async (url: string) => {
    const bytes = await store.get(url.replace("http://store/", ""));
    return new Response(bytes as Uint8Array<ArrayBuffer> | undefined, { status: bytes === undefined ? 404 : 200 });
  };
  return tf.loadLayersModel(tf.io.http("http://store/model.json", { fetchFunc: fetchFunc as typeof fetch }));
}

/** What plain tfjs makes of the model of a store: [n * classes], row-major. */
export async function plainProbabilities(store: Store, batch: Batch): Promise<Float32Array> {
  const model = await plainModel(store);
  const output = tf.tidy(() => model.predict(tf.tensor4d(batch.images, [...batch.shape], "float32")) as tf.Tensor);
  const values = (await output.data()) as Float32Array;
  output.dispose();
  model.dispose();
  return values;
}

/** Largest difference of two lists of numbers of the same length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || a.length === 0) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
