import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { bundle } from "./bundle.mjs";
import { pageFiles, withPage } from "./serve-page.mjs";

const folder = join(root, "packages/backend");
const PAGE = 'import * as page from "./page.ts"; Object.assign(globalThis, page);';
const ORT = join(folder, "node_modules/onnxruntime-web/dist");
/** Node's `assert`, for pages. */
const ASSERT = join(folder, "test-browser/assert.ts");
/** Largest relative error. WebGL's shaders divide and take roots less exactly than the others. */
const TOLERANCES = { webgpu: 1e-5, webgl: 1e-4, wasm: 1e-5 };

/** @typedef {import("../../packages/backend/test-browser/page.ts").EngineFindings} Findings */

/**
 * The contract of the engines in a page, on software adapters; and what "auto" makes of those.
 * @param {import("playwright-core").Page} page
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const backendSuite = async (page, check) => {
  const options = /** @type {const} */ ({ platform: "browser", alias: { "node:assert/strict": ASSERT } });
  const files = await pageFiles(await bundle(PAGE, join(folder, "test-browser"), options), folder);
  for (const name of await readdir(ORT)) {
    const type = name.endsWith(".wasm") ? "application/wasm" : "text/javascript";
    if (/^ort-wasm-simd-threaded\.(asyncify|jsep)?\.?(wasm|mjs)$/.test(name))
      files.set(`/ort/${name}`, { type, body: await readFile(join(ORT, name)) });
  }
  await withPage(files, async (address) => {
    await page.goto(address);
    await page.waitForFunction("'contractOn' in globalThis");
    await check("auto does not take adapters that compute in software for a GPU, and says so", async () => {
      const { name, tried } = /** @type {{ name: string, tried: { name: string, code: string }[] }} */ (
        await page.evaluate("autoChoice()")
      );
      const codes = tried.map((one) => `${one.name} ${one.code}`).join();
      if (name !== "wasm" || codes !== "webgpu GPU_MISSING,webgl GPU_MISSING") throw new Error(`${name}: ${codes}`);
    });
    await check("an engine of Node is unknown in a page", async () => {
      const code = await page.evaluate('refusal("tensorflow")');
      if (code !== "ENGINE_UNKNOWN") throw new Error(`${code}`);
    });
    for (const provider of ["wasm", "webgpu"]) {
      await check(`onnxruntime-web on ${provider} keeps the contract of frozen engines`, async () => {
        const { name, checks, failed } = /** @type {{ name: string, checks: number, failed: string[] }} */ (
          await page.evaluate(`frozenContractOn("${provider}")`)
        );
        if (failed.length > 0) throw new Error(failed.join("\n"));
        return name === `onnx-web-${provider}` && checks > 5;
      });
    }
    for (const [engine, tolerance] of Object.entries(TOLERANCES)) {
      /** @type {Findings | undefined} */
      let found;
      await check(`${engine} starts by its name`, async () => {
        found = await page.evaluate(`contractOn("${engine}")`);
        console.log(`    ${found?.device}`);
        if (engine !== "wasm" && !found?.warning) throw new Error("it does not warn of computing in software");
      });
      for (const { title, error } of found?.cases ?? []) {
        await check(`${engine}: ${title}`, () => {
          if (!(error <= tolerance)) throw new Error(`off by ${error}`);
        });
      }
      await check(`${engine} leaves no tensor and no data behind`, () => {
        if (found === undefined || found.leaks.length > 0) throw new Error(`${found?.leaks}`);
      });
    }
  });
};
