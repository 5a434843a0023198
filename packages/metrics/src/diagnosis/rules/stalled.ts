import { defineRule } from "../rule.ts";
import { percent } from "../text.ts";

/** Training waits for its images for most of the time. */
export const stalled = defineRule({
  id: "stalled",
  group: "data",
  source: "own; TensorFlow's input pipeline analyzer",
  defaults: {
    wait: 0.5,
  },
  evaluate({ batches }, { wait: most }) {
    if (batches?.inputWait === undefined) return { missing: ["how long training waited for its images"] };
    const wait = batches.inputWait;
    if (wait <= most) return { pass: { refutes: [{ cause: "slow-input", weight: 0.9 }] } };
    return {
      finding: {
        severity: "info",
        confidence: 0.95,
        title: `training waits for its images ${percent(wait, 0)} of the time`,
        evidence: [{ name: "share of the time spent waiting", value: wait }],
        explanation: "Reading, decoding and resizing take longer than the network does.",
        causes: [{ cause: "slow-input", weight: 0.6 }],
        remedy: "Cache the features or the decoded images, decode with workers, or read ahead.",
        falsePositive: "It costs time, not accuracy.",
      },
    };
  },
});
