import { expectedCalibrationError } from "../../calibration.ts";
import { applyTemperature, fitTemperature, logitsOfProbabilities } from "../../temperature.ts";
import { answers, rowOf } from "../facts.ts";
import { mean } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { percent } from "../text.ts";

/** Probabilities that do not mean what they say. */
export const miscalibration = defineRule({
  id: "miscalibration",
  group: "calibration",
  source: "Guo et al. 2017, On calibration of modern neural networks",
  defaults: {
    /** Expected calibration error, and mean confidence minus accuracy. */
    error: 0.05,
    images: 100,
    bins: 15,
  },
  evaluate({ predictions }, { error: most, images, bins }) {
    if (predictions === undefined || predictions.split === "train" || predictions.labels.length < images) {
      return { missing: [`predictions of ${images} images that were not trained on`] };
    }
    const { labels, probabilities, classes } = predictions;
    const right = answers(predictions).map((answer, i) => (answer === labels[i] ? 1 : 0));
    const confidence = mean(right.map((_, i) => Math.max(...rowOf(probabilities, i, classes))));
    const accuracy = mean(right);
    const before = expectedCalibrationError(labels, probabilities, { classes, bins });
    // The error of a calibrated model is above 0 in a small sample: about the root of bins / n, times .4.
    const noise = 0.4 * Math.sqrt(bins / labels.length);
    const over = confidence - accuracy;
    if (before - noise <= most && Math.abs(over) <= most)
      return { pass: { refutes: [{ cause: "miscalibration", weight: 0.7 }] } };
    const logits = logitsOfProbabilities(probabilities);
    const { temperature } = fitTemperature(logits, labels, { classes });
    const after = expectedCalibrationError(labels, applyTemperature(logits, temperature, classes), { classes, bins });
    return {
      finding: {
        severity: "info",
        confidence: 0.85,
        title: `the model is ${over > 0 ? "too sure of itself" : "surer than it says"}: the probabilities are off by ${percent(before)} on average`,
        evidence: [
          { name: "expected calibration error", value: before },
          { name: "mean confidence", value: confidence },
          { name: "accuracy", value: accuracy },
          { name: "temperature", value: temperature },
          { name: "expected calibration error after scaling", value: after },
        ],
        explanation: `On average it gives its answer ${percent(confidence)} and is right in ${percent(accuracy)}. A temperature of ${temperature.toFixed(2)} brings the error from ${percent(before)} to ${percent(after)} on these images.`,
        causes: [{ cause: "miscalibration", weight: 0.3 }],
        remedy: "Divide the logits by that temperature, fitted on the validation part; the answers stay the same.",
        falsePositive: "Few images in a bin make the error look larger.",
      },
    };
  },
});
