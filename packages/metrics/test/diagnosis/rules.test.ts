import { describe, expect, it } from "vitest";
import { CAUSES, diagnose, RULES } from "../../src/diagnosis.ts";
import { HEALTHY, RULE_CASES } from "./cases.ts";

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

  it("take thresholds by id", () => {
    const input = { setup: { dropout: 0.5 } };
    expect(diagnose(input).passed).toContain("strong-dropout");
    const strict = diagnose(input, { thresholds: { "strong-dropout": { dropout: 0.3 } } });
    expect(strict.findings.map(({ rule }) => rule)).toEqual(["strong-dropout"]);
  });
});
