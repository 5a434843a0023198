import { priorOf, series } from "../facts.ts";
import { largest } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { percent } from "../text.ts";

/** A validation accuracy that is too good for photographs. */
export const suspiciouslyHighVal = defineRule({
  id: "suspiciously-high-val",
  group: "loss",
  source: "UMLAUT",
  defaults: {
    accuracy: 0.995,
    epochs: 2,
  },
  evaluate(input, { accuracy, epochs }) {
    const { values } = series(input, "val_accuracy");
    if (values.length < epochs) return { missing: ["validation accuracy of 2 epochs"] };
    const best = largest(values);
    const share = priorOf(input)?.share ?? 0;
    if (best <= Math.max(accuracy, share + 0.5 * (1 - share))) return { pass: {} };
    return {
      finding: {
        severity: "info",
        confidence: 0.5,
        title: `validation accuracy reaches ${percent(best)}`,
        evidence: [{ name: "best validation accuracy", value: best, epochs: [values.indexOf(best) + 1] }],
        explanation:
          "Hardly any set of photographs is that easy. Copies of training images in the validation part, or something beside the subject that gives the class away, are more likely.",
        causes: [{ cause: "duplicate-leak", weight: 0.3 }],
        remedy:
          "Audit the split for duplicates, and look at what the images of one class have in common beside their subject.",
        falsePositive: "The task is easy.",
      },
    };
  },
});
