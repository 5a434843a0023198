import type { CauseVote } from "./cause.ts";
import { type Prior, series, settledLoss } from "./facts.ts";
import type { DiagnosisInput } from "./input.ts";
import { mean, median } from "./numbers.ts";
import { nats } from "./text.ts";

/** What the loss of a run with one answer for every image says of it. */
export interface CollapsePicture {
  readonly name: "diverged" | "untrained" | "prior" | "unstable" | "falling" | "learning" | "unseen" | "unknown";
  /** A sentence with the numbers. */
  readonly explanation: string;
  readonly causes: readonly CauseVote[];
  /** What to try first. */
  readonly remedy: string;
}

/** Share of the entropy within which a loss stands at it, and below which it is clearly lower. */
const NEAR = 0.06;
const BELOW = 0.08;

const FIRST_PREPROCESSING =
  "First make sure that the network gets pixels from 0 to 255 in RGB and preprocesses them itself, as its weights were trained: pixels divided by 255 beforehand give exactly this picture. Then raise or lower the learning rate tenfold and see whether the loss moves.";

/** Tells the kinds of collapse apart by their loss: learned only the shares, learned nothing, diverged, or learns below the surface. */
export function collapsePicture(input: DiagnosisInput, prior: Prior): CollapsePicture {
  const settled = settledLoss(input);
  if (settled === undefined) {
    return {
      name: "unknown",
      explanation: "No loss is logged, which would tell the causes apart.",
      causes: [
        { cause: "preprocessing", weight: 0.45 },
        { cause: "learning-rate-too-high", weight: 0.35 },
        { cause: "batch-normalization-mode", weight: 0.3 },
        { cause: "weights-unloaded", weight: 0.3 },
        { cause: "not-shuffled", weight: 0.25 },
        { cause: "learning-rate-too-low", weight: 0.2 },
      ],
      remedy: `Log the loss of every epoch. ${FIRST_PREPROCESSING}`,
    };
  }
  const { value, of } = settled;
  const { entropy, uniform } = prior;
  const stands = `The ${of} stands at ${nats(value)} nats; always answering the shares of the classes costs ${nats(entropy)}, equal odds for ${prior.classes} classes ${nats(uniform)}.`;
  const motion = motionOf(input);
  if (value > 1.5 * uniform) {
    return {
      name: "diverged",
      explanation: `${stands} So it is worse than knowing nothing: the steps are too large, or the network is run in another way when it is judged than when it is trained.`,
      causes: [
        { cause: "learning-rate-too-high", weight: 0.65 },
        { cause: "batch-normalization-mode", weight: 0.45 },
        { cause: "not-shuffled", weight: 0.25 },
        { cause: "dead-head", weight: 0.2 },
      ],
      remedy:
        "Divide the learning rate by ten and train again; if the training loss was fine and only this one is not, run frozen batch normalization in inference mode.",
    };
  }
  // The loss of training carries the noise of dropout, which makes it higher.
  const slack = of === "training loss" ? 2 : 1;
  if (value < entropy * (1 - BELOW) && of === "training loss") {
    return {
      name: "unseen",
      explanation: `${stands} So the network tells its training images apart, and no validation image profits: what is judged is run, or prepared, in another way than what is trained.`,
      causes: [
        { cause: "batch-normalization-mode", weight: 0.5 },
        { cause: "preprocessing", weight: 0.4 },
        { cause: "overfitting", weight: 0.25 },
        { cause: "labels-misaligned", weight: 0.2 },
      ],
      remedy:
        "Run frozen batch normalization in inference mode, and make sure that validation images are preprocessed exactly as training images are. Log the validation loss too.",
    };
  }
  if (value < entropy * (1 - BELOW)) {
    return {
      name: "learning",
      explanation: `${stands} It is below that of the shares, so the network does tell images apart; the most frequent class still has the largest probability everywhere. That is no collapse: the margin is too small yet.`,
      causes: [
        { cause: "strong-dropout", weight: (input.setup?.dropout ?? 0) >= 0.4 ? 0.7 : 0.4 },
        { cause: "too-little-training", weight: 0.5 },
        { cause: "imbalance", weight: 0.3 },
      ],
      remedy:
        "Train for more epochs, or lower the dropout to 0.2-0.3; balanced class weights make the rare classes heard.",
    };
  }
  if (motion === "unstable") {
    return {
      name: "unstable",
      explanation: `${stands} The training loss goes up and down without getting better: each step undoes the one before.`,
      causes: [
        { cause: "learning-rate-too-high", weight: 0.65 },
        { cause: "not-shuffled", weight: 0.45 },
        { cause: "batch-normalization-mode", weight: 0.3 },
        { cause: "preprocessing", weight: 0.3 },
      ],
      remedy:
        "First divide the learning rate by ten. If the loss still goes up and down, make sure that the training images are shuffled anew in every epoch.",
    };
  }
  if (uniform - entropy > 0.1 && Math.abs(value - uniform) < NEAR * uniform) {
    return {
      name: "untrained",
      explanation: `${stands} It is that of equal odds: nothing has been learned, not even the shares.`,
      causes: [
        { cause: "learning-rate-too-low", weight: 0.55 },
        { cause: "nothing-trains", weight: 0.5 },
        { cause: "too-little-training", weight: 0.35 },
        { cause: "double-softmax", weight: 0.25 },
      ],
      remedy: "Check that the head is trainable and its weights change; then multiply the learning rate by ten.",
    };
  }
  if (motion === "falling") {
    return {
      name: "falling",
      explanation: `${stands} The loss is still falling, so the network learns, but so slowly that it has only got to the shares of the classes.`,
      causes: [
        { cause: "learning-rate-too-low", weight: 0.55 },
        { cause: "too-little-training", weight: 0.5 },
        { cause: "preprocessing", weight: 0.3 },
        { cause: "strong-dropout", weight: 0.25 },
        { cause: "weak-features", weight: 0.2 },
      ],
      remedy:
        "First train for longer, or multiply the learning rate by three to ten, as the loss is on its way down. If the accuracy does not move then, check the preprocessing.",
    };
  }
  if (value - entropy <= slack * NEAR * entropy) {
    return {
      name: "prior",
      explanation: `${stands} It is that of the shares: the network has learned how frequent the classes are and nothing from the images.`,
      causes: [
        { cause: "preprocessing", weight: 0.6 },
        { cause: "learning-rate-too-high", weight: 0.4 },
        { cause: "weights-unloaded", weight: 0.4 },
        { cause: "labels-misaligned", weight: 0.35 },
        { cause: "blank-input", weight: 0.3 },
        { cause: "weak-features", weight: 0.3 },
        { cause: "dead-head", weight: 0.25 },
        { cause: "batch-normalization-mode", weight: 0.2 },
        { cause: "imbalance", weight: 0.15 },
      ],
      remedy: FIRST_PREPROCESSING,
    };
  }
  return {
    name: "unknown",
    explanation: `${stands} It has settled at neither.`,
    causes: [
      { cause: "learning-rate-too-high", weight: 0.4 },
      { cause: "preprocessing", weight: 0.4 },
      { cause: "double-softmax", weight: 0.3 },
      { cause: "not-shuffled", weight: 0.3 },
      { cause: "learning-rate-too-low", weight: 0.25 },
    ],
    remedy: FIRST_PREPROCESSING,
  };
}

/** How the training loss has moved after the first evaluations, in which any network learns the shares. */
function motionOf(input: DiagnosisInput): "unstable" | "falling" | "still" {
  const all = series(input, "loss").values;
  const values = all.slice(Math.min(2, Math.max(0, all.length - 4)));
  if (values.length < 4) return "still";
  const steps = values.slice(1).map((value, i) => value - values[i]!);
  const gain = mean(values.slice(0, 2)) - mean(values.slice(-2));
  const wobble = median(steps.map(Math.abs));
  const level = median(values);
  const turns = steps.slice(1).filter((step, i) => step * steps[i]! < 0).length / (steps.length - 1);
  const falls = steps.filter((step) => step < 0).length / steps.length;
  if (gain > 0.03 * level && (falls >= 0.7 || gain > 4 * wobble) && gain > 1.5 * wobble) return "falling";
  if (wobble > 0.02 * level && turns >= 0.4 && gain < 2 * wobble) return "unstable";
  return "still";
}
