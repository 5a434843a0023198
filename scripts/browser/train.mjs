import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../lib/paths.mjs";
import { bundle } from "./bundle.mjs";
import { pageFiles, withPage } from "./serve-page.mjs";

const folder = join(root, "packages/train");
const source = join(folder, "test-browser");
const PAGE = 'import { trainOn } from "./page.ts"; globalThis.trainOn = trainOn;';
/** Largest difference of a mean loss between Chromium and Node. */
const TOLERANCE = 1e-4;

/** @typedef {import("../../packages/train/test-browser/train-head.ts").HeadOutcome} Outcome */

/**
 * A head on cached features, trained by @cassava/train as built, has the same losses in a page as in Node.
 * @param {import("playwright-core").Page} page
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const trainSuite = async (page, check) => {
  const files = await pageFiles(await bundle(PAGE, source, { platform: "browser" }), folder);
  await withPage(files, async (address) => {
    await page.goto(address);
    await page.waitForFunction("'trainOn' in globalThis");
    for (const precision of /** @type {const} */ (["float32", "float16"])) {
      const wanted = await inNode(precision);
      for (const engine of ["cpu", "wasm", "webgl"]) {
        await check(`a head on cached ${precision} features trains on ${engine} to the losses of Node`, async () => {
          /** @type {Outcome} */
          const found = await page.evaluate(`trainOn("${engine}", "${precision}")`);
          const apart = Math.max(...wanted.losses.map((loss, i) => Math.abs(loss - (found.losses[i] ?? Number.NaN))));
          console.log(
            `    ${wanted.losses[0]?.toFixed(3)} to ${wanted.losses.at(-1)?.toFixed(3)}, ${apart.toExponential(1)} apart`,
          );
          if (!(apart <= TOLERANCE))
            throw new Error(`losses differ by up to ${apart}: ${found.losses} and ${wanted.losses}`);
          if (found.cached !== wanted.cached || found.cached === 0)
            throw new Error(`${found.cached} images came from the cache`);
        });
      }
    }
  });
};

/** @type {Promise<{ trainInNode(precision: string): Promise<Outcome> }> | undefined} */
let node;

/** @param {"float32" | "float16"} precision */
const inNode = async (precision) => {
  node ??= loadInNode();
  return (await node).trainInNode(precision);
};

/** The same program, bundled for Node: tfjs is found from where the bundle lies. */
const loadInNode = async () => {
  const work = join(folder, "node_modules/.cassava-browser");
  await mkdir(work, { recursive: true });
  const file = join(work, `node-${process.pid}.mjs`);
  try {
    const external = ["@tensorflow/*"];
    await writeFile(file, await bundle('export * from "./node.ts";', source, { platform: "node", external }));
    return await import(pathToFileURL(file).href);
  } finally {
    await rm(file, { force: true });
  }
};
