import { priorOf } from "../facts.ts";
import { defineRule } from "../rule.ts";
import { nats } from "../text.ts";

/** The bias of the last layer does not begin with the shares of the classes: the first steps only learn those. */
export const lastBias = defineRule({
  id: "last-bias",
  group: "setup",
  preflight: true,
  source: "Karpathy (init well); TheDeepChecker",
  defaults: {
    /** Nats between equal odds and the shares. */
    gain: 0.2,
  },
  evaluate(input, { gain }) {
    const bias = input.setup?.lastBias;
    const prior = priorOf(input);
    if (bias === undefined || prior === undefined)
      return { missing: ["initial bias of the last layer, and class counts"] };
    const worth = prior.uniform - prior.entropy;
    const equal = bias.every((value) => Math.abs(value - bias[0]!) < 1e-6);
    if (!equal || worth < gain || input.setup?.balanced === true) return { pass: {} };
    return {
      finding: {
        severity: "info",
        confidence: 0.9,
        title: "the last layer begins with equal odds",
        evidence: [{ name: "what the shares of the classes would give", value: worth, unit: "nats" }],
        explanation: `The first steps go into learning how frequent the classes are, worth ${nats(worth)} nats that could be given for nothing.`,
        causes: [],
        remedy: "--prior-bias begins with the shares of the classes.",
        falsePositive: "It costs an epoch at most.",
      },
    };
  },
});
