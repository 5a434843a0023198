import { priorOf, series } from "../facts.ts";
import { largest } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { nats, percent } from "../text.ts";

/**
 * A loss that stops where softmax of probabilities stops: the largest difference of two "logits" is 1, so that even a certain and right
 * answer costs ln(1 + (K - 1) / e).
 */
export const lossFloor = defineRule({
  id: "loss-floor",
  group: "loss",
  source: "own; UMLAUT and AUTOTRAINER check the same in the code",
  defaults: {
    /** Training accuracy that a loss near the floor contradicts. */
    accuracy: 0.5,
    /** Nats by which the loss may be below what such an accuracy allows. */
    slack: 0.02,
    epochs: 3,
  },
  evaluate(input, { accuracy: least, slack, epochs }) {
    const losses = series(input, "loss").values;
    const scores = series(input, "accuracy").values;
    const prior = priorOf(input);
    if (losses.length < epochs || scores.length < epochs || prior === undefined || prior.classes < 3) {
      return { missing: ["class counts (3 classes or more), training loss and accuracy of 3 epochs"] };
    }
    const [loss, score] = [losses.at(-1)!, scores.at(-1)!];
    const { classes } = prior;
    const floor = Math.log(1 + (classes - 1) / Math.E);
    // A certain answer that is wrong costs one nat more than one that is right.
    const certain = floor + (1 - score);
    const lowest = Math.min(...losses);
    const stopped = Math.abs(loss - certain) <= 0.25 * (1 - score) + 3 * slack && lowest >= floor - slack;
    // A calibrated model of this accuracy has a lower loss, about that of its own uncertainty.
    const calibrated = -score * Math.log(score) - (1 - score) * Math.log((1 - score) / (classes - 1));
    const pointless = score > Math.max(least, prior.share + 0.05) && loss > calibrated + 0.15;
    const settled = largest(losses.slice(-3)) + largest(losses.slice(-3).map((value) => -value)) < 0.1;
    if (!stopped || !pointless || !settled) return { pass: {} };
    return {
      finding: {
        severity: "warning",
        confidence: 0.85,
        title: "the loss stops where a softmax of probabilities stops",
        evidence: [
          { name: "training loss", value: loss, unit: "nats" },
          { name: "training accuracy", value: score },
          { name: "least loss of a softmax over probabilities", value: floor, unit: "nats" },
        ],
        explanation: `With training accuracy at ${percent(score)} the loss should be about ${nats(calibrated)} nats or less; it stands at ${nats(loss)}. If softmax is applied to what is a softmax already, even a perfect answer costs ${nats(floor)} nats for ${classes} classes, and these answers ${nats(certain)}.`,
        causes: [{ cause: "double-softmax", weight: 0.85 }],
        remedy:
          "Give the loss logits: a last layer without an activation, or a loss that takes probabilities (from_logits=False).",
        falsePositive: "Label smoothing or focal loss changes what a right answer costs.",
      },
    };
  },
});
