import { series } from "../facts.ts";
import { defineRule } from "../rule.ts";
import { plural } from "../text.ts";

/** The run went on long after its best epoch. */
export const overtraining = defineRule({
  id: "overtraining",
  group: "loss",
  source: "SageMaker Debugger, Overtraining",
  defaults: {
    /** Epochs after the best. */
    patience: 10,
  },
  evaluate(input, { patience }) {
    const { values } = series(input, "val_loss");
    if (values.length <= patience) return { missing: ["the validation loss of 11 epochs"] };
    const at = values.indexOf(Math.min(...values));
    const after = values.length - 1 - at;
    if (after < patience) return { pass: {} };
    return {
      finding: {
        severity: "info",
        confidence: 0.9,
        title: `the best epoch was ${at + 1} of ${values.length}`,
        evidence: [{ name: "epochs after the best", value: after, epochs: [at + 1] }],
        explanation: `${plural(after, "epoch")} after the best one brought nothing for the validation loss.`,
        causes: [{ cause: "overfitting", weight: 0.25 }],
        remedy: "Stop early: --patience 5 ends the run and keeps the best weights.",
        falsePositive: "Accuracy may still rise while the loss does not.",
      },
    };
  },
});
