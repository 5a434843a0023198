import { defineRule } from "../rule.ts";
import { list } from "../text.ts";

/** Pixels that are not what the backbone declares. */
export const preprocessingContract = defineRule({
  id: "preprocessing-contract",
  group: "setup",
  preflight: true,
  source: "own; tensorflow#42506, tensorflow#48412, tfjs#3913",
  defaults: {
    /** Share of the declared range that the pixels of photographs fill at least. */
    fill: 0.25,
    /** Share of the range by which pixels may lie outside of it. */
    outside: 0.02,
    /** Standard deviation of photographs, as a share of the range. */
    deviation: 0.02,
  },
  evaluate({ batches }, { fill, outside, deviation }) {
    const { pixels, inputRange } = batches ?? {};
    if (pixels === undefined || inputRange === undefined) {
      return { missing: ["statistics of the pixels, and the range that the backbone declares"] };
    }
    const [low, high] = inputRange;
    const range = high - low;
    const { min, max, mean, std } = pixels;
    const numbers = `from ${min.toPrecision(3)} to ${max.toPrecision(3)}, means ${list(mean.map((value) => value.toPrecision(3)))}`;
    const evidence = [
      { name: "least pixel", value: min },
      { name: "largest pixel", value: max },
      { name: "declared range", value: `${low} to ${high}` },
    ];
    if (![min, max, ...mean].every(Number.isFinite)) {
      return {
        finding: {
          severity: "error",
          confidence: 0.98,
          title: "pixels are not finite numbers",
          evidence,
          explanation: `The pixels go ${numbers}: a value that is not a number spreads through the whole network.`,
          causes: [
            { cause: "numeric-overflow", weight: 0.9 },
            { cause: "preprocessing", weight: 0.3 },
          ],
          remedy:
            "Find the image and the step of the pipeline that gives it: a division by a deviation of 0 is common.",
          falsePositive: "Never.",
        },
      };
    }
    if (
      max - min < deviation * (max <= 2 ? 1 : range) ||
      std.every((value) => value < deviation * (max - min + 1e-9) * 0.5)
    ) {
      return {
        finding: {
          severity: "error",
          confidence: 0.95,
          title: "the images are blank",
          evidence,
          explanation: `All pixels of a batch lie ${numbers}: there is nothing to see in them.`,
          causes: [
            { cause: "blank-input", weight: 0.95 },
            { cause: "preprocessing", weight: 0.2 },
          ],
          remedy: "Look at a batch as the model sees it, and at what decodes it.",
          falsePositive: "The images are of one colour on purpose.",
        },
      };
    }
    const beyond = min < low - outside * range || max > high + outside * range;
    const narrow = max - min < fill * range;
    if (!beyond && !narrow) {
      return {
        pass: {
          refutes: [
            { cause: "preprocessing", weight: 0.75 },
            { cause: "blank-input", weight: 0.9 },
            { cause: "numeric-overflow", weight: 0.3 },
          ],
        },
      };
    }
    return {
      finding: {
        severity: "error",
        confidence: 0.95,
        title: "the pixels are not what the backbone was trained on",
        evidence,
        explanation: `The backbone takes pixels from ${low} to ${high} and preprocesses them itself. These go ${numbers}: ${describeScale(min, max)}.`,
        causes: [{ cause: "preprocessing", weight: 0.95 }],
        remedy: "Pass the pixels as they are decoded, from 0 to 255: do not divide, do not subtract.",
        probe: "preprocessing-sweep",
        falsePositive: "Very dark images fill only a part of the range.",
      },
    };
  },
});

function describeScale(min: number, max: number): string {
  if (min >= -0.001 && max <= 1.001) return "they were divided by 255 before";
  if (min >= -1.001 && max <= 1.001) return "they were brought to -1 to 1 before";
  if (min > -4 && max < 4) return "they were normalized by a mean and a deviation before";
  return "something changed them before";
}
