import { priorOf } from "../facts.ts";
import { mean } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { nats } from "../text.ts";

/** The first losses are far above equal odds: the last layer begins with large logits. */
export const badInitialLoss = defineRule({
  id: "bad-initial-loss",
  group: "loss",
  source: "TheDeepChecker; Karpathy (verify loss at init)",
  defaults: {
    /** Steps that are looked at. */
    steps: 3,
    /** (loss - ln K) / ln K. */
    worth: 0.5,
    warn: 1,
  },
  evaluate(input, { steps, worth, warn }) {
    const losses = input.batches?.losses?.slice(0, steps).filter(Number.isFinite);
    const prior = priorOf(input);
    if (!losses?.length || prior === undefined) return { missing: ["the losses of the first steps, and class counts"] };
    const value = mean(losses.slice(0, 1));
    const excess = (value - prior.uniform) / prior.uniform;
    if (excess < worth) return { pass: {} };
    return {
      finding: {
        severity: excess >= 2 * warn ? "warning" : "info",
        confidence: 0.7,
        title: "the first loss is far above that of equal odds",
        evidence: [
          { name: "loss of the first step", value, unit: "nats" },
          { name: "loss of equal odds", value: prior.uniform, unit: "nats" },
        ],
        explanation: `Before it has learned anything a network should answer about equal odds, at ${nats(prior.uniform)} nats for ${prior.classes} classes. This one begins at ${nats(value)}: sure of itself and wrong.`,
        causes: [
          { cause: "preprocessing", weight: 0.3 },
          { cause: "weights-unloaded", weight: 0.2 },
        ],
        remedy: "Check the range of the pixels, and the initial weights of the last layer.",
        falsePositive:
          "A head without normalization over features with large values begins so, and recovers in a few steps.",
      },
    };
  },
});
