import { priorOf, series } from "../facts.ts";
import { mean } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { percent } from "../text.ts";

/** Validation accuracy above that of training, also where both are measured in the same way. */
export const valAboveTrain = defineRule({
  id: "val-above-train",
  group: "loss",
  source: "UMLAUT; own, as dropout and augmentation explain most of them",
  defaults: {
    /** Validation minus training. */
    gap: 0.05,
    epochs: 4,
  },
  evaluate(input, { gap: least, epochs }) {
    const judged = series(input, "val_accuracy").values;
    const fair = series(input, "train_accuracy").values;
    const trained = fair.length > 0 ? fair : series(input, "accuracy").values;
    if (judged.length < epochs || trained.length < epochs) {
      return { missing: ["accuracy of training and validation of 4 epochs"] };
    }
    const gap = mean(judged.slice(-3)) - mean(trained.slice(-3));
    const share = mean(judged.slice(-3));
    const n = priorOf(input)?.n ?? 100;
    const noise = 2 * Math.sqrt((share * (1 - share)) / n);
    if (gap < Math.max(least, noise)) return { pass: {} };
    const sure = fair.length > 0;
    return {
      finding: {
        severity: sure && gap > 2 * noise ? "warning" : "info",
        confidence: sure ? 0.8 : 0.5,
        title: "validation accuracy is above training accuracy",
        evidence: [
          { name: "accuracy of validation minus training", value: gap },
          { name: "noise of so many validation images", value: noise },
        ],
        explanation: sure
          ? `Measured in the same way, without dropout and augmentation, validation is ${percent(gap)} better. Easier images, or copies of training images, lie in the validation part.`
          : `Validation is ${percent(gap)} better. Dropout, augmentation and the mean over a whole epoch make training look worse than it is; measured in the same way (evaluateTrain) the difference may vanish.`,
        causes: sure
          ? [
              { cause: "duplicate-leak", weight: 0.4 },
              { cause: "split-drift", weight: 0.4 },
            ]
          : [
              { cause: "strong-dropout", weight: 0.15 },
              { cause: "split-drift", weight: 0.1 },
            ],
        remedy: sure
          ? "Audit the split: cassava audit, then cassava split --group-by duplicates."
          : "Measure training again without dropout and augmentation before anything is concluded.",
        falsePositive: "Dropout and augmentation, or a validation part of few images.",
      },
    };
  },
});
