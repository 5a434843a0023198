import { expect, it } from "vitest";
import { judge, majorityBaseline } from "../src/run/measure.ts";

const ids = Array.from({ length: 36 }, (_, i) => `leaf-${i}`);
/** Three classes of twelve; the model is right on 22: 7 of the first, 8 of the second, 7 of the third. */
const labels = Int32Array.from(ids, (_, i) => Math.floor(i / 12));
const predicted = labels.map((label, i) => (i % 12 < [7, 8, 7][label]! ? label : (label + 1) % 3));
const classes = ["a", "b", "c"].map((name, index) => ({ name, index }));
const nothing = new Float32Array(36 * 3);
const predictions = { ids, labels, predicted, classes, logits: nothing, probabilities: nothing };

it("compares with the answers of a baseline image by image, and sees what intervals cannot", () => {
  const { verdict, baselines } = judge("net", predictions, [majorityBaseline([9, 8, 8])]);
  expect(baselines).toEqual([{ name: "the majority class", correct: 12, n: 36 }]);
  // Right where the majority class is not: 15; wrong where it is right: 5. 2 P(X <= 5 of 20 fair coins) = 0.0414.
  expect(verdict.level).toBe("paired-test-only");
  expect(verdict.comparisons[0]!.pValue).toBeCloseTo(0.04139, 5);
});

it("takes a baseline's answers by the names of the images", () => {
  const answers = new Map([...ids].reverse().map((id) => [id, labels[ids.indexOf(id)]!]));
  const { baselines } = judge("net", predictions, [{ name: "all-knowing", answer: (id) => answers.get(id)! }]);
  expect(baselines[0]).toMatchObject({ correct: 36, n: 36 });
});
