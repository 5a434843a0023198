import { labelCounts, recognizedCounts, rowOf } from "../facts.ts";
import { total } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { percent, plural } from "../text.ts";

/** Labels that a model which has not seen them contradicts with confidence. */
export const labelNoise = defineRule({
  id: "label-noise",
  group: "data",
  source: "confident learning: Northcutt, Jiang & Chuang 2021",
  defaults: {
    /** Share of the images whose label is doubted. */
    share: 0.2,
    images: 100,
    /** Accuracy above the majority class that a model needs before its doubts count. */
    gain: 0.1,
  },
  evaluate(input, { share: most, images, gain }) {
    const { predictions } = input;
    if (predictions === undefined || predictions.split === "train" || predictions.labels.length < images) {
      return { missing: [`predictions of ${images} images that were not trained on`] };
    }
    const { labels, probabilities, classes, ids } = predictions;
    const counts = labelCounts(predictions);
    const right = total(recognizedCounts(predictions)) / labels.length;
    const share = Math.max(...counts) / labels.length;
    if ((right - share) / (1 - share) < gain) return { missing: ["a model that is better than the majority class"] };
    // A class is claimed where its probability is above the mean of those that images with its label are given.
    const threshold = counts.map((count, c) => {
      let sum = 0;
      for (let i = 0; i < labels.length; i++) if (labels[i] === c) sum += probabilities[i * classes + c]!;
      return count === 0 ? Number.POSITIVE_INFINITY : sum / count;
    });
    const doubted: string[] = [];
    for (let i = 0; i < labels.length; i++) {
      const row = rowOf(probabilities, i, classes);
      const claimed = row.flatMap((p, c) => (p >= threshold[c]! ? [c] : []));
      const best = claimed.reduce((one, c) => (one < 0 || row[c]! > row[one]! ? c : one), -1);
      if (best >= 0 && best !== labels[i]) doubted.push(ids?.[i] ?? `image ${i}`);
    }
    const found = doubted.length / labels.length;
    const evidence = [
      { name: "share of labels that are doubted", value: found },
      { name: "accuracy", value: right },
    ];
    if (found < most) return { pass: { refutes: [{ cause: "label-noise", weight: 0.3 }] } };
    return {
      finding: {
        severity: "info",
        confidence: 0.6,
        title: `the model contradicts ${percent(found, 0)} of the labels with confidence`,
        evidence,
        explanation: `For ${plural(doubted.length, "image")} of ${labels.length.toLocaleString("en")} another class is more certain than it usually is for its own images: ${doubted.slice(0, 3).join(", ")}, … Some of them may be labelled wrongly, others are hard.`,
        causes: [
          { cause: "label-noise", weight: 0.45 },
          { cause: "weak-features", weight: 0.2 },
        ],
        remedy: "Look at the listed images; use --label-smoothing 0.1 while labels are noisy.",
        falsePositive: "A weak model doubts what it cannot see.",
      },
    };
  },
});
