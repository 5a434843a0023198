import { series } from "../facts.ts";
import { defineRule } from "../rule.ts";
import { nats, percent } from "../text.ts";

/** Training goes on getting better where validation has got worse for long. */
export const overfit = defineRule({
  id: "overfit",
  group: "loss",
  source: "SageMaker Debugger, Overfit; AUTOTRAINER",
  defaults: {
    /** Accuracy of training minus validation. */
    gap: 0.1,
    /** Share of the best validation loss by which the last is higher. */
    rise: 0.1,
    /** The same, from which on it is more than the usual end of a run. */
    warn: 0.5,
    epochs: 4,
  },
  evaluate(input, { gap: least, rise: worth, warn, epochs }) {
    const held = series(input, "val_loss").values;
    const judged = series(input, "val_accuracy").values;
    const inInference = series(input, "train_accuracy").values;
    const trained = inInference.length > 0 ? inInference : series(input, "accuracy").values;
    if (held.length < epochs || judged.length < epochs || trained.length < epochs) {
      return { missing: ["accuracy of training and validation, and the validation loss, of 4 epochs"] };
    }
    const best = Math.min(...held);
    const at = held.indexOf(best);
    const rise = held.at(-1)! / best - 1;
    const gap = trained.at(-1)! - judged.at(-1)!;
    if (gap < least || rise < worth) return { pass: { refutes: [{ cause: "overfitting", weight: 0.5 }] } };
    const kept = input.setup?.keptBest === true;
    const byHeart = trained.at(-1)! >= 0.97 && gap >= 3 * least;
    const grave = byHeart || (rise >= warn && gap >= 2 * least);
    return {
      finding: {
        severity: grave && !kept ? "warning" : "info",
        confidence: 0.85,
        title: "the model remembers the training images",
        evidence: [
          { name: "accuracy of training minus validation", value: gap },
          { name: "best validation loss", value: best, unit: "nats", epochs: [at + 1] },
          { name: "validation loss at the end", value: held.at(-1)!, unit: "nats", epochs: [held.length] },
        ],
        explanation: `Since epoch ${at + 1} the validation loss has risen from ${nats(best)} to ${nats(held.at(-1)!)} nats, while training accuracy is ${percent(gap)} above that of validation.${kept ? " The weights of the best epoch were kept, so nothing is lost." : ""}`,
        causes: [{ cause: "overfitting", weight: grave ? 0.75 : 0.5 }],
        remedy: kept
          ? "Nothing is broken. More images, augmentation or stronger dropout would let it go on."
          : "Keep the weights of the best epoch (--patience 5), add augmentation, or raise the dropout.",
        falsePositive:
          "The classes are noisy, and the loss of a few confident mistakes rises while accuracy still does.",
      },
    };
  },
});
