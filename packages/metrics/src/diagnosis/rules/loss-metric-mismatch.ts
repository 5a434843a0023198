import { series } from "../facts.ts";
import { correlation } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { percent } from "../text.ts";

/** Training loss and training accuracy do not go together. */
export const lossMetricMismatch = defineRule({
  id: "loss-metric-mismatch",
  group: "loss",
  source: "TheDeepChecker",
  defaults: {
    /** Correlation of loss and accuracy above which they go the wrong way; -1 is right. */
    correlation: 0.3,
    epochs: 8,
    /** Share of its level by which the loss has to move. */
    moves: 0.1,
  },
  evaluate(input, options) {
    const { history = [] } = input;
    const both = history.filter(({ loss, accuracy }) => Number.isFinite(loss) && Number.isFinite(accuracy));
    if (both.length < options.epochs) return { missing: ["training loss and accuracy of 8 epochs"] };
    const losses = both.map(({ loss }) => loss!);
    const scores = both.map(({ accuracy }) => accuracy!);
    const moved = (Math.max(...losses) - Math.min(...losses)) / Math.max(...losses);
    const value = correlation(losses, scores);
    if (!(value > options.correlation) || moved < options.moves || series(input, "learning_rate").values[0] === 0) {
      return { pass: {} };
    }
    return {
      finding: {
        severity: "warning",
        confidence: 0.7,
        title: "accuracy does not rise where the loss falls",
        evidence: [
          { name: "correlation of training loss and accuracy", value },
          { name: "movement of the loss", value: moved },
        ],
        explanation: `Over ${both.length} epochs the training loss moved by ${percent(moved)} of its level, and accuracy went the same way (correlation ${value.toFixed(2)} where -1 is expected). What is minimized is not what is measured.`,
        causes: [
          { cause: "double-softmax", weight: 0.3 },
          { cause: "labels-misaligned", weight: 0.3 },
          { cause: "imbalance", weight: 0.2 },
        ],
        remedy: "Check that loss and accuracy get the same labels and the same outputs.",
        falsePositive: "Strong class weights: the loss is of balanced classes, accuracy of the most frequent.",
      },
    };
  },
});
