import type { Classifier, NamedWeight, Store } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import type { FeatureSet } from "../src/index.ts";
import { classes } from "./sources.ts";

export { classes, pixelSource } from "./sources.ts";

/** Features that a linear function separates: class k has a bump in column k. */
export function separable(n: number, count = 3, width = 6): FeatureSet {
  const labels = Int32Array.from({ length: n }, (_, i) => (i * 7) % count);
  const features = new Float32Array(n * width);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < width; j++)
      features[i * width + j] = Math.sin(i * 3.7 + j * 1.3) * 0.3 + (j === labels[i] ? 1 : 0);
  }
  const ids = Array.from({ length: n }, (_, i) => `image-${i}`);
  return { classes: classes(count), ids, features, labels, width, shape: [width], cached: 0 };
}

/** A linear softmax classifier with fixed initial weights; counts as the smallest thing that implements the contract. */
export function linearClassifier(width: number, count: number): Classifier {
  const weight = (name: string, shape: number[]): NamedWeight => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: size }, (_, i) => Math.cos(i * 2.1) * 0.1);
    return { name, trainable: true, variable: tf.tidy(() => tf.variable(tf.tensor(values, shape))) };
  };
  const weights = [weight("kernel", [width, count]), weight("bias", [count])];
  return {
    frozen: { id: "none", inputSize: [1, 1], outputShape: [width], run: async () => new Float32Array(0), dispose() {} },
    classes: classes(count),
    contract: { mode: "tf", inputRange: [0, 255], inputSize: [1, 1], resize: "antialiased-bilinear" },
    weights,
    logits: (x) => x.matMul(weights[0]!.variable as tf.Tensor).add(weights[1]!.variable),
  };
}

export function disposeOf(model: Classifier): void {
  for (const { variable } of model.weights) variable.dispose();
}

export function mapStore(): Store & { map: Map<string, Uint8Array> } {
  const map = new Map<string, Uint8Array>();
  return {
    map,
    get: async (key) => map.get(key),
    put: async (key, bytes) => void map.set(key, bytes.slice()),
    delete: async (key) => void map.delete(key),
    async *keys() {
      yield* map.keys();
    },
  };
}
