import { defineRule } from "../rule.ts";
import { nats, percent } from "../text.ts";

/** The loss is the same for black images. */
export const inputInsensitive = defineRule({
  id: "input-insensitive",
  group: "collapse",
  source: "Karpathy, A recipe for training neural networks (input-independent baseline); TheDeepChecker",
  defaults: {
    /** Relative difference of the losses. */
    difference: 0.02,
  },
  evaluate({ checks }, { difference }) {
    const { loss, zeroedLoss } = checks ?? {};
    if (loss === undefined || zeroedLoss === undefined) return { missing: ["the loss of black images"] };
    const apart = Math.abs(zeroedLoss - loss) / Math.abs(loss);
    if (!(apart <= difference)) return { pass: { refutes: [{ cause: "blank-input", weight: 0.6 }] } };
    return {
      finding: {
        severity: "warning",
        confidence: 0.85,
        title: "black images get the same loss as the photographs",
        evidence: [
          { name: "loss", value: loss, unit: "nats" },
          { name: "loss of black images", value: zeroedLoss, unit: "nats" },
        ],
        explanation: `With every pixel set to zero the loss is ${nats(zeroedLoss)} nats instead of ${nats(loss)}, ${percent(apart)} away: what the model answers hardly depends on what it sees.`,
        causes: [
          { cause: "blank-input", weight: 0.4 },
          { cause: "preprocessing", weight: 0.4 },
          { cause: "dead-head", weight: 0.35 },
          { cause: "learning-rate-too-high", weight: 0.3 },
          { cause: "weights-unloaded", weight: 0.2 },
        ],
        remedy: "Look at a batch as the model sees it; then check what is done to its pixels.",
        probe: "preprocessing-sweep",
        falsePositive: "A run that has only begun is as blind.",
      },
    };
  },
});
