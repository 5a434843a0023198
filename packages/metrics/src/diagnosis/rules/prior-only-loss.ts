import { balancedGain, priorOf, series } from "../facts.ts";
import { median } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { nats } from "../text.ts";

/** A validation loss at the entropy of the classes: D² of the log loss is 0. */
export const priorOnlyLoss = defineRule({
  id: "prior-only-loss",
  group: "collapse",
  source: "own; D² log loss: scikit-learn d2_log_loss_score",
  defaults: {
    /** Distance of D² from 0. */
    distance: 0.02,
    evaluations: 3,
  },
  evaluate(input, { distance, evaluations }) {
    const prior = priorOf(input);
    const { values, epochs } = series(input, "val_loss");
    if (prior === undefined || values.length < evaluations) {
      return { missing: ["class counts and the validation loss of 3 epochs"] };
    }
    const value = median(values.slice(-evaluations));
    const d2 = 1 - value / prior.entropy;
    // An early best that was kept is what counts.
    const best = 1 - Math.min(...values) / prior.entropy;
    if (!(Math.abs(d2) <= distance) || best > 1.5 * distance) return { pass: {} };
    // Answers that tell the classes apart, with probabilities that are no better than the shares: too sure, not blind.
    if ((balancedGain(input) ?? 0) >= 0.1) return { pass: {} };
    return {
      finding: {
        severity: "warning",
        confidence: prior.exact ? 0.9 : 0.75,
        title: "the validation loss is that of always answering the shares of the classes",
        evidence: [
          { name: "validation loss", value, unit: "nats", epochs: epochs.slice(-evaluations) },
          { name: "entropy of the classes", value: prior.entropy, unit: "nats" },
          { name: "D² of the log loss", value: d2 },
        ],
        explanation: `The validation loss settled at ${nats(value)} nats. Somebody who never looks at an image and answers how frequent each class is has ${nats(prior.entropy)}. The images add nothing to it.`,
        causes: [
          { cause: "preprocessing", weight: 0.4 },
          { cause: "labels-misaligned", weight: 0.35 },
          { cause: "learning-rate-too-high", weight: 0.3 },
          { cause: "weights-unloaded", weight: 0.3 },
          { cause: "weak-features", weight: 0.25 },
          { cause: "blank-input", weight: 0.25 },
        ],
        remedy:
          "Check that the network gets the pixels its weights were trained on and that labels belong to their images; then try ten times the learning rate, and a tenth.",
        probe: "preprocessing-sweep",
        falsePositive: "The run has only begun: every network learns the shares first.",
      },
    };
  },
});
