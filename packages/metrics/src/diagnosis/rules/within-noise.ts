import { priorOf, series } from "../facts.ts";
import { largest } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { percent, plural } from "../text.ts";

/** The validation part is so small that the score above the majority class is within its noise. */
export const withinNoise = defineRule({
  id: "within-noise",
  group: "loss",
  source: "own; binomial standard error",
  defaults: {
    /** Standard errors. */
    deviations: 2,
  },
  evaluate(input, { deviations }) {
    const prior = priorOf(input);
    const { values } = series(input, "val_accuracy");
    if (prior === undefined || !prior.exact || values.length === 0) {
      return { missing: ["class counts of the validation part, and validation accuracy"] };
    }
    const best = largest(values);
    const noise = deviations * Math.sqrt((best * (1 - best)) / prior.n);
    const above = best - prior.share;
    if (above <= 0 || above >= noise) return { pass: { refutes: [{ cause: "small-validation", weight: 0.5 }] } };
    return {
      finding: {
        severity: "info",
        confidence: 0.8,
        title: "what is above the majority class is within the noise of the validation part",
        evidence: [
          { name: "best validation accuracy", value: best },
          { name: "share of the most frequent class", value: prior.share },
          { name: "noise", value: noise },
        ],
        explanation: `The best validation accuracy is ${percent(above)} above the share of the most frequent class; ${plural(prior.n, "image")} leave it uncertain by ${percent(noise)}.`,
        causes: [{ cause: "small-validation", weight: 0.35 }],
        remedy: "Cross-validate (cassava cross-validate), so that every image is judged once.",
        falsePositive: "The difference may be real: more images would show it.",
      },
    };
  },
});
