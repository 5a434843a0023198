// `pnpm test:examples [name…] [--screenshots DIR]`: the examples, as a user runs them; the page in headless Chromium.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { articleSurveySuite } from "./examples/article-survey.mjs";
import { browserClassifySuite } from "./examples/browser-classify.mjs";
import { plainTfjsSuite } from "./examples/plain-tfjs.mjs";
import { quickstartSuite } from "./examples/quickstart.mjs";
import { build } from "./lib/build.mjs";
import { tally } from "./lib/tally.mjs";

/**
 * In turn: all, or those that the command line names.
 * @type {Record<string, (context: { work: string, pictures: string | undefined, tally: import("./lib/tally.mjs").Tally }) => Promise<void>>}
 */
const SUITES = {
  "browser-classify": browserClassifySuite,
  "plain-tfjs": plainTfjsSuite,
  quickstart: quickstartSuite,
  "article-survey": articleSurveySuite,
};
const { positionals: asked, values } = parseArgs({
  allowPositionals: true,
  options: { screenshots: { type: "string" } },
});
const pictures = values.screenshots === undefined ? undefined : resolve(values.screenshots);

const counts = tally();
const work = await mkdtemp(join(tmpdir(), "cassava-examples-"));
try {
  await build({ filters: ["@cassava/cli...", "cassava-example-*^..."] });
  for (const [name, suite] of Object.entries(SUITES)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`\nexamples/${name}`);
    await suite({ work, pictures, tally: counts });
  }
} catch (error) {
  await counts.check("the examples run to their end", () => Promise.reject(error));
} finally {
  await rm(work, { recursive: true, force: true });
}
process.exit(counts.close());
