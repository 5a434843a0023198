import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../lib/paths.mjs";
import { bundle } from "./bundle.mjs";

const folder = join(root, "packages/models");
const source = join(folder, "test-browser");
const PAGE = 'import { predict } from "./page.ts"; globalThis.predict = predict;';
/** Largest difference of a probability between Chromium and Node. */
const TOLERANCE = 1e-5;

/**
 * Models saved in Node, loaded in a page by @cassava/models as built and by plain tfjs, give the same probabilities as in Node.
 * @param {import("playwright-core").Page} page
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const modelsSuite = async (page, check) => {
  const script = await bundle(PAGE, source, { platform: "browser" });
  // Node finds tfjs from where the bundle lies: two copies of it in one process would not know each other's tensors.
  const work = join(folder, "node_modules/.cassava-browser");
  await mkdir(work, { recursive: true });
  const file = join(work, `server-${process.pid}.mjs`);
  try {
    const server = await bundle('export * from "./server.ts";', source, {
      platform: "node",
      packages: "external",
      conditions: ["@cassava/source"],
    });
    await writeFile(file, server);
    await compare(page, check, file, script);
  } finally {
    await rm(file, { force: true });
  }
};

/**
 * @param {import("playwright-core").Page} page
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 * @param {string} file the bundled server
 * @param {string} script the bundled page
 */
const compare = async (page, check, file, script) => {
  /** @type {{ startModelsServer: import("../../packages/models/test-browser/server.ts").startModelsServer }} */
  const { startModelsServer } = await import(pathToFileURL(file).href);
  const server = await startModelsServer({
    "/": { type: "text/html", body: '<!doctype html><script type="module" src="/page.js"></script>' },
    "/page.js": { type: "text/javascript", body: script },
  });
  try {
    await page.goto(`${server.origin}/`);
    await page.waitForFunction("'predict' in globalThis");
    for (const { folder: name, shape, pixels, probabilities } of server.models) {
      for (const loader of ["cassava", "tfjs"]) {
        for (const engine of ["cpu", "webgl"]) {
          await check(`${name}, loaded by ${loader} on ${engine}, predicts as in Node`, async () => {
            const request = { engine, loader, folder: `${server.origin}/${name}/`, shape, pixels };
            /** @type {number[]} */
            const found = await page.evaluate(`predict(${JSON.stringify(request)})`);
            const differences = probabilities.map((value, i) => Math.abs(value - (found[i] ?? Number.NaN)));
            const largest = Math.max(...differences);
            if (found.length === probabilities.length && largest <= TOLERANCE) return;
            throw new Error(`probabilities differ by up to ${largest}: ${found} in Chromium, ${probabilities} in Node`);
          });
        }
      }
    }
  } finally {
    await server.close();
  }
};
