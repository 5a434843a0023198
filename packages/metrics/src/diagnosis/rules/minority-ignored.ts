import { answerCounts, className, labelCounts, recognizedCounts } from "../facts.ts";
import { total } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { list, percent } from "../text.ts";

/** A class that is hardly ever recognized, beside one that is. */
export const minorityIgnored = defineRule({
  id: "minority-ignored",
  group: "collapse",
  source: "SageMaker Debugger, ClassImbalance; deepchecks, class performance imbalance",
  defaults: {
    /** Share of a class's images that are wrong. */
    error: 0.7,
    /** Images of a class below which nothing is said of it. */
    images: 10,
    /** Share of a class's images that a model gets right that has learned something. */
    best: 0.5,
    /** Share of one answer from which on `majority-collapse` is asked instead. */
    collapse: 0.99,
  },
  evaluate(input, { error, images, best, collapse }) {
    const { predictions } = input;
    if (predictions === undefined) return { missing: ["predictions"] };
    const counts = labelCounts(predictions);
    const given = answerCounts(predictions);
    // One answer for everything is another symptom.
    if (Math.max(...given) >= collapse * predictions.labels.length) return { pass: {} };
    const right = recognizedCounts(predictions);
    const recall = right.map((count, c) => count / counts[c]!);
    const judged = counts.flatMap((count, c) => (count >= images ? [c] : []));
    const ignored = judged.filter((c) => 1 - recall[c]! > error);
    if (ignored.length === 0 || !judged.some((c) => recall[c]! >= best)) return { pass: {} };
    const share = total(ignored.map((c) => counts[c]!)) / total(counts);
    const unseen = ignored.filter((c) => right[c] === 0);
    return {
      finding: {
        severity: "info",
        confidence: 0.9,
        title: `hardly any image of ${list(ignored.map((c) => className(input, c)))} is recognized`,
        evidence: ignored.map((c) => ({ name: `recall of ${className(input, c)}`, value: recall[c]! })),
        explanation: `In the ${predictions.split} part ${list(ignored.map((c) => `${right[c]} of ${counts[c]} images of ${className(input, c)} (${percent(recall[c]!, 0)})`))} are recognized. ${ignored.length === 1 ? "The class has" : "These classes have"} ${percent(share)} of its images: accuracy can lose no more than that by ${ignored.length === 1 ? "it" : "them"}.`,
        causes: [
          { cause: "imbalance", weight: unseen.length > 0 ? 0.4 : 0.3 },
          { cause: "too-little-training", weight: 0.2 },
          { cause: "weak-features", weight: 0.2 },
        ],
        remedy:
          "Train with --class-weights balanced or --loss focal, and compare balanced accuracy and macro-F1 rather than accuracy.",
        falsePositive: "Two classes can hardly be told apart by anybody: look at the most confused pairs.",
      },
    };
  },
});
