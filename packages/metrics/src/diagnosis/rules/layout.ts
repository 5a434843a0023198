import { defineRule } from "../rule.ts";
import { list } from "../text.ts";

/** Batches that are not rows x columns x 3 channels. */
export const layout = defineRule({
  id: "layout",
  group: "setup",
  preflight: true,
  source: "own",
  defaults: {},
  evaluate({ batches }) {
    const shape = batches?.shape;
    if (shape === undefined) return { missing: ["the shape of a batch"] };
    if (shape.length === 4 && shape[3] === 3) return { pass: {} };
    const first = shape.length === 4 && shape[1] === 3;
    return {
      finding: {
        severity: "error",
        confidence: first ? 0.97 : 0.9,
        title: first ? "channels come before rows and columns" : `a batch has the shape [${shape.join(", ")}]`,
        evidence: [{ name: "shape", value: list(shape.map(String)) }],
        explanation: first
          ? "The batch is laid out as channels x rows x columns; the backbone takes rows x columns x channels."
          : "The backbone takes [images, rows, columns, 3].",
        causes: [{ cause: "channel-order", weight: 0.9 }],
        remedy: "Transpose the images to rows x columns x channels, RGB.",
        falsePositive: "Images of three columns.",
      },
    };
  },
});
