import { collapsePicture } from "../collapse-picture.ts";
import { answerCounts, className, flatTail, labelCounts, type Prior, priorOf, rounding, series } from "../facts.ts";
import type { DiagnosisInput } from "../input.ts";
import { argMax, total } from "../numbers.ts";
import { defineRule, type RuleResult } from "../rule.ts";
import { epochRange, percent, plural } from "../text.ts";

/** One class is the answer to every image, seen in the answers or in an accuracy that stands at the share of a class. */
export const majorityCollapse = defineRule({
  id: "majority-collapse",
  group: "collapse",
  source: "own; keras#1597, keras#2975, keras#11791",
  defaults: {
    /** Share of the answers from which on one class is the answer to everything. */
    answers: 0.99,
    /** Evaluations at the same accuracy. */
    evaluations: 3,
    /** Standard errors within which the share of the whole data set may differ from that of an unknown validation part. */
    deviations: 2.6,
  },
  evaluate(input, options) {
    const prior = priorOf(input);
    const { predictions } = input;
    if (predictions !== undefined && predictions.labels.length > 0) {
      const counts = answerCounts(predictions);
      const n = total(counts);
      const answer = argMax(counts);
      const share = counts[answer]! / n;
      const right = Math.max(...labelCounts(predictions)) / n;
      if (share < options.answers || right > 0.98) return { pass: {} };
      return found(input, prior ?? priorOf({ classCounts: labelCounts(predictions) })!, {
        title: `${className(input, answer)} is the answer to ${share === 1 ? "every image" : `${percent(share)} of the images`}`,
        seen: `Of ${plural(n, "image")} of the ${predictions.split} part, ${counts[answer]!.toLocaleString("en")} are given ${className(input, answer)}.`,
        evidence: [{ name: `share of the answers that are ${className(input, answer)}`, value: share }],
        confidence: 0.99,
      });
    }
    const logged = series(input, "val_accuracy");
    if (logged.values.length < options.evaluations || prior === undefined) {
      return { missing: ["predictions, or class counts and the validation accuracy of 3 epochs"] };
    }
    const round = rounding(logged.values);
    const flat = flatTail(logged, Math.max(2 / prior.n, round) + 1e-9);
    if (flat.values.length < options.evaluations) return { pass: {} };
    const value = flat.values.at(-1)!;
    const shares = prior.counts.map((count) => count / total(prior.counts));
    const near = (share: number) => {
      const deviation = options.deviations * Math.sqrt((share * (1 - share)) / prior.n);
      return Math.abs(value - share) <= (prior.exact ? 0.5 / prior.n : deviation) + round + 1e-9;
    };
    const answer = near(prior.share) ? prior.majority : prior.exact ? shares.findIndex(near) : -1;
    if (answer < 0 || shares[answer]! > 0.98) return { pass: {} };
    return found(input, prior, {
      title: `validation accuracy stands at the share of ${className(input, answer)}`,
      seen: `In ${epochRange(flat.epochs)} validation accuracy is ${percent(value)}; the share of ${className(input, answer)} is ${percent(shares[answer]!)}${prior.exact ? "" : " of the whole data set"}. That is what a model gets that gives ${className(input, answer)} to every image.`,
      evidence: [
        { name: "validation accuracy", value, epochs: flat.epochs },
        { name: `share of ${className(input, answer)}`, value: shares[answer]! },
      ],
      confidence: prior.exact ? 0.97 : Math.min(0.97, 1 - 0.5 ** (flat.values.length - 1)),
    });
  },
});

function found(
  input: DiagnosisInput,
  prior: Prior,
  seen: {
    readonly title: string;
    readonly seen: string;
    readonly evidence: readonly {
      readonly name: string;
      readonly value: number;
      readonly epochs?: readonly number[];
    }[];
    readonly confidence: number;
  },
): RuleResult {
  const picture = collapsePicture(input, prior);
  return {
    finding: {
      severity: picture.name === "learning" ? "info" : "error",
      confidence: seen.confidence,
      title: picture.name === "learning" ? `${seen.title}, and yet it learns` : seen.title,
      evidence: [...seen.evidence, { name: "entropy of the classes", value: prior.entropy, unit: "nats" }],
      explanation: `${seen.seen} ${picture.explanation}`,
      causes: picture.causes,
      remedy: picture.remedy,
      probe: "preprocessing-sweep",
      falsePositive:
        "The validation part is so small, or so dominated by one class, that a good model may stand at the same accuracy for some epochs.",
    },
  };
}
