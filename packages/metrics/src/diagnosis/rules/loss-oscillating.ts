import { priorOf, series } from "../facts.ts";
import { mean, median } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { nats, percent } from "../text.ts";

/** The training loss swings from epoch to epoch without getting lower. */
export const lossOscillating = defineRule({
  id: "loss-oscillating",
  group: "loss",
  source: "TheDeepChecker; AUTOTRAINER, oscillating loss",
  defaults: {
    /** Share of the level that the middle step between epochs has. */
    swing: 0.08,
    /** Share of steps between epochs that turn around; noise turns in 2 of 3. */
    turns: 0.5,
    epochs: 6,
  },
  evaluate(input, { swing: least, turns: often, epochs }) {
    const { values } = series(input, "loss");
    if (values.length < epochs) return { missing: ["the training loss of 6 epochs"] };
    const settled = values.slice(2);
    const steps = settled.slice(1).map((value, i) => value - settled[i]!);
    const swing = median(steps.map(Math.abs)) / median(settled);
    const turns = steps.slice(1).filter((step, i) => step * steps[i]! < 0).length / (steps.length - 1);
    // Around a level that only a network reaches which has learned, it is the noise of small batches.
    const prior = priorOf(input);
    if (prior !== undefined && median(settled) < 0.85 * prior.entropy) return { pass: {} };
    const half = settled.length >> 1;
    const gain = (mean(settled.slice(0, half)) - mean(settled.slice(-half))) / median(settled);
    if (swing < least * (input.setup?.balanced === true ? 2 : 1) || turns < often || gain > 2 * swing)
      return { pass: {} };
    return {
      finding: {
        severity: "warning",
        confidence: 0.75,
        title: "the training loss goes up and down without getting lower",
        evidence: [
          { name: "middle step between epochs", value: swing },
          { name: "share of steps that turn around", value: turns },
        ],
        explanation: `Around ${nats(median(settled))} nats the training loss moves by ${percent(swing)} from one epoch to the next, in turns: a step undoes the one before.`,
        causes: [
          { cause: "learning-rate-too-high", weight: 0.55 },
          { cause: "not-shuffled", weight: 0.3 },
          { cause: "numeric-overflow", weight: 0.1 },
        ],
        remedy: "Divide the learning rate by ten, or let it fall with --schedule cosine or --plateau 3.",
        probe: "learning-rate-range",
        falsePositive: "The training part is small, and dropout and augmentation make every epoch differ.",
      },
    };
  },
});
