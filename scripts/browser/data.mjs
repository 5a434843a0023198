import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, shared } from "../lib/paths.mjs";
import { bundle } from "./bundle.mjs";

const folder = join(root, "packages/data");
const source = join(folder, "test-browser");
const PAGE = 'import { look } from "./page.ts"; globalThis.look = look;';
/** Largest mean difference of a pixel's channel between Chromium and Node, of 255. */
const TOLERANCE = 1;

/**
 * The same files give the same audit, split and folds in Chromium (@cassava/data as built) as in Node, and the same pixels
 * within a level.
 * @param {import("playwright-core").Page} page
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const dataSuite = async (page, check) => {
  const photographs = shared === undefined ? undefined : join(shared, "data/cassava");
  const there = photographs !== undefined && existsSync(join(photographs, "train.csv"));
  if (!there)
    process.stderr.write("↓ SKIPPED the photographs: ../shared/data/cassava is missing beside the repository\n");
  const script = await bundle(PAGE, source, { platform: "browser" });
  // Node finds sharp from where the bundle lies.
  const work = join(folder, "node_modules/.cassava-browser");
  await mkdir(work, { recursive: true });
  const file = join(work, `server-${process.pid}.mjs`);
  try {
    await writeFile(
      file,
      await bundle('export * from "./server.ts";', source, { platform: "node", packages: "external" }),
    );
    await compare(page, check, { file, script, photographs: there ? photographs : undefined });
  } finally {
    await rm(file, { force: true });
  }
};

/**
 * @param {import("playwright-core").Page} page
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 * @param {{ file: string, script: string, photographs: string | undefined }} made
 */
const compare = async (page, check, { file, script, photographs }) => {
  /** @type {{ startDataServer: import("../../packages/data/test-browser/server.ts").startDataServer }} */
  const { startDataServer } = await import(pathToFileURL(file).href);
  const server = await startDataServer({
    photographs,
    pages: {
      "/": { type: "text/html", body: '<!doctype html><script type="module" src="/page.js"></script>' },
      "/page.js": { type: "text/javascript", body: script },
    },
  });
  try {
    await page.goto(`${server.origin}/`);
    await page.waitForFunction("'look' in globalThis");
    for (const { name, files, ways, outcome } of server.sets) {
      for (const way of ways) {
        await check(`${name} from ${way}: audit, split, folds and pixels as in Node`, async () => {
          /** @type {import("../../packages/data/test-browser/outcome.ts").Outcome} */
          const found = await page.evaluate(`look(${JSON.stringify({ name, files })}, ${JSON.stringify(way)})`);
          equal(found.text, outcome.text);
          const differences = outcome.pixels.map((level, i) => Math.abs(level - (found.pixels[i] ?? Number.NaN)));
          const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
          if (found.pixels.length !== outcome.pixels.length || !(mean <= TOLERANCE)) {
            throw new Error(`${found.pixels.length} pixels, off by ${mean} of 255 on average`);
          }
          if (mean > 0)
            process.stderr.write(`  ${name} from ${way}: pixels off by ${mean.toFixed(4)} of 255 on average\n`);
        });
      }
    }
  } finally {
    await server.close();
  }
};

/** Throws where two texts differ, and shows where. @param {string} found @param {string} expected */
const equal = (found, expected) => {
  if (found === expected) return;
  let at = 0;
  while (found[at] === expected[at]) at++;
  const near = (/** @type {string} */ text) => text.slice(Math.max(0, at - 80), at + 80);
  throw new Error(`Chromium has …${near(found)}…, Node …${near(expected)}… (at character ${at})`);
};
