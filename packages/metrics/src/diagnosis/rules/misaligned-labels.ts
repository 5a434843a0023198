import { createRandom } from "../../random.ts";
import { labelCounts, priorOf, series } from "../facts.ts";
import { defineRule } from "../rule.ts";
import { nats } from "../text.ts";

/** The answers have no more to do with their labels than with those of other images. */
export const misalignedLabels = defineRule({
  id: "misaligned-labels",
  group: "data",
  source: "own; permutation test: Ojala & Garriga 2010",
  defaults: {
    permutations: 200,
    /** Standard deviations above the mean of the permuted scores that the real one has to be. */
    deviations: 2.5,
    images: 50,
    /** Images outside of the most frequent class: of fewer, luck decides. */
    others: 30,
    /** Standard deviation of the scores over permutations, in nats, below which the answers hardly differ. */
    spread: 1e-4,
  },
  evaluate(input, { permutations, deviations, images, others, spread: least }) {
    const { predictions } = input;
    if (predictions === undefined || predictions.split === "train" || predictions.labels.length < images) {
      return { missing: [`predictions of ${images} images that were not trained on`] };
    }
    if (predictions.labels.length - Math.max(...labelCounts(predictions)) < others) {
      return { missing: [`predictions of ${others} images outside of the most frequent class`] };
    }
    const prior = priorOf(input);
    const trained = series(input, "loss").values;
    const reached = input.setup?.keptBest === false ? trained.at(-1) : Math.min(...trained);
    // A network that does not know its training images either says nothing about their labels.
    if (prior !== undefined && reached !== undefined && Number.isFinite(reached) && reached > 0.97 * prior.entropy) {
      return { missing: ["a model that has learned its training images"] };
    }
    const { labels, probabilities, classes } = predictions;
    const n = labels.length;
    const logs = Float64Array.from({ length: n * classes }, (_, i) => Math.log(Math.max(probabilities[i]!, 1e-7)));
    const score = (given: ArrayLike<number>) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += logs[i * classes + given[i]!]!;
      return sum / n;
    };
    const random = createRandom(42);
    const permuted = Array.from(labels);
    const scores = Array.from({ length: permutations }, () => {
      for (let i = n - 1; i > 0; i--) {
        const k = Math.floor(random() * (i + 1));
        [permuted[i], permuted[k]] = [permuted[k]!, permuted[i]!];
      }
      return score(permuted);
    });
    const center = scores.reduce((sum, value) => sum + value, 0) / permutations;
    const spread = Math.sqrt(scores.reduce((sum, value) => sum + (value - center) ** 2, 0) / permutations);
    if (spread < least) return { missing: ["answers that differ from image to image"] };
    const real = score(labels);
    const z = (real - center) / spread;
    if (z >= deviations)
      return { pass: { refutes: [{ cause: "labels-misaligned", weight: z > 2 * deviations ? 0.9 : 0.6 }] } };
    return {
      finding: {
        severity: "warning",
        confidence: 0.9 - 0.05 * Math.max(0, z),
        title: "the answers have nothing to do with the labels",
        evidence: [
          { name: "log loss", value: -real, unit: "nats" },
          { name: "log loss with the labels of other images", value: -center, unit: "nats" },
          { name: "distance in standard deviations", value: z },
        ],
        explanation: `With its own labels the log loss is ${nats(-real)} nats, with labels dealt out at random ${nats(-center)}, ${z.toFixed(1)} standard deviations apart. The answers differ from image to image, but not as the labels do.`,
        causes: [
          { cause: "labels-misaligned", weight: 0.8 },
          { cause: "weights-unloaded", weight: 0.2 },
          { cause: "preprocessing", weight: 0.2 },
          { cause: "weak-features", weight: 0.15 },
          { cause: "batch-normalization-mode", weight: 0.15 },
        ],
        remedy: "Look at a dozen images beside their labels; check how the table of labels is joined to the images.",
        falsePositive: "A validation part of few images.",
      },
    };
  },
});
