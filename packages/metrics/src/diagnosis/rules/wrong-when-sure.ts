import { wilsonInterval } from "../../interval.ts";
import { answers, rowOf, series } from "../facts.ts";
import { largest, total } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { percent } from "../text.ts";
import { misalignedLabels } from "./misaligned-labels.ts";

/**
 * A model that has learned its training images and does see something in the others is right where it is surest, unless the labels are
 * wrong there: no threshold on its certainty gets rid of the mistakes.
 */
export const wrongWhenSure = defineRule({
  id: "wrong-when-sure",
  group: "data",
  source: "own; curves of risk over coverage: El-Yaniv & Wiener 2010",
  defaults: {
    /** Share of the answers that count as the surest. */
    surest: 0.2,
    /** Images of that share below which nothing is said. */
    images: 30,
    /** Accuracy that they reach, even at the upper end of its 95 % interval, at most. */
    accuracy: 0.78,
    /** Share of the training images outside of the largest class that the model has to know. */
    learned: 0.15,
    /** Training images for each class on the average, of fewer a model knows them by heart. */
    trained: 20,
  },
  evaluate(input, { surest, images, accuracy: most, learned, trained }) {
    const { predictions, splitCounts, setup } = input;
    const n = Math.round(surest * (predictions?.labels.length ?? 0));
    if (predictions === undefined || predictions.split === "train" || n < images) {
      return { missing: [`predictions of ${Math.round(images / surest)} images that were not trained on`] };
    }
    // Weighted classes move what a model is sure of.
    if (setup?.balanced === true) return { missing: ["a run without class weights"] };
    const counts = splitCounts?.train ?? [];
    if (total(counts) < trained * predictions.classes) {
      return { missing: [`the class counts of a training part of ${trained} images a class`] };
    }
    const known = largest(series(input, "accuracy").values);
    const share = largest(counts) / total(counts);
    if (!((known - share) / (1 - share) >= learned))
      return { missing: ["a model that has learned its training images"] };
    // What has nothing to do with the labels is another rule's.
    if (!("pass" in misalignedLabels.evaluate(input, misalignedLabels.defaults))) {
      return { missing: ["answers that have something to do with their labels"] };
    }
    const { labels, probabilities, classes } = predictions;
    const answered = answers(predictions);
    const order = answered
      .map((answer, i) => ({ i, certainty: rowOf(probabilities, i, classes)[answer]! }))
      .sort((a, b) => b.certainty - a.certainty)
      .slice(0, n);
    const right = order.filter(({ i }) => answered[i] === labels[i]).length;
    const { low, high } = wilsonInterval(right, n);
    if (high >= most) return { pass: { refutes: low > most ? [{ cause: "label-noise", weight: 0.5 }] : [] } };
    return {
      finding: {
        severity: "warning",
        confidence: 0.9,
        title: `of the answers that it is surest of, ${percent(1 - right / n, 0)} are wrong`,
        evidence: [
          { name: `accuracy of the surest ${percent(surest, 0)} of the answers`, value: right / n },
          { name: "upper end of its 95 % interval", value: high },
          { name: "training accuracy", value: known },
        ],
        explanation: `The model knows ${percent(known, 0)} of its training images and sees something in the others, and yet of the ${n} answers that it is surest of only ${right} are right (at most ${percent(high, 0)}, 95 % interval). Where labels are right, the surest answers of such a model are hardly ever wrong.`,
        causes: [
          { cause: "label-noise", weight: 0.8 },
          { cause: "weak-features", weight: 0.3 },
        ],
        remedy:
          "Look at the surest mistakes beside their labels (cassava report shows them); smooth the labels (--label-smoothing 0.1).",
        falsePositive:
          "The classes can hardly be told apart by these images, and the head knows its training images by heart.",
      },
    };
  },
});
