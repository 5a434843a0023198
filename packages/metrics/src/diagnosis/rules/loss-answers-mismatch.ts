import { series } from "../facts.ts";
import { defineRule } from "../rule.ts";
import { nats } from "../text.ts";

/** The logged validation loss is not the log loss of the answers: what is minimized is another function of what the network gives. */
export const lossAnswersMismatch = defineRule({
  id: "loss-answers-mismatch",
  group: "loss",
  source: "own",
  defaults: {
    /** Relative difference of the two losses at the epoch whose weights answer. */
    difference: 0.02,
  },
  evaluate(input, { difference }) {
    const { predictions, setup } = input;
    const { values } = series(input, "val_loss");
    if (predictions?.split !== "validation" || values.length === 0 || setup?.keptBest === undefined) {
      return { missing: ["answers for the validation part, its logged loss, and which epoch's weights were kept"] };
    }
    if ((setup.loss !== undefined && setup.loss !== "crossentropy") || setup.labelSmoothing || setup.testViews) {
      return { missing: ["a plain crossentropy, without smoothing and without averaged views"] };
    }
    const { labels, probabilities, classes } = predictions;
    let sum = 0;
    for (let i = 0; i < labels.length; i++) sum -= Math.log(probabilities[i * classes + labels[i]!]!);
    // What an answer of 0 has cost is known to the loss alone, which has the logits.
    if (!Number.isFinite(sum)) return { missing: ["answers that give every label a probability above 0"] };
    const computed = sum / labels.length;
    const logged = setup.keptBest ? Math.min(...values) : values.at(-1)!;
    if (Math.abs(computed - logged) <= difference * Math.max(computed, logged) + 0.005) {
      return { pass: { refutes: [{ cause: "double-softmax", weight: 0.9 }] } };
    }
    return {
      finding: {
        severity: "warning",
        confidence: 0.9,
        title: "the logged loss is not that of the answers",
        evidence: [
          { name: "logged validation loss", value: logged, unit: "nats" },
          { name: "log loss of the answers", value: computed, unit: "nats" },
        ],
        explanation: `The validation loss was logged as ${nats(logged)} nats; computed from the probabilities that the model answers with, it is ${nats(computed)}. Softmax that is applied twice does that: the loss sees flatter probabilities than the answers have.`,
        causes: [{ cause: "double-softmax", weight: 0.9 }],
        remedy: "Give the loss the logits of a last layer without an activation.",
        falsePositive: "The loss has another term, such as a penalty on the weights.",
      },
    };
  },
});
