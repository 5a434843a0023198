import { expect, it } from "vitest";
import { holmAdjusted, isMetricsError } from "../src/index.ts";

it("adjusts as R's p.adjust does", () => {
  // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") is 0.03 0.06 0.06 0.02.
  expect(holmAdjusted([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02]);
});

it("leaves one p-value as it is, never exceeds 1 and takes none", () => {
  expect(holmAdjusted([0.2])).toEqual([0.2]);
  expect(holmAdjusted([0.9, 0.8])).toEqual([1, 1]);
  expect(holmAdjusted([])).toEqual([]);
});

it("names what is no p-value", () => {
  const error = (() => {
    try {
      return holmAdjusted([0.1, Number.NaN]);
    } catch (caught) {
      return caught;
    }
  })();
  expect(isMetricsError(error, "OPTION_INVALID")).toBe(true);
  expect(String(error)).toContain("pValues[1]");
});
