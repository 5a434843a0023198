// @cassava/metrics, as built, against scikit-learn 1.9 and scipy.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as metrics from "@cassava/metrics";
import { brokenMetrics, goldenDifference, mismatch } from "./metrics/compare.mjs";

/** Throws the first ten of the given complaints, where there is one. */
const refuse = (complaints) => {
  const found = complaints.filter((complaint) => complaint !== undefined);
  if (found.length > 0) throw new Error(`${found.length} wrong:\n${found.slice(0, 10).join("\n")}`);
};

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async ({ python, root, work, check }) => {
  const path = join(work, "golden.json");
  await python("metrics/golden.py", [path]);
  const golden = JSON.parse(await readFile(path, "utf8"));
  const committed = JSON.parse(await readFile(join(root, "fixtures/metrics/golden.json"), "utf8"));

  await check(`fixtures/metrics/golden.json is what golden.py makes (${golden.cases.length} cases)`, () => {
    refuse([goldenDifference(golden, committed)]);
  });
  await check("a golden file with one value changed by 1e-9 is told apart", () => {
    const changed = structuredClone(golden);
    const target = changed.cases.find(({ fn, expected }) => fn === "accuracyScore" && expected > 0);
    target.expected *= 1 + 1e-9;
    if (goldenDifference(changed, committed) === undefined) throw new Error("the change went unseen");
  });
  for (const fn of new Set(golden.cases.map((testCase) => testCase.fn))) {
    const cases = golden.cases.filter((testCase) => testCase.fn === fn);
    await check(`${fn}: ${cases.length} cases`, () =>
      refuse(cases.map((testCase) => mismatch(metrics, golden, testCase))),
    );
    await check(`${fn}: an error of 1e-5 is seen in every case`, () => {
      const broken = brokenMetrics(metrics, fn);
      const unseen = cases.filter((testCase) => mismatch(broken, golden, testCase) === undefined);
      refuse(unseen.map((testCase) => JSON.stringify(testCase)));
    });
  }
};
