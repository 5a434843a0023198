import { defineRule } from "../rule.ts";
import { plural } from "../text.ts";

/** Hidden layers without an activation: together they are one linear layer. */
export const noNonLinearity = defineRule({
  id: "no-non-linearity",
  group: "setup",
  preflight: true,
  source: "UMLAUT; DeepDiagnosis",
  defaults: {},
  evaluate({ setup }) {
    const { headUnits, hiddenActivation } = setup ?? {};
    if (headUnits === undefined) return { missing: ["hidden layers of the head"] };
    if (headUnits.length > 0 && hiddenActivation === undefined) return { missing: ["activation of the hidden layers"] };
    if (headUnits.length === 0 || hiddenActivation !== "linear") {
      return { pass: { refutes: [{ cause: "no-non-linearity", weight: 0.9 }] } };
    }
    return {
      finding: {
        severity: "warning",
        confidence: 0.9,
        title: "the hidden layers have no activation",
        evidence: [{ name: "hidden layers", value: headUnits.length }],
        explanation: `${plural(headUnits.length, "dense layer")} without an activation can do no more than one linear layer.`,
        causes: [{ cause: "no-non-linearity", weight: 0.8 }],
        remedy: "Use --head-activation relu, or --head none for a linear head.",
        falsePositive: "A narrow linear layer on purpose, as a bottleneck.",
      },
    };
  },
});
