import { evaluateClassification, wilsonInterval } from "@cassava/metrics";
import { expect, it } from "vitest";
import { isReportError, renderSurvey, type SurveyInput, type SurveyModel } from "../src/index.ts";
import { madeAnswers } from "./made-run.ts";

const summary = evaluateClassification({ ...madeAnswers(60, 3, "x"), classes: ["a", "b", "c"], seed: 1 });
const model = (name: string, adjustedP?: number): SurveyModel => ({
  name,
  weights: "random weights, made by the seed 1 and frozen",
  accuracy: summary.accuracy,
  balancedAccuracy: summary.balancedAccuracy,
  macroF1: summary.macroF1,
  logLoss: 0.7,
  verdict: "not-better",
  ...(adjustedP !== undefined && {
    difference: {
      accuracy: { estimate: 0.1, low: -0.02, high: 0.2, confidence: 0.95 },
      onlyFirst: 9,
      onlyThis: 3,
      adjustedP,
    },
  }),
  seconds: 90,
  parameters: 10,
  trainableParameters: 5,
  history: [
    { val_accuracy: 0.5, val_loss: 1 },
    { val_accuracy: 0.6, val_loss: 0.9 },
  ],
  href: `${name}/report.html`,
});
const survey: SurveyInput = {
  title: "Survey",
  about: "three",
  images: 60,
  part: "test",
  majority: wilsonInterval(36, 60),
  models: [model("first"), model("worse", 0.01), model("tied", 0.4)],
  failed: [{ name: "broken", reason: "it <failed>" }],
};

it("names what the first is better than, and what it is not", () => {
  const html = renderSurvey(survey);
  expect(html).toContain("better than worse beyond noise; it is not shown to be better than tied.");
  expect(html).toContain("random weights, made by the seed 1 and frozen");
  expect(html).toContain('href="worse/report.html"');
  expect(html).toContain("it &lt;failed&gt;");
  expect(html).toContain("-2.0 to 20.0 %");
  expect(renderSurvey(survey)).toBe(html);
});

it("says so where no difference is beyond noise", () => {
  const html = renderSurvey({ ...survey, models: [model("first"), model("tied", 0.4)] });
  expect(html).toContain("is not better than any other beyond noise");
});

it("reports failures alone, and refuses nothing at all", () => {
  expect(renderSurvey({ ...survey, models: [] })).toContain("Could not be trained");
  expect(() => renderSurvey({ ...survey, models: [], failed: [] })).toThrow(
    expect.toSatisfy((error) => isReportError(error, "INPUT_INVALID")),
  );
});

it("gives the time of each model as the terminal does", () => {
  const took = (seconds: number) => renderSurvey({ ...survey, models: [{ ...model("first"), seconds }] });
  expect(took(90)).toContain('<th scope="col">time</th>');
  for (const [seconds, words] of [
    [2.14, "2.1 s"],
    [42, "42 s"],
    [185, "3 min 5 s"],
    [7440, "2 h 4 min"],
  ] as const)
    expect(took(seconds)).toContain(`<td>${words}</td>`);
});

it("lets long names of weights wrap, so that no column is pushed out of the table", () => {
  const html = renderSurvey(survey);
  expect(html).toContain('class="left long"><a href="first/report.html">first</a>');
  expect(html).toMatch(/\.long \{[^}]*overflow-wrap: anywhere/);
});
