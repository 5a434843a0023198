import { balancedGain, labelCounts, learns, priorOf, recognizedCounts, series } from "../facts.ts";
import { largest, total } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { percent, plural } from "../text.ts";

/** Hardly better than answering the most frequent class: less than a tenth of the way from there to perfect. */
export const noBaselineGain = defineRule({
  id: "no-baseline-gain",
  group: "collapse",
  source: "deepchecks, simple model comparison",
  defaults: {
    /** (accuracy - share) / (1 - share). */
    gain: 0.1,
    /** Standard errors by which the gain stays below that, before it is warned of: 1.645 leaves 5 % to chance. */
    errors: 1.645,
    evaluations: 3,
  },
  evaluate(input, { gain: least, errors, evaluations }) {
    const { predictions } = input;
    const prior = priorOf(input);
    let [score, share, n] = [Number.NaN, Number.NaN, 0];
    if (predictions !== undefined && predictions.labels.length > 0) {
      n = predictions.labels.length;
      score = total(recognizedCounts(predictions)) / n;
      share = Math.max(...labelCounts(predictions)) / n;
    } else {
      const { values } = series(input, "val_accuracy");
      if (prior === undefined || values.length < evaluations) {
        return { missing: ["predictions, or class counts and the validation accuracy of 3 epochs"] };
      }
      [score, share, n] = [largest(values), prior.share, prior.n];
    }
    if (share > 0.98) return { pass: {} };
    const gain = (score - share) / (1 - share);
    // Of a small part a gain has to be beyond its noise before its absence means anything; then it is said, and not warned of.
    const noise = Math.sqrt((share * (1 - share)) / n) / (1 - share);
    // A model that is weighted towards the rare classes gives accuracy away for them.
    if (gain >= least || (balancedGain(input) ?? 0) >= least) return { pass: {} };
    const sure = gain + errors * noise < least && !learns(input);
    return {
      finding: {
        severity: sure ? "warning" : "info",
        confidence: sure ? 0.85 : 0.6,
        title: "the model is hardly better than always answering the most frequent class",
        evidence: [
          { name: "accuracy", value: score },
          { name: "share of the most frequent class", value: share },
          { name: "way from there to perfect", value: gain },
        ],
        explanation: `Accuracy is ${percent(score)} on ${plural(n, "image")}; the most frequent class alone gives ${percent(share)}.`,
        causes: [
          { cause: "weak-features", weight: 0.35 },
          { cause: "labels-misaligned", weight: 0.3 },
          { cause: "preprocessing", weight: 0.3 },
          { cause: "learning-rate-too-high", weight: 0.2 },
          { cause: "learning-rate-too-low", weight: 0.2 },
          { cause: "imbalance", weight: 0.2 },
          { cause: "label-noise", weight: 0.2 },
        ],
        remedy: "Judge it by balanced accuracy, and look at the causes below before more epochs are spent.",
        probe: "preprocessing-sweep",
        falsePositive: "One class is so frequent that accuracy hides what is learned of the others.",
      },
    };
  },
});
