import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../lib/paths.mjs";
import { bundle } from "./bundle.mjs";

const source = join(root, "packages/tfrecord/test-browser");

const PAGE = `import { contract } from "./contract.ts";
globalThis.names = contract.map(({ name }) => name);
globalThis.runCase = (i) => contract[i].run({ origin: location.origin });`;

/**
 * The contract suite of @cassava/tfrecord, the package as built.
 * @param {import("playwright-core").Page} page
 * @param {string} work a temporary folder
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const tfrecordSuite = async (page, work, check) => {
  const script = await bundle(PAGE, source, { platform: "browser" });
  const serverFile = join(work, "tfrecord-server.mjs");
  await writeFile(serverFile, await bundle('export * from "./server.ts";', source, { platform: "node" }));
  /** @type {{ startContractServer: import("../../packages/tfrecord/test-browser/server.ts").startContractServer }} */
  const { startContractServer } = await import(pathToFileURL(serverFile).href);
  const server = await startContractServer({
    fixtures: join(root, "fixtures/tfrecord"),
    pages: {
      "/": { type: "text/html", body: '<!doctype html><script type="module" src="/suite.js"></script>' },
      "/suite.js": { type: "text/javascript", body: script },
    },
  });
  try {
    await page.goto(`${server.origin}/`);
    await page.waitForFunction("'runCase' in globalThis");
    /** @type {readonly string[]} */
    const names = await page.evaluate("names");
    for (const [i, name] of names.entries()) await check(name, async () => void (await page.evaluate(`runCase(${i})`)));
  } finally {
    await server.close();
  }
};
