import { defineRule } from "../rule.ts";

/** A class without an image in one part of the split: it cannot be learned, or cannot be judged. */
export const classMissing = defineRule({
  id: "class-missing",
  group: "data",
  preflight: true,
  source: "shared catalogue of faults, group E",
  defaults: {
    /** Images of a class in all, from which on a split can give every part some. */
    enough: 10,
  },
  evaluate({ splitCounts, classes }, { enough }) {
    if (splitCounts === undefined) return { missing: ["class counts of each part of the split"] };
    const parts = Object.entries(splitCounts).filter(
      (part): part is [string, readonly number[]] => part[1] !== undefined,
    );
    const width = Math.max(0, ...parts.map(([, counts]) => counts.length));
    const absent = parts.flatMap(([part, counts]) =>
      Array.from({ length: width }, (_, index) => index)
        .filter((index) => (counts[index] ?? 0) === 0 && parts.some(([, other]) => (other[index] ?? 0) > 0))
        .map((index) => ({
          part,
          name: classes?.[index] ?? `class ${index}`,
          images: parts.reduce((sum, [, other]) => sum + (other[index] ?? 0), 0),
        })),
    );
    if (absent.length === 0) return { pass: { refutes: [{ cause: "class-missing", weight: 0.95 }] } };
    // The split is not to blame for a class that has too few images for all of its parts.
    const rare = absent.every(({ images }) => images < enough);
    const trained = absent.filter(({ part }) => part === "train");
    const list = absent.map(({ part, name }) => `${name} (${part})`).join(", ");
    return {
      finding: {
        severity: trained.length > 0 ? "error" : "warning",
        confidence: 1,
        title: `a class has no image in a part of the split: ${list}`,
        evidence: absent.map(({ part, name }) => ({ name: `images of ${name} in ${part}`, value: 0, unit: "images" })),
        explanation:
          trained.length > 0
            ? `The model never sees an image of ${trained.map(({ name }) => name).join(", ")}: it cannot learn to answer it.`
            : `Nothing can be said about ${list}: no image of it is there to judge by.`,
        causes: rare
          ? [
              { cause: "class-missing", weight: 0.75 },
              { cause: "imbalance", weight: 0.6 },
            ]
          : [
              { cause: "class-missing", weight: 0.95 },
              { cause: "split-drift", weight: 0.3 },
            ],
        remedy: rare
          ? `Collect more images of it, or leave the class out: there are fewer than ${enough} in all.`
          : "Split again, stratified: cassava split --ratios 60/20/20 puts every class into every part.",
        falsePositive: "The class is left out on purpose, or the data set has hardly any image of it.",
      },
    };
  },
});
