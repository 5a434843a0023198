import { defineRule } from "../rule.ts";
import { percent } from "../text.ts";

/** More units are dropped than kept. */
export const strongDropout = defineRule({
  id: "strong-dropout",
  group: "setup",
  preflight: true,
  source: "UMLAUT",
  defaults: {
    dropout: 0.5,
    /** From here on hardly anything gets through. */
    warn: 0.75,
  },
  evaluate({ setup }, { dropout: most, warn }) {
    if (setup?.dropout === undefined) return { missing: ["dropout of the head"] };
    const { dropout } = setup;
    if (dropout <= most) return { pass: { refutes: [{ cause: "strong-dropout", weight: dropout < 0.4 ? 0.7 : 0.1 }] } };
    return {
      finding: {
        severity: dropout >= warn ? "warning" : "info",
        confidence: dropout >= warn ? 0.9 : 0.6,
        title: `dropout of ${dropout}`,
        evidence: [{ name: "dropout", value: dropout }],
        explanation: `${percent(dropout, 0)} of the units of a layer are switched off in each step. Behind several such layers little is left of what the network saw.`,
        causes: [{ cause: "strong-dropout", weight: dropout >= warn ? 0.85 : 0.4 }],
        remedy: "Use --dropout 0.2 to 0.5.",
        falsePositive: "A very wide layer and a long run can bear it.",
      },
    };
  },
});
