import { defineRule } from "../rule.ts";
import { list } from "../text.ts";

/** Weights that should be trained and do not change, or nothing to train at all. */
export const notTraining = defineRule({
  id: "not-training",
  group: "weights",
  source: "SageMaker Debugger, UnchangedTensor",
  defaults: {
    /** Share of the trainable weights that have to stay the same. */
    share: 0.5,
  },
  evaluate({ weights }, { share }) {
    const all = weights?.weights;
    if (all === undefined) return { missing: ["the weights and whether they changed"] };
    const trainable = all.filter((weight) => weight.trainable);
    const watched = trainable.filter(({ changed }) => changed !== undefined);
    if (trainable.length > 0 && watched.length === 0) return { missing: ["whether the weights changed"] };
    const still = watched.filter(({ changed }) => changed === false);
    if (trainable.length > 0 && still.length <= share * watched.length) {
      return { pass: { refutes: [{ cause: "nothing-trains", weight: 0.9 }] } };
    }
    const names = still.slice(0, 3).map(({ name }) => name);
    return {
      finding: {
        severity: "error",
        confidence: 0.97,
        title: trainable.length === 0 ? "nothing is trainable" : "weights that should be trained do not change",
        evidence: [
          { name: "trainable weights", value: trainable.length },
          { name: "of them unchanged", value: still.length },
        ],
        explanation:
          trainable.length === 0
            ? "Every weight of the network is frozen: the run computes and learns nothing."
            : `${still.length} of ${watched.length} trainable weights (${list(names)}${still.length > 3 ? ", …" : ""}) are the same as at the start, to the last bit.`,
        // Where some weights do change, the others are reached by no gradient.
        causes:
          trainable.length === 0 || still.length === watched.length
            ? [
                { cause: "nothing-trains", weight: 0.9 },
                { cause: "learning-rate-too-low", weight: 0.3 },
                { cause: "dead-head", weight: 0.3 },
              ]
            : [
                { cause: "dead-head", weight: 0.8 },
                { cause: "nothing-trains", weight: 0.4 },
              ],
        remedy:
          "Make the head trainable, and check that the learning rate is not 0 and the optimizer gets these weights.",
        falsePositive: "A learning rate that was 0 during a warm-up.",
      },
    };
  },
});
