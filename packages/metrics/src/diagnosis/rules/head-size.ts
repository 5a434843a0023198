import { defineRule } from "../rule.ts";
import { plural } from "../text.ts";

/** The last layer has another number of units than there are classes. */
export const headSize = defineRule({
  id: "head-size",
  group: "setup",
  preflight: true,
  source: "TheDeepChecker; DeepDiagnosis",
  defaults: {},
  evaluate({ setup, classes, classCounts, splitCounts }) {
    const wanted = classes?.length ?? classCounts?.length ?? splitCounts?.train?.length;
    if (setup?.outputs === undefined || wanted === undefined) {
      return { missing: ["units of the last layer, and the number of classes"] };
    }
    if (setup.outputs === wanted) return { pass: { refutes: [{ cause: "head-size", weight: 0.95 }] } };
    const few = setup.outputs < wanted;
    return {
      finding: {
        severity: few ? "error" : "warning",
        confidence: 0.97,
        title: `the last layer has ${plural(setup.outputs, "unit")} for ${plural(wanted, "class", "classes")}`,
        evidence: [
          { name: "units of the last layer", value: setup.outputs },
          { name: "classes", value: wanted },
        ],
        explanation: few
          ? "Some classes have no unit that could answer them."
          : "Some units stand for no class; they take probability away from those that do.",
        causes: [{ cause: "head-size", weight: 0.95 }],
        remedy: "Make the last layer as wide as there are classes; cassava does it by itself.",
        falsePositive: "One unit for two classes, with a sigmoid, is right.",
      },
    };
  },
});
