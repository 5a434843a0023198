import { defineRule } from "../rule.ts";
import { rate } from "../text.ts";

/** Rates beyond which an optimizer hardly ever trains: [least, most]. */
const USUAL: Readonly<Record<string, readonly [number, number]>> = {
  adam: [1e-6, 2e-2],
  adamw: [1e-6, 2e-2],
  rmsprop: [1e-6, 2e-2],
  sgd: [1e-5, 2],
};

/** A learning rate that no run of this optimizer uses. */
export const lrRange = defineRule({
  id: "lr-range",
  group: "weights",
  preflight: true,
  source: "UMLAUT; Keras's defaults",
  defaults: {
    /** Factor beyond the usual range from which on it is an error. */
    error: 10,
  },
  evaluate({ setup }, { error }) {
    const { optimizer, learningRate } = setup ?? {};
    const usual = USUAL[optimizer?.toLowerCase() ?? ""];
    if (usual === undefined || learningRate === undefined) return { missing: ["the optimizer and its learning rate"] };
    const [least, most] = usual;
    if (learningRate >= least && learningRate <= most) {
      return {
        pass: {
          refutes: [
            { cause: "learning-rate-too-high", weight: 0.3 },
            { cause: "learning-rate-too-low", weight: 0.3 },
          ],
        },
      };
    }
    const high = learningRate > most;
    const off = high ? learningRate / most : least / learningRate;
    return {
      finding: {
        severity: off >= error ? "error" : "warning",
        confidence: off >= error ? 0.95 : 0.8,
        title: `a learning rate of ${rate(learningRate)} is too ${high ? "high" : "low"} for ${optimizer}`,
        evidence: [{ name: "learning rate", value: learningRate }],
        explanation: `${optimizer} is used with rates from ${rate(least)} to ${rate(most)}. ${high ? "Steps of this size throw the weights about; the loss jumps or stands still at the shares of the classes." : "Steps of this size do not get anywhere in the epochs of a run."}`,
        causes: [{ cause: high ? "learning-rate-too-high" : "learning-rate-too-low", weight: 0.9 }],
        remedy: `Begin with ${optimizer?.toLowerCase() === "sgd" ? "--learning-rate 0.01" : "--learning-rate 1e-3 for a new head, 1e-5 for pretrained layers"}, or look for a rate: cassava diagnose RUN --probe, or findLearningRate of @cassava/train.`,
        probe: "learning-rate-range",
        falsePositive: "An unusual network or loss may need an unusual rate.",
      },
    };
  },
});
