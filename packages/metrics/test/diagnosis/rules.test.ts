import { describe, expect, it } from "vitest";
import { CAUSES, diagnose, RULES } from "../../src/diagnosis.ts";
import { HEALTHY, RULE_CASES } from "./cases.ts";

/** Answers of two classes, all of them right, with this log loss in nats. */
function predictionsOfLoss(loss: number) {
  const labels = Array.from({ length: 40 }, (_, i) => i % 2);
  const p = Math.exp(-loss);
  const probabilities = labels.flatMap((label) => (label === 0 ? [p, 1 - p] : [1 - p, p]));
  return { split: "validation" as const, classes: 2, labels, probabilities };
}

describe("the rules", () => {
  it("have a case each, unique ids and a source", () => {
    expect(Object.keys(RULE_CASES).sort()).toEqual(RULES.map(({ id }) => id).sort());
    for (const { source } of RULES) expect(source.length).toBeGreaterThan(2);
  });

  it.each(RULES)("$id finds its symptom, and only where it is", (rule) => {
    const { fires, passes, severity, cause } = RULE_CASES[rule.id]!;
    const found = rule.evaluate(fires, rule.defaults);
    expect(found).toHaveProperty("finding");
    if (!("finding" in found)) return;
    const { finding } = found;
    expect(finding.severity).toBe(severity);
    expect(finding.causes[0]?.cause ?? null).toBe(cause);
    expect(finding.confidence).toBeGreaterThan(0);
    expect(finding.confidence).toBeLessThanOrEqual(1);
    for (const text of [finding.title, finding.explanation, finding.remedy, finding.falsePositive]) {
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
      expect(text.length).toBeGreaterThan(4);
    }
    for (const { cause, weight } of finding.causes) {
      expect(CAUSES).toHaveProperty(cause);
      expect(weight > 0 && weight <= 1).toBe(true);
    }
    expect(rule.evaluate(passes, rule.defaults)).toHaveProperty("pass");
  });

  it.each(RULES)("$id says what it lacks where nothing is known, and never that it passed", (rule) => {
    const found = rule.evaluate({}, rule.defaults);
    expect(found).toHaveProperty("missing");
    if ("missing" in found) expect(found.missing.length).toBeGreaterThan(0);
  });

  it("find nothing worse than a note in a healthy run", () => {
    const { findings } = diagnose(HEALTHY);
    expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
  });

  it("blame the split for a class that is missing only where there are images enough to split", () => {
    const missing = (train: number[], validation: number[]) => {
      const [first] = diagnose({ splitCounts: { train, validation } }).findings.filter(
        ({ rule }) => rule === "class-missing",
      );
      return first?.causes.map(({ cause }) => cause);
    };
    expect(missing([500, 60], [200, 0])).toEqual(["class-missing", "split-drift"]);
    expect(missing([500, 4], [200, 0])).toEqual(["class-missing", "imbalance"]);
  });

  it("name the part in which a class is ignored and its share of it, large or small", () => {
    const labels = Array.from({ length: 60 }, (_, i) => i % 3);
    const probabilities = labels.flatMap((label) => (label === 1 ? [0, 1, 0] : [1, 0, 0]));
    const { findings } = diagnose({ predictions: { split: "validation", classes: 3, labels, probabilities } });
    const { explanation } = findings.find(({ rule }) => rule === "minority-ignored")!;
    expect(explanation).toBe(
      "In the validation part 0 of 20 images of class 2 (0 %) are recognized. The class has 33.3 % of its images: accuracy can lose no more than that by it.",
    );
  });

  it("send nobody to a learning-rate finder that has no name", () => {
    const [first] = diagnose({ history: Array.from({ length: 5 }, () => ({ loss: 1.6 })) }).findings;
    expect(first!.remedy).toContain("cassava diagnose RUN --probe, or findLearningRate of @cassava/train");
  });

  it("do not expect a later stage to fall as the first one did", () => {
    const after = (head: number) => {
      const losses = [1.6, (1.6 + head) / 2, head, head, head + 0.02, head, head + 0.01, head];
      return diagnose({ history: losses.map((loss, i) => ({ loss, stage: i < 4 ? 0 : 1 })) });
    };
    expect(after(0.8).passed).toContain("loss-not-decreasing");
    const [found] = after(1.59).findings.filter(({ rule }) => rule === "loss-not-decreasing");
    expect(found!.evidence.map(({ value, epochs }) => [value, epochs])).toEqual([
      [1.6, [1]],
      [expect.closeTo(1.595), [7, 8]],
    ]);
  });

  it("go by the logs of the stage whose weights answer", () => {
    // The head reached .8; the stage after it .9 and then a number that is none, so the head's weights came back.
    const answers = predictionsOfLoss(0.8);
    const losses = [1.2, 0.8, 1.1, 0.9, Number.NaN];
    const history = losses.map((val_loss, i) => ({ val_loss, stage: i < 2 ? 0 : 1 }));
    const setup = { keptBest: true, loss: "crossentropy" };
    const found = diagnose({ history, predictions: answers, setup });
    expect(found.findings.map(({ rule }) => rule)).not.toContain("loss-answers-mismatch");
    expect(found.passed).toEqual(expect.arrayContaining(["loss-answers-mismatch", "non-finite"]));
    // While it goes on, and where the last weights were kept, it is the last stage that counts.
    const rules = ({ findings }: ReturnType<typeof diagnose>) => findings.map(({ rule }) => rule);
    expect(rules(diagnose({ history, setup }))).toContain("non-finite");
    expect(rules(diagnose({ history, predictions: answers, setup: { keptBest: false } }))).toContain("non-finite");
    const better = history.map((logs, i) => (i === 3 ? { ...logs, val_loss: 0.7 } : logs));
    expect(rules(diagnose({ history: better, predictions: answers, setup }))).toContain("loss-answers-mismatch");
  });

  it("say nothing of a loss that answers of 0 cannot be compared with", () => {
    const answers = { split: "validation" as const, classes: 2, labels: [0, 1], probabilities: [1, 0, 1, 0] };
    const input = { history: [{ val_loss: 300 }], predictions: answers, setup: { keptBest: true } };
    const { notEvaluated } = diagnose(input);
    expect(notEvaluated.map(({ rule }) => rule)).toContain("loss-answers-mismatch");
  });

  it("take thresholds by id", () => {
    const input = { setup: { dropout: 0.5 } };
    expect(diagnose(input).passed).toContain("strong-dropout");
    const strict = diagnose(input, { thresholds: { "strong-dropout": { dropout: 0.3 } } });
    expect(strict.findings.map(({ rule }) => rule)).toEqual(["strong-dropout"]);
  });
});
