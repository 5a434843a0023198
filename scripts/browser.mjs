// `pnpm test:browser`: the contract suite of @cassava/tfrecord, as built, in headless Chromium.
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";
import { build } from "./lib/build.mjs";
import { root } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { tally } from "./lib/tally.mjs";

const source = join(root, "packages/tfrecord/test-browser");
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

/** Bundles a file of the suite; the packages in it are taken as built, by their public exports. */
const bundle = async (/** @type {string} */ contents, /** @type {esbuild.Platform} */ platform) => {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    // Chunks of the build import each other for their order alone.
    logOverride: { "ignored-bare-import": "silent" },
    write: false,
    platform,
    stdin: { contents, resolveDir: source, loader: "ts" },
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild wrote nothing");
  return file.text;
};

const PAGE = `import { contract } from "./contract.ts";
globalThis.names = contract.map(({ name }) => name);
globalThis.runCase = (i) => contract[i].run({ origin: location.origin });`;

const { check, close } = tally();
const work = await mkdtemp(join(tmpdir(), "cassava-browser-"));
try {
  await findChromium();
  await build({ filters: ["@cassava/tfrecord"] });
  const script = await bundle(PAGE, "browser");
  const serverFile = join(work, "server.mjs");
  await writeFile(serverFile, await bundle('export * from "./server.ts";', "node"));
  /** @type {{ startContractServer: import("../packages/tfrecord/test-browser/server.ts").startContractServer }} */
  const { startContractServer } = await import(pathToFileURL(serverFile).href);
  const server = await startContractServer({
    fixtures: join(root, "fixtures/tfrecord"),
    pages: {
      "/": { type: "text/html", body: '<!doctype html><script type="module" src="/suite.js"></script>' },
      "/suite.js": { type: "text/javascript", body: script },
    },
  });
  const browser = await chromium.launchPersistentContext(join(work, "profile"), { executablePath, args: FLAGS });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => process.stderr.write(`${error.stack ?? error.message}\n`));
    await page.goto(`${server.origin}/`);
    await page.waitForFunction("'runCase' in globalThis");
    console.log(`\n@cassava/tfrecord in Chromium ${browser.browser()?.version() ?? ""}`);
    /** @type {readonly string[]} */
    const names = await page.evaluate("names");
    for (const [i, name] of names.entries()) await check(name, async () => void (await page.evaluate(`runCase(${i})`)));
  } finally {
    await browser.close();
    await server.close();
  }
} catch (error) {
  await check("the suite runs in Chromium to its end", () => Promise.reject(error));
} finally {
  await rm(work, { recursive: true, force: true });
}
process.exit(close());
