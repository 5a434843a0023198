import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { brokenMetrics, type Golden, mismatch } from "../../../conformance/metrics/compare.mjs";
import * as metrics from "../src/index.ts";

const file = new URL("../../../fixtures/metrics/golden.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, "utf8"));
const functions = [...new Set(golden.cases.map(({ fn }) => fn))];

describe("golden values of scikit-learn 1.9 and scipy", () => {
  it("are many", () => {
    expect(golden.cases.length).toBeGreaterThanOrEqual(400);
    expect(golden.origin["scikit-learn"]).toBe("1.9.1");
  });

  it.each(functions)("%s", (fn) => {
    const wrong = golden.cases
      .filter((testCase) => testCase.fn === fn)
      .map((testCase) => mismatch(metrics, golden, testCase));
    expect(wrong.filter((message) => message !== undefined)).toEqual([]);
  });
});

describe("the comparison itself", () => {
  it.each(functions)("sees an error of 1e-5 in every case of %s", (fn) => {
    const broken = brokenMetrics(metrics, fn);
    const unseen = golden.cases.filter(
      (testCase) => testCase.fn === fn && mismatch(broken, golden, testCase) === undefined,
    );
    expect(unseen).toEqual([]);
  });
});
