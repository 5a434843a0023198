// `pnpm test:browser [package…]`: the contract suite of @cassava/tfrecord, the data sets of @cassava/data, the saved models of @cassava/models, the
// training of @cassava/train, the engines of @cassava/backend, the golden cases of @cassava/metrics and the reports of @cassava/report, as built, in headless Chromium.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { backendSuite } from "./browser/backend.mjs";
import { dataSuite } from "./browser/data.mjs";
import { metricsSuite } from "./browser/metrics.mjs";
import { modelsSuite } from "./browser/models.mjs";
import { reportSuite } from "./browser/report.mjs";
import { tfrecordSuite } from "./browser/tfrecord.mjs";
import { trainSuite } from "./browser/train.mjs";
import { weightsSuite } from "./browser/weights.mjs";
import { build } from "./lib/build.mjs";
import { chromiumFlags, executablePath, findChromium } from "./lib/chromium.mjs";
import { tally } from "./lib/tally.mjs";

/**
 * In turn: all, or those that the command line names.
 * @type {Record<string, (page: import("playwright-core").Page, work: string, check: import("./lib/tally.mjs").Tally["check"]) => Promise<void>>}
 */
const SUITES = {
  tfrecord: tfrecordSuite,
  data: (page, _, check) => dataSuite(page, check),
  models: async (page, _, check) => {
    await modelsSuite(page, check);
    await weightsSuite(page, check);
  },
  backend: (page, _, check) => backendSuite(page, check),
  train: (page, _, check) => trainSuite(page, check),
  metrics: (page, _, check) => metricsSuite(page, check),
  report: reportSuite,
};
const asked = process.argv.slice(2);

const { check, close } = tally();
const work = await mkdtemp(join(tmpdir(), "cassava-browser-"));
try {
  await findChromium();
  // The command, whose runs are reported on, brings all others with it.
  await build({ filters: ["@cassava/cli"] });
  const browser = await chromium.launchPersistentContext(join(work, "profile"), {
    executablePath,
    args: chromiumFlags,
  });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => process.stderr.write(`${error.stack ?? error.message}\n`));
    const version = browser.browser()?.version() ?? "";
    for (const [name, suite] of Object.entries(SUITES)) {
      if (asked.length > 0 && !asked.includes(name)) continue;
      console.log(`\n@cassava/${name} in Chromium ${version}`);
      await suite(page, work, check);
    }
  } finally {
    await browser.close();
  }
} catch (error) {
  await check("the suite runs in Chromium to its end", () => Promise.reject(error));
} finally {
  await rm(work, { recursive: true, force: true });
}
process.exit(close());
