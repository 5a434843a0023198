import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../lib/paths.mjs";
import { bundle } from "./bundle.mjs";

const PAGE = `import * as metrics from "@cassava/metrics";
import { describeDiagnosis, diagnose } from "@cassava/metrics/diagnosis";
import { mismatch } from "./compare.mjs";
globalThis.wrong = (text, fn) => {
  const golden = JSON.parse(text);
  const cases = golden.cases.filter((one) => one.fn === fn);
  return { n: cases.length, wrong: cases.map((one) => mismatch(metrics, golden, one)).filter((message) => message !== undefined) };
};
globalThis.said = (input) => describeDiagnosis(diagnose(input));`;

/** A run that stands at the share of its largest class, and what is expected of its diagnosis. */
const PLATEAU = {
  classCounts: [1087, 2189, 2386, 13158, 2577],
  history: Array.from({ length: 10 }, (_, epoch) => ({ loss: 1.25 + 0.001 * (epoch % 2), val_accuracy: 0.6 })),
};

/**
 * The golden cases of @cassava/metrics, and a diagnosis, the package as built.
 * @param {import("playwright-core").Page} page
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const metricsSuite = async (page, check) => {
  const text = await readFile(join(root, "fixtures/metrics/golden.json"), "utf8");
  const functions = [...new Set(JSON.parse(text).cases.map((/** @type {{ fn: string }} */ { fn }) => fn))];
  await page.goto("about:blank");
  await page.addScriptTag({
    content: await bundle(PAGE, join(root, "conformance/metrics"), { platform: "browser" }),
    type: "module",
  });
  await page.waitForFunction("'said' in globalThis");
  for (const fn of functions) {
    await check(`${fn}: scikit-learn's values`, async () => {
      /** @type {{ n: number, wrong: readonly string[] }} */
      const { n, wrong } = await page.evaluate(`wrong(${JSON.stringify(text)}, ${JSON.stringify(fn)})`);
      if (wrong.length > 0) throw new Error(`${wrong.length} of ${n}: ${wrong[0]}`);
      return n > 0;
    });
  }
  await check("a diagnosis says the same as in Node", async () => {
    const built = pathToFileURL(join(root, "packages/metrics/dist/diagnosis.js")).href;
    /** @type {{ diagnose(input: unknown): unknown, describeDiagnosis(found: unknown): string }} */
    const { describeDiagnosis, diagnose } = await import(built);
    const said = await page.evaluate(`said(${JSON.stringify(PLATEAU)})`);
    const wanted = describeDiagnosis(diagnose(PLATEAU));
    if (said !== wanted) throw new Error(`${said}\n\nin Node:\n${wanted}`);
    return /pixels are not what the backbone was trained on/.test(wanted);
  });
};
