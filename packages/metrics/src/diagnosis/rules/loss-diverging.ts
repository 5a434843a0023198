import { series } from "../facts.ts";
import { largest, mean } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { nats } from "../text.ts";

const KINDS = {
  away: { severity: "error", confidence: 0.9, title: "the training loss has run away" },
  burst: { severity: "warning", confidence: 0.8, title: "the training loss shot up after the first steps" },
  risen: { severity: "info", confidence: 0.4, title: "the training loss has risen again" },
} as const;

/** The training loss is a multiple of its best, or was. */
export const lossDiverging = defineRule({
  id: "loss-diverging",
  group: "loss",
  source: "TheDeepChecker; SageMaker Debugger, ExplodingTensor",
  defaults: {
    /** Multiple of the best training loss. */
    factor: 2,
    /** Multiple of the loss of the first step that a later one reaches. */
    start: 8,
  },
  evaluate(input, { factor, start: multiple }) {
    const { values } = series(input, "loss");
    const losses = input.batches?.losses?.filter(Number.isFinite) ?? [];
    if (values.length < 2 && losses.length < 20) return { missing: ["the training loss of 2 epochs"] };
    const best = Math.min(...values);
    const at = values.indexOf(best);
    const after = values.slice(at + 1);
    const last = mean(after.slice(-2));
    const rises = after.length > 0 && last >= factor * best && last - best > 0.2;
    const [peak, start] = [largest(losses), losses[0] ?? Number.NaN];
    // Weighted classes make the loss of a batch jump with the classes that it happens to have.
    const limit = multiple * (input.setup?.balanced === true ? 3 : 1);
    const burst = losses.length > 0 && peak > limit * Math.max(start, 1) && losses.indexOf(peak) > 0;
    if (!rises && !burst) return { pass: {} };
    // A loss that is still a fraction of where it began has not run away.
    const kind = rises && last >= 0.5 * values[0]! ? "away" : burst ? "burst" : "risen";
    const { severity, confidence, title } = KINDS[kind];
    return {
      finding: {
        severity,
        confidence,
        title,
        evidence:
          kind === "burst"
            ? [
                { name: "loss of the first step", value: start, unit: "nats" },
                { name: "largest loss of a step", value: peak, unit: "nats" },
              ]
            : [
                { name: "best training loss", value: best, unit: "nats", epochs: [at + 1] },
                { name: "training loss at the end", value: last, unit: "nats" },
              ],
        explanation:
          kind === "burst"
            ? `It began at ${nats(start)} nats and rose to ${nats(peak)} in step ${losses.indexOf(peak) + 1}: the first steps were far too large.`
            : `It was ${nats(best)} nats in epoch ${at + 1} and stands at ${nats(last)}: the steps lead away from what was found.`,
        causes: [
          { cause: "learning-rate-too-high", weight: kind === "away" ? 0.9 : 0.75 },
          { cause: "numeric-overflow", weight: 0.2 },
          { cause: "not-shuffled", weight: 0.15 },
          { cause: "preprocessing", weight: 0.15 },
        ],
        remedy: "Divide the learning rate by ten; warm up over the first epoch; clip the gradients (--clip-norm 1).",
        probe: "learning-rate-range",
        falsePositive: "The rate was raised on purpose, as a restart of a cosine schedule does.",
      },
    };
  },
});
