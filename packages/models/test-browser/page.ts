import { loadClassifier } from "@cassava/models";
import { fetchStore } from "@cassava/models/browser";
import * as tf from "@tensorflow/tfjs";

/** What a page is asked for. */
export interface PredictRequest {
  readonly engine: "cpu" | "webgl";
  /** `loadClassifier` of this package, or plain `tf.loadLayersModel`. */
  readonly loader: "cassava" | "tfjs";
  /** Address of the model's folder, with a slash at its end. */
  readonly folder: string;
  readonly shape: readonly [n: number, height: number, width: number, channels: 3];
  /** RGB, 0-255. */
  readonly pixels: readonly number[];
}

/** [n * classes] probabilities, row-major. */
export async function predict({ engine, loader, folder, shape, pixels }: PredictRequest): Promise<number[]> {
  if (!(await tf.setBackend(engine))) throw new Error(`tfjs has no backend "${engine}" here`);
  const probabilities = loader === "cassava" ? await byCassava() : await byTfjs();
  const values = await probabilities.data();
  probabilities.dispose();
  return [...values];

  async function byCassava(): Promise<tf.Tensor> {
    const model = await loadClassifier(fetchStore(folder));
    const ids = Array.from({ length: shape[0] }, (_, i) => `image-${i}`);
    const images = Uint8Array.from(pixels);
    const features = await model.frozen.run({ ids, images, shape, views: new Int32Array(shape[0]), hashes: ids });
    const of = [shape[0], ...model.frozen.outputShape];
    const output = tf.tidy(() => tf.softmax(model.logits(tf.tensor(features, of), "inference")));
    model.dispose();
    return output;
  }

  async function byTfjs(): Promise<tf.Tensor> {
    const model = await tf.loadLayersModel(`${folder}model.json`);
    const output = tf.tidy(() => model.predict(tf.tensor4d([...pixels], [...shape], "float32")) as tf.Tensor);
    model.dispose();
    return output;
  }
}
