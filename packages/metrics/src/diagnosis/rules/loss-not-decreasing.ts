import { series } from "../facts.ts";
import { mean } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { nats, percent } from "../text.ts";

/** The training loss is about where it began: where the first stage did, since the others begin with what it reached. */
export const lossNotDecreasing = defineRule({
  id: "loss-not-decreasing",
  group: "loss",
  source: "SageMaker Debugger, LossNotDecreasing; TheDeepChecker",
  defaults: {
    /** Share of the first loss by which the best of the last epochs is lower. */
    decrease: 0.03,
    epochs: 4,
  },
  evaluate(input, { decrease, epochs }) {
    const { values, epochs: at } = series(input, "loss");
    if (values.length < epochs) return { missing: ["the training loss of 4 epochs"] };
    const history = input.history!;
    const began = history.findIndex(({ loss }) => Number.isFinite(loss));
    const first = history[began]!.loss!;
    const last = mean(values.slice(-2));
    const gain = (first - last) / Math.abs(first);
    if (gain >= decrease) return { pass: {} };
    // What the steps of the first epoch gave is part of its mean: a run that learns fast has its fall inside it.
    const start = input.batches?.losses?.[0];
    if (start !== undefined && (start - last) / start >= 5 * decrease && gain >= 0) return { pass: {} };
    return {
      finding: {
        severity: "warning",
        confidence: 0.8,
        title: "the training loss has hardly fallen",
        evidence: [
          { name: "training loss", value: first, unit: "nats", epochs: [began + 1] },
          { name: "training loss at the end", value: last, unit: "nats", epochs: at.slice(-2) },
        ],
        explanation: `From epoch ${began + 1} to epoch ${at.at(-1)} the training loss went from ${nats(first)} to ${nats(last)} nats, ${gain >= 0 ? `${percent(gain)} down` : `${percent(-gain)} up`}.`,
        causes: [
          { cause: "learning-rate-too-high", weight: 0.35 },
          { cause: "learning-rate-too-low", weight: 0.35 },
          { cause: "preprocessing", weight: 0.3 },
          { cause: "nothing-trains", weight: 0.25 },
          { cause: "labels-misaligned", weight: 0.2 },
          { cause: "dead-head", weight: 0.2 },
          { cause: "blank-input", weight: 0.2 },
        ],
        remedy:
          "Look for the rate at which the loss falls fastest: cassava diagnose RUN --probe, or findLearningRate of @cassava/train.",
        probe: "learning-rate-range",
        falsePositive: "The run goes on from weights that were trained already, or the first epoch had many steps.",
      },
    };
  },
});
