import { labelEntropy } from "../../classification/baseline.ts";
import { className, labelCounts, recognizedCounts } from "../facts.ts";
import { argMax, total } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { percent } from "../text.ts";

/** One class outweighs the others; grave only where the rare ones are not recognized either. */
export const classImbalance = defineRule({
  id: "class-imbalance",
  group: "data",
  preflight: true,
  source: "SageMaker Debugger, ClassImbalance; TheDeepChecker; own, as imbalance alone harms nobody",
  defaults: {
    /** Images of the largest class for one of the smallest. */
    ratio: 10,
    /** Entropy as a share of that of equal classes. */
    evenness: 0.5,
    /** Recall below which a rare class counts as not recognized. */
    recall: 0.05,
    /** Evenness below which next to nothing is left of the other classes. */
    extreme: 0.3,
    /** Images of all rarer classes together below which nothing is said of how many are recognized. */
    rare: 5,
  },
  evaluate(input, { ratio: much, evenness: least, recall: none, extreme, rare: few }) {
    const counts = input.splitCounts?.train ?? input.classCounts;
    if (counts === undefined || total(counts) === 0) return { missing: ["class counts"] };
    const there = counts.filter((count) => count > 0);
    const n = total(there);
    const majority = argMax(counts);
    const rarest = counts.indexOf(Math.min(...there));
    const ratio = counts[majority]! / counts[rarest]!;
    const evenness = there.length < 2 ? 1 : labelEntropy(there) / Math.log(there.length);
    if (ratio <= much && evenness >= least)
      return { pass: { refutes: [{ cause: "imbalance", weight: ratio < 3 ? 0.7 : 0.1 }] } };
    const { predictions } = input;
    let lost: number[] = [];
    // Where each of them has a handful of images, all together.
    let allLost = false;
    if (predictions !== undefined) {
      const images = labelCounts(predictions);
      const right = recognizedCounts(predictions);
      const [rare, found] = [total(images) - images[majority]!, total(right) - right[majority]!];
      allLost = evenness < extreme && rare >= few && found <= 2 * none * rare;
      lost = images.flatMap((count, c) => (c !== majority && count >= 10 && right[c]! <= none * count ? [c] : []));
    }
    const others =
      input.predictions === undefined ? 0 : labelCounts(input.predictions).filter((count) => count >= 10).length - 1;
    const ignored = allLost || (lost.length > 0 && 2 * lost.length >= others && evenness < least);
    const grave = ignored && input.setup?.balanced !== true;
    return {
      finding: {
        severity: grave ? "warning" : "info",
        confidence: 0.9,
        title: `${className(input, majority)} has ${ratio.toFixed(0)} times as many images as ${className(input, rarest)}`,
        evidence: [
          { name: "share of the largest class", value: counts[majority]! / n },
          { name: "largest to smallest class", value: ratio },
          { name: "entropy as a share of that of equal classes", value: evenness },
        ],
        explanation: `${className(input, majority)} is ${percent(counts[majority]! / n)} of the images. ${allLost ? "Hardly any image of all the others together is recognized: always answering the frequent class is nearly free." : lost.length > 0 ? `Hardly any image of ${lost.map((c) => className(input, c)).join(", ")} is recognized: always answering the frequent class is nearly free.` : "That by itself is no fault, but accuracy says little then."}`,
        causes: [{ cause: "imbalance", weight: grave ? (evenness < extreme ? 0.85 : 0.6) : 0.15 }],
        remedy: "Judge by balanced accuracy and macro-F1; train with --class-weights balanced.",
        falsePositive: "The classes are as frequent where the model is used.",
      },
    };
  },
});
