import { accuracyScore, logLoss, predictedClasses } from "@cassava/metrics";
import type { CassavaClassifier } from "@cassava/models";
import type { FeatureSet } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

/** Mean loss, in nats, and accuracy on labelled features; the weights stay as they are, also the moving statistics, which a pass in training mode moves on. */
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
  return {
    loss: logLoss(labels, probabilities, { classes }),
    accuracy: accuracyScore(labels, predictedClasses(probabilities, classes), { classes }),
    images: labels.length,
  };
}
