import { defineRule } from "../rule.ts";
import { plural } from "../text.ts";

/** The same order in every epoch. */
export const sameOrder = defineRule({
  id: "same-order-each-epoch",
  group: "data",
  source: "own",
  defaults: {
    epochs: 2,
  },
  evaluate({ batches }, { epochs }) {
    const hashes = batches?.orderHashes;
    if (hashes === undefined || hashes.length < epochs) return { missing: ["the order of the images of 2 epochs"] };
    if (new Set(hashes).size > 1) return { pass: { refutes: [{ cause: "same-order", weight: 0.9 }] } };
    return {
      finding: {
        severity: "warning",
        confidence: 0.98,
        title: "every epoch has the same order of images",
        evidence: [{ name: "epochs in the same order", value: hashes.length }],
        explanation: `In ${plural(hashes.length, "epoch")} the images came in one and the same order, so that the same images share a batch each time.`,
        causes: [
          { cause: "same-order", weight: 0.8 },
          { cause: "not-shuffled", weight: 0.2 },
        ],
        remedy: "Derive the order from the seed and the epoch.",
        falsePositive: "One batch holds all images.",
      },
    };
  },
});
