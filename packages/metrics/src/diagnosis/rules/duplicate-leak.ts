import { total } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { percent, plural } from "../text.ts";

/** Images on both sides of the split. */
export const duplicateLeak = defineRule({
  id: "duplicate-leak",
  group: "data",
  preflight: true,
  source: "cleanlab; Barz & Denzler 2020, Do we train on test data?",
  defaults: {
    /** Share of the validation and test images from which on the score is not to be believed. */
    error: 0.02,
  },
  evaluate({ data, splitCounts }, { error }) {
    const leaked = data?.leaked;
    if (leaked === undefined) return { missing: ["a search for duplicates across the split"] };
    if (leaked.length === 0) return { pass: { refutes: [{ cause: "duplicate-leak", weight: 0.9 }] } };
    const held = new Set(leaked.map((pair) => pair.held)).size;
    const judged = total([...(splitCounts?.validation ?? []), ...(splitCounts?.test ?? [])]);
    const share = judged > 0 ? held / judged : Number.NaN;
    const [pair] = leaked;
    return {
      finding: {
        severity: share < error ? "info" : share > 3 * error ? "error" : "warning",
        confidence: 0.97,
        title: `${plural(held, "validation or test image")} ${held === 1 ? "is" : "are"} in the training part too`,
        evidence: [
          { name: "images on both sides", value: held, unit: "images" },
          ...(judged > 0 ? [{ name: "share of the validation and test images", value: share }] : []),
        ],
        explanation: `Such as ${pair!.held}, which is ${pair!.trained} again. They are remembered rather than recognized${judged > 0 ? ` and make up ${percent(share)} of what the model is judged by` : ""}: its scores are too good.`,
        causes: [{ cause: "duplicate-leak", weight: share < error ? 0.4 : 0.92 }],
        remedy: "Split again: cassava split --group-by duplicates keeps copies on one side.",
        falsePositive: "Images that look alike may be two photographs.",
      },
    };
  },
});
