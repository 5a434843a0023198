// `pnpm test:browser`: the contract suite of @cassava/tfrecord, the data sets of @cassava/data, the saved models of @cassava/models, the
// training of @cassava/train and the golden cases of @cassava/metrics, as built, in headless Chromium.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { dataSuite } from "./browser/data.mjs";
import { metricsSuite } from "./browser/metrics.mjs";
import { modelsSuite } from "./browser/models.mjs";
import { tfrecordSuite } from "./browser/tfrecord.mjs";
import { trainSuite } from "./browser/train.mjs";
import { weightsSuite } from "./browser/weights.mjs";
import { build } from "./lib/build.mjs";
import { run } from "./lib/run.mjs";
import { tally } from "./lib/tally.mjs";

/** Debian's; CHROMIUM names another. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Without these Chromium asks Google's servers for updates and more, which takes time where the network is closed. */
const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Installs Chromium, but only where nobody's machine is changed without being asked: as root in CI. */
const findChromium = async () => {
  if (existsSync(executablePath)) return;
  if (process.env.CI !== "true" || process.getuid?.() !== 0) {
    throw new Error(
      `there is no ${executablePath}; install it (Debian: apt-get update && apt-get install -y chromium) or name another with CHROMIUM=PATH`,
    );
  }
  process.stderr.write("installing Debian's chromium…\n");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env, tail: 10 });
  await run("apt-get", ["install", "-y", "-qq", "chromium"], { env, tail: 10 });
};

const { check, close } = tally();
const work = await mkdtemp(join(tmpdir(), "cassava-browser-"));
try {
  await findChromium();
  await build({
    filters: ["@cassava/tfrecord", "@cassava/data", "@cassava/models", "@cassava/train", "@cassava/metrics"],
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
