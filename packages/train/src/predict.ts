import type { ClassInfo, Classifier } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import type { FeatureBatch, FeatureSource } from "./features/feature-source.ts";

/** What a classifier says of some images. */
export interface Predictions {
  readonly classes: readonly ClassInfo[];
  readonly ids: readonly string[];
  /** `[n, classes]`, row-major. */
  readonly logits: Float32Array;
  /** `[n, classes]`, row-major; softmax in float64, rounded to float32. */
  readonly probabilities: Float32Array;
  /** `[n]` class index of the largest logit, the lowest one under ties. */
  readonly predicted: Int32Array;
  /** `[n]`; absent where unlabeled. */
  readonly labels?: Int32Array;
}

/** Runs a classifier in inference mode over one epoch of `source`, in its order. */
export async function predict(model: Classifier, source: FeatureSource, signal?: AbortSignal): Promise<Predictions> {
  const ids: string[] = [];
  const logits: Float32Array[] = [];
  const labels: Int32Array[] = [];
  for await (const batch of source.batches(0, signal)) {
    const output = inferenceLogits(model, batch);
    logits.push((await output.data()) as Float32Array);
    output.dispose();
    ids.push(...batch.ids);
    if (batch.labels) labels.push(batch.labels);
  }
  const classes = model.classes.length;
  const all = concat(logits, ids.length * classes, Float32Array);
  const { probabilities, predicted } = softmax(all, classes);
  const result = { classes: model.classes, ids, logits: all, probabilities, predicted };
  const known = labels.reduce((sum, part) => sum + part.length, 0);
  return known === ids.length && known > 0 ? { ...result, labels: concat(labels, known, Int32Array) } : result;
}

/** Logits `[n, classes]` of a batch in inference mode; the caller disposes of them. */
function inferenceLogits(model: Classifier, batch: FeatureBatch): tf.Tensor {
  return tf.tidy(() => model.logits(featureTensor(batch), "inference"));
}

/** The features of a batch as a tensor `[n, ...shape]`. */
export function featureTensor({ ids, features, shape }: FeatureBatch): tf.Tensor {
  return tf.tensor(features, [ids.length, ...shape], "float32");
}

function softmax(logits: Float32Array, classes: number): { probabilities: Float32Array; predicted: Int32Array } {
  const probabilities = new Float32Array(logits.length);
  const predicted = new Int32Array(logits.length / classes);
  for (let i = 0; i < predicted.length; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    let best = 0;
    for (let c = 1; c < classes; c++) if (row[c]! > row[best]!) best = c;
    predicted[i] = best;
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(row[c]! - row[best]!);
    for (let c = 0; c < classes; c++) probabilities[i * classes + c] = Math.exp(row[c]! - row[best]!) / sum;
  }
  return { probabilities, predicted };
}

function concat<T extends Float32Array | Int32Array>(
  parts: readonly T[],
  length: number,
  Type: new (n: number) => T,
): T {
  const whole = new Type(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
