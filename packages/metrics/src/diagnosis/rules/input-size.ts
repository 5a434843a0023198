import { defineRule } from "../rule.ts";

/** Images of another size than the weights were trained on, or blown up. */
export const inputSize = defineRule({
  id: "input-size",
  group: "setup",
  preflight: true,
  source: "own; Touvron et al. 2019, Fixing the train-test resolution discrepancy",
  defaults: {
    /** Factor between the sizes. */
    factor: 2,
  },
  evaluate({ setup }, { factor }) {
    const { inputSize: size, pretrainedSize, imageSize } = setup ?? {};
    if (size === undefined || (pretrainedSize === undefined && imageSize === undefined)) {
      return { missing: ["size of the input, and that of the weights or of the photographs"] };
    }
    const shrunk = pretrainedSize !== undefined && Math.min(...size) * factor <= Math.min(...pretrainedSize);
    const grown = pretrainedSize !== undefined && Math.min(...size) >= factor * Math.min(...pretrainedSize);
    const blown = imageSize !== undefined && Math.min(...size) > factor * Math.min(...imageSize);
    if (!shrunk && !grown && !blown) return { pass: { refutes: [{ cause: "input-size", weight: 0.8 }] } };
    const text = (pair: readonly [number, number] | undefined) =>
      pair === undefined ? "?" : `${pair[0]} x ${pair[1]}`;
    return {
      finding: {
        severity: blown ? "warning" : "info",
        confidence: 0.8,
        title: blown ? "small images are blown up" : "the input has another size than the weights were trained on",
        evidence: [
          { name: "input", value: text(size), unit: "pixels" },
          ...(pretrainedSize === undefined
            ? []
            : [{ name: "size of the weights", value: text(pretrainedSize), unit: "pixels" }]),
          ...(imageSize === undefined ? [] : [{ name: "photographs", value: text(imageSize), unit: "pixels" }]),
        ],
        explanation: blown
          ? `Images of ${text(imageSize)} pixels are enlarged to ${text(size)}: the network sees blur where it was trained on detail.`
          : `The weights were trained on images of ${text(pretrainedSize)} pixels and see these at ${text(size)}: what is in them appears at another scale.`,
        causes: [{ cause: "input-size", weight: blown ? 0.7 : 0.4 }],
        remedy: blown
          ? "Use a smaller --input-size, or larger photographs."
          : "Leave --input-size at the backbone's own, unless speed matters more.",
        falsePositive: "Fine-tuning adapts the network to the size.",
      },
    };
  },
});
