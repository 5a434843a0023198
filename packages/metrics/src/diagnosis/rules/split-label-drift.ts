import { chiSquare, chiSquareZ, total } from "../numbers.ts";
import { defineRule } from "../rule.ts";

/** The parts of the split have other shares of the classes. */
export const splitLabelDrift = defineRule({
  id: "split-label-drift",
  group: "data",
  preflight: true,
  source: "deepchecks, label drift (Cramér's V > .15); own: and p < .001",
  defaults: {
    cramersV: 0.15,
    /** Standard normal score of the chi-squared test: 3.1 is p = .001. */
    z: 3.1,
  },
  evaluate({ splitCounts }, { cramersV: least, z: sure }) {
    const parts = Object.values(splitCounts ?? {}).filter((counts) => counts !== undefined && total(counts) > 0);
    if (parts.length < 2) return { missing: ["class counts of two parts of the split"] };
    const { statistic, freedom, cramersV } = chiSquare(parts);
    const z = chiSquareZ(statistic, freedom);
    if (cramersV <= least || z < sure) return { pass: { refutes: [{ cause: "split-drift", weight: 0.8 }] } };
    return {
      finding: {
        severity: cramersV > 2 * least ? "error" : "warning",
        confidence: 0.95,
        title: "the parts of the split have other shares of the classes",
        evidence: [
          { name: "Cramér's V", value: cramersV },
          { name: "normal score of the chi-squared test", value: z },
        ],
        explanation: `Cramér's V between part and class is ${cramersV.toFixed(2)} (0: the same shares, 1: other classes); chance does not explain it. What is learned on one part is judged on another task.`,
        causes: [{ cause: "split-drift", weight: 0.9 }],
        remedy: "Split again, stratified: cassava split --ratios 60/20/20.",
        falsePositive: "The parts differ on purpose, such as another season or place.",
      },
    };
  },
});
