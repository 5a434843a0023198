import { defineRule } from "../rule.ts";

/** The same probabilities for every image. */
export const constantOutput = defineRule({
  id: "constant-output",
  group: "collapse",
  source: "TheDeepChecker",
  defaults: {
    /** Mean over the classes of the standard deviation over the images. */
    deviation: 1e-3,
  },
  evaluate({ predictions }, { deviation: most }) {
    if (predictions === undefined || predictions.labels.length < 2) return { missing: ["predictions"] };
    const { labels, probabilities, classes } = predictions;
    const n = labels.length;
    let deviation = 0;
    for (let c = 0; c < classes; c++) {
      let [sum, squares] = [0, 0];
      for (let i = 0; i < n; i++) sum += probabilities[i * classes + c]!;
      for (let i = 0; i < n; i++) squares += (probabilities[i * classes + c]! - sum / n) ** 2;
      deviation += Math.sqrt(squares / n) / classes;
    }
    if (!(deviation < most)) return { pass: { refutes: [{ cause: "dead-head", weight: 0.7 }] } };
    return {
      finding: {
        severity: "error",
        confidence: 0.98,
        title: "every image gets the same probabilities",
        evidence: [{ name: "standard deviation of a probability over the images", value: deviation }],
        explanation: `The probabilities differ by ${deviation.toExponential(1)} from image to image. What reaches the last layer does not depend on the image any more: its units are dead or saturated, or the images are all the same.`,
        causes: [
          { cause: "dead-head", weight: 0.45 },
          { cause: "learning-rate-too-high", weight: 0.4 },
          { cause: "blank-input", weight: 0.4 },
          { cause: "preprocessing", weight: 0.25 },
          { cause: "nothing-trains", weight: 0.1 },
        ],
        remedy:
          "Start again from new weights with a tenth of the learning rate, and look at a batch as the model sees it.",
        probe: "zeroed-input",
        falsePositive: "The images of this part are copies of one another.",
      },
    };
  },
});
