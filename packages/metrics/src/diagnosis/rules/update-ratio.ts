import { median } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { rate } from "../text.ts";

/** Steps that are too large or too small for the weights they change. */
export const updateRatio = defineRule({
  id: "update-ratio",
  group: "weights",
  source: "TheDeepChecker; Karpathy, CS231n (ratio of updates to weights about 1e-3)",
  defaults: {
    /** log10 of |update| / |weight|, the middle one over the kernels. */
    least: -4.5,
    most: -0.5,
  },
  evaluate({ weights }, { least, most }) {
    const ratios = (weights?.weights ?? []).flatMap(({ trainable, logUpdateRatio }) =>
      trainable && logUpdateRatio !== undefined && Number.isFinite(logUpdateRatio) ? [logUpdateRatio] : [],
    );
    if (ratios.length === 0) return { missing: ["ratios of updates to weights"] };
    const value = median(ratios);
    if (value >= least && value <= most) {
      return {
        pass: {
          refutes: [
            { cause: "learning-rate-too-high", weight: 0.3 },
            { cause: "learning-rate-too-low", weight: 0.3 },
            { cause: "nothing-trains", weight: 0.8 },
          ],
        },
      };
    }
    const high = value > most;
    return {
      finding: {
        severity: "warning",
        confidence: Math.min(0.95, 0.85 + 0.25 * Math.abs(value - (high ? most : least))),
        title: `a step changes the weights by ${rate(Number((10 ** value).toPrecision(2)))} of their size`,
        evidence: [{ name: "log10 of update / weight, the middle over the kernels", value }],
        explanation: `About a thousandth is healthy. ${high ? "Steps this large overshoot." : "At this pace the weights hardly move in a whole run."}`,
        causes: [{ cause: high ? "learning-rate-too-high" : "learning-rate-too-low", weight: 0.9 }],
        remedy: high ? "Divide the learning rate by ten." : "Multiply the learning rate by ten.",
        probe: "learning-rate-range",
        falsePositive: "Weights that begin near zero change by a large share at first.",
      },
    };
  },
});
