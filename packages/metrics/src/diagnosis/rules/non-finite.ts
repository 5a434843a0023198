import { stageLogs } from "../facts.ts";
import { defineRule } from "../rule.ts";

/** A loss that is not a number, or infinite. */
export const nonFinite = defineRule({
  id: "non-finite",
  group: "loss",
  source: "SageMaker Debugger, NotANumber; TheDeepChecker",
  defaults: {},
  evaluate(input) {
    const { history = [], batches } = input;
    const stage = stageLogs(input);
    const logged = stage.flatMap(({ epoch, logs }) =>
      Object.entries(logs).flatMap(([key, value]) => (Number.isFinite(value) ? [] : [{ key, epoch, value }])),
    );
    // Steps are those of all stages.
    const steps = stage.length === history.length ? batches?.losses : undefined;
    const step = steps?.findIndex((loss) => !Number.isFinite(loss)) ?? -1;
    if (history.length === 0 && batches?.losses === undefined)
      return { missing: ["a history, or the loss of each step"] };
    const [first] = logged;
    if (first === undefined && step < 0) return { pass: { refutes: [{ cause: "numeric-overflow", weight: 0.8 }] } };
    const where = first === undefined ? `step ${step + 1}` : `epoch ${first.epoch}`;
    const early = step >= 0 ? step < 3 : (first?.epoch ?? 1) === 1;
    return {
      finding: {
        severity: "error",
        confidence: 1,
        title: `the ${first?.key ?? "loss"} is not a finite number from ${where} on`,
        evidence: [
          first === undefined
            ? { name: "first step with a loss that is not finite", value: step + 1 }
            : { name: first.key, value: String(first.value), epochs: [first.epoch] },
        ],
        explanation: early
          ? `It happened at once, in ${where}: more likely a value in the data, in the weights or in the loss itself than steps that are too large.`
          : `Until then it was finite: the steps have driven the weights to where numbers overflow.`,
        causes: early
          ? [
              { cause: "numeric-overflow", weight: 0.85 },
              { cause: "learning-rate-too-high", weight: 0.6 },
            ]
          : [
              { cause: "learning-rate-too-high", weight: 0.7 },
              { cause: "numeric-overflow", weight: 0.65 },
            ],
        remedy: early
          ? "Look for pixels, weights and class weights that are not finite; then divide the learning rate by ten."
          : "Divide the learning rate by ten and clip the gradients (--clip-norm 1). Keep the weights of the best epoch: the last ones are lost.",
        falsePositive: "Never; weights that were kept from an epoch before it are sound.",
      },
    };
  },
});
