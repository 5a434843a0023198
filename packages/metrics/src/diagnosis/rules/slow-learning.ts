import { priorOf, series } from "../facts.ts";
import { mean } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { nats } from "../text.ts";

/** The loss still falls at the end, steadily, and is far from where it could be: the steps are too small or too few. */
export const slowLearning = defineRule({
  id: "slow-learning",
  group: "loss",
  source: "AUTOTRAINER, slow convergence; Deep Learning Tuning Playbook",
  defaults: {
    /** Share of the epochs in which the training loss fell. */
    falling: 0.75,
    /** Last gain per epoch, as a share of the mean gain per epoch. */
    steady: 0.4,
    epochs: 5,
  },
  evaluate(input, { falling, steady, epochs }) {
    const { values } = series(input, "loss");
    const prior = priorOf(input);
    if (values.length < epochs || prior === undefined) {
      return { missing: ["class counts and the training loss of 5 epochs"] };
    }
    const steps = values.slice(1).map((value, i) => values[i]! - value);
    const third = Math.max(2, Math.floor(steps.length / 3));
    const [whole, last] = [mean(steps), mean(steps.slice(-third))];
    const falls = steps.filter((step) => step > 0).length / steps.length;
    const end = values.at(-1)!;
    const held = series(input, "val_loss").values;
    const reached = Math.min(end, ...(held.length > 0 ? [Math.min(...held)] : []));
    // Still about the shares of the classes: what a good rate reaches within an epoch or two.
    // Weighted classes are learned as if they were equally frequent.
    const level = input.setup?.balanced === true ? prior.uniform : prior.entropy;
    const early = reached > level * 0.97;
    if (falls < falling || last < steady * whole || !early || whole <= 0) return { pass: {} };
    return {
      finding: {
        severity: "warning",
        confidence: 0.8,
        title: "the loss is still falling and has not got below that of the shares of the classes",
        evidence: [
          { name: "training loss at the end", value: end, unit: "nats", epochs: [values.length] },
          { name: "gain per epoch", value: whole, unit: "nats" },
          { name: "gain per epoch at the end", value: last, unit: "nats" },
          { name: "entropy of the classes", value: prior.entropy, unit: "nats" },
        ],
        explanation: `After ${values.length} epochs the training loss is ${nats(end)} nats and still falls by ${nats(last)} an epoch, about as fast as at the beginning. Knowing only the shares of the classes gives ${nats(prior.entropy)}.`,
        causes: [
          { cause: "learning-rate-too-low", weight: 0.7 },
          { cause: "too-little-training", weight: 0.45 },
          { cause: "strong-dropout", weight: 0.15 },
        ],
        remedy: "Multiply the learning rate by ten, or train for longer.",
        probe: "learning-rate-range",
        falsePositive: "The run was cut short on purpose.",
      },
    };
  },
});
