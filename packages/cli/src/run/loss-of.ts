import { logLoss } from "@cassava/metrics";
import type { CassavaClassifier } from "@cassava/models";
import type { FeatureSet } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

/** Loss and accuracy; the weights stay as they are, also the moving statistics, which a pass in training mode moves on. */
export async function lossOf(model: CassavaClassifier, set: FeatureSet, mode: "training" | "inference") {
  const classes = model.classes.length;
  const moving = model.weights.filter(({ trainable }) => !trainable);
  const before = moving.map(({ variable }) => variable.clone());
  const output = tf.tidy(() =>
    tf.softmax(model.logits(tf.tensor(set.features, [set.ids.length, ...set.shape]), mode, 1) as tf.Tensor2D),
  );
  const probabilities = await output.data();
  output.dispose();
  for (const [i, { variable }] of moving.entries()) variable.assign(before[i]!);
  tf.dispose(before);
  const labels = set.labels!;
  const right = labels.filter((label, i) => {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row)) === label;
  }).length;
  const loss = logLoss(labels, probabilities, { classes, sumTolerance: 1e-3 });
  return { loss, accuracy: right / labels.length, images: labels.length };
}
