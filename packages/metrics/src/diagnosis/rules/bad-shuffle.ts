import { chiSquare } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { plural } from "../text.ts";

/** Batches whose classes vary more than those of shuffled images. */
export const badShuffle = defineRule({
  id: "bad-shuffle",
  group: "data",
  source: "own: dispersion of the batches' chi-squared; 31.9 sorted, 13.3 buffer of 2,048, 2.9 of 8,192, .93 shuffled",
  defaults: {
    /** Chi-squared per degree of freedom, mean over the batches, at 100 batches or more. */
    dispersion: 1.5,
    batches: 8,
  },
  evaluate({ batches }, { dispersion: most, batches: least }) {
    const labels = batches?.labels;
    if (labels === undefined || labels.length < least) return { missing: [`labels of ${least} batches of an epoch`] };
    const counts = labels.map((batch) => {
      const row: number[] = [];
      for (let i = 0; i < batch.length; i++) row[batch[i]!] = (row[batch[i]!] ?? 0) + 1;
      return row;
    });
    const { statistic, freedom } = chiSquare(counts);
    if (freedom < 1) return { missing: ["batches of two classes"] };
    const dispersion = statistic / freedom;
    // The noise of the mean: chi-squared per degree has a variance of 2 / freedom, and more where classes are rare.
    const limit = Math.max(most, 1 + 6 * Math.sqrt(2 / freedom));
    if (dispersion <= limit) return { pass: { refutes: [{ cause: "not-shuffled", weight: 0.85 }] } };
    return {
      finding: {
        severity: dispersion > 2 * limit ? "error" : "warning",
        confidence: 0.95,
        title: "batches are not mixed: images come in an order that follows their class",
        evidence: [
          { name: "dispersion of the classes over the batches (1: shuffled)", value: dispersion },
          { name: "batches", value: counts.length },
        ],
        explanation: `Over ${plural(counts.length, "batch", "batches")} the classes vary ${dispersion.toFixed(1)} times as much as those of shuffled images. The network learns the class at hand and forgets the ones before.`,
        causes: [{ cause: "not-shuffled", weight: 0.92 }],
        remedy:
          "Shuffle all images anew in every epoch, by index; a shuffle buffer smaller than the data set does not do it.",
        falsePositive: "Batches that are balanced on purpose vary less, never more.",
      },
    };
  },
});
