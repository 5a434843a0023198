import { defineRule } from "../rule.ts";

/** Softmax twice, or not at all. */
export const lossInput = defineRule({
  id: "loss-input",
  group: "setup",
  preflight: true,
  source: "UMLAUT; AUTOTRAINER; TheDeepChecker",
  defaults: {},
  evaluate({ setup }) {
    const { outputActivation, lossInput } = setup ?? {};
    if (outputActivation === undefined || lossInput === undefined) {
      return { missing: ["activation of the last layer, and what the loss takes"] };
    }
    const twice = outputActivation === "softmax" && lossInput === "logits";
    const never = outputActivation !== "softmax" && lossInput === "probabilities";
    if (!twice && !never) return { pass: { refutes: [{ cause: "double-softmax", weight: 0.9 }] } };
    return {
      finding: {
        severity: "error",
        confidence: 0.97,
        title: twice ? "softmax is applied twice" : "the loss takes probabilities and gets logits",
        evidence: [
          { name: "activation of the last layer", value: outputActivation },
          { name: "what the loss takes", value: lossInput },
        ],
        explanation: twice
          ? "The last layer gives probabilities, and the loss applies softmax to them again: gradients shrink and the loss cannot get near 0."
          : "The loss takes the logarithm of what is no probability.",
        causes: [{ cause: "double-softmax", weight: 0.95 }],
        remedy: "Let the last layer be linear and the loss take logits (from_logits=True), or neither.",
        falsePositive: "Never, if the setup is stated rightly.",
      },
    };
  },
});
