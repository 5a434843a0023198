// `pnpm test:browser`: the contract suite of @cassava/tfrecord, the data sets of @cassava/data, the saved models of @cassava/models, the
// training of @cassava/train and the golden cases of @cassava/metrics, as built, in headless Chromium.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { backendSuite } from "./browser/backend.mjs";
import { dataSuite } from "./browser/data.mjs";
import { metricsSuite } from "./browser/metrics.mjs";
import { modelsSuite } from "./browser/models.mjs";
import { tfrecordSuite } from "./browser/tfrecord.mjs";
import { trainSuite } from "./browser/train.mjs";
import { weightsSuite } from "./browser/weights.mjs";
import { build } from "./lib/build.mjs";
import { executablePath, findChromium } from "./lib/chromium.mjs";
import { tally } from "./lib/tally.mjs";

/** Without these Chromium asks Google's servers for updates and more, which takes time where the network is closed. */
const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // WebGPU in software.
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

const { check, close } = tally();
const work = await mkdtemp(join(tmpdir(), "cassava-browser-"));
try {
  await findChromium();
  await build({
    filters: [
      "@cassava/tfrecord",
      "@cassava/backend",
      "@cassava/data",
      "@cassava/models",
      "@cassava/train",
      "@cassava/metrics",
    ],
  });
  const browser = await chromium.launchPersistentContext(join(work, "profile"), { executablePath, args: FLAGS });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => process.stderr.write(`${error.stack ?? error.message}\n`));
    const version = browser.browser()?.version() ?? "";
    console.log(`\n@cassava/tfrecord in Chromium ${version}`);
    await tfrecordSuite(page, work, check);
    console.log(`\n@cassava/data in Chromium ${version}`);
    await dataSuite(page, check);
    console.log(`\n@cassava/models in Chromium ${version}`);
    await modelsSuite(page, check);
    await weightsSuite(page, check);
    console.log(`\n@cassava/backend in Chromium ${version}`);
    await backendSuite(page, check);
    console.log(`\n@cassava/train in Chromium ${version}`);
    await trainSuite(page, check);
    console.log(`\n@cassava/metrics in Chromium ${version}`);
    await metricsSuite(page, check);
  } finally {
    await browser.close();
  }
} catch (error) {
  await check("the suite runs in Chromium to its end", () => Promise.reject(error));
} finally {
  await rm(work, { recursive: true, force: true });
}
process.exit(close());
