import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkAccess, checkAxeItself } from "../lib/page-access.mjs";
import { root } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { bundle } from "./bundle.mjs";

const MADE = `import { renderReport } from "@cassava/report";
import { madeRun } from "./made-run.ts";
export const made = () => renderReport(madeRun());
globalThis.made = made;`;

/**
 * Opens a file as a reader would, in light, in dark and on paper: it must need nothing, say nothing on the console, and be accessible. Every part
 * that can be opened is.
 * @param {import("playwright-core").Page} page
 * @param {string} file
 * @param {string} name
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
const opens = async (page, file, name, check) => {
  /** @type {string[]} */
  const problems = [];
  const onConsole = (/** @type {import("playwright-core").ConsoleMessage} */ message) => problems.push(message.text());
  const onError = (/** @type {Error} */ error) => problems.push(error.message);
  const onRequest = (/** @type {import("playwright-core").Request} */ request) => {
    if (!/^(file|data):/.test(request.url())) problems.push(`request of ${request.url()}`);
  };
  page.on("console", onConsole).on("pageerror", onError).on("request", onRequest);
  await page.goto(pathToFileURL(file).href);
  // Of a page without scripts it is enough to open what is closed.
  await page.evaluate(() => {
    for (const one of document.querySelectorAll("details")) one.open = true;
  });
  await page.emulateMedia({ media: "print" });
  await page.emulateMedia({ media: "screen" });
  await check(`${name}: no message on the console, no request, every drawing and photograph there`, async () => {
    if (problems.length > 0) throw new Error(problems.join("\n"));
    const empty = await page.evaluate(
      () =>
        [...document.querySelectorAll("img")].filter((image) => image.naturalWidth === 0).length +
        [...document.querySelectorAll("figure.plot > svg")].filter((svg) => svg.getBoundingClientRect().height < 50)
          .length,
    );
    if (empty > 0) throw new Error(`${empty} images or drawings are empty`);
    return true;
  });
  await check(`${name}: nothing is wider than the page, on a telephone either`, async () => {
    const size = page.viewportSize();
    for (const width of [390, 500, 1200]) {
      await page.setViewportSize({ width, height: 800 });
      const over = await page.evaluate(() => {
        const captions = [...document.querySelectorAll("caption")].map((one) => one.getBoundingClientRect().right);
        return Math.max(document.documentElement.scrollWidth, ...captions) - innerWidth;
      });
      if (over > 0) throw new Error(`${over} px too wide on ${width} px`);
    }
    if (size !== null) await page.setViewportSize(size);
    return true;
  });
  await checkAccess(page, name, process.env.CASSAVA_PICTURES, check);
  page.off("console", onConsole).off("pageerror", onError).off("request", onRequest);
};

/**
 * Reports, the package as built: rendered in the page and in Node, and opened from files; of a made run, and of runs of the command.
 * @param {import("playwright-core").Page} page
 * @param {string} work
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const reportSuite = async (page, work, check) => {
  const folder = join(root, "packages/report/test");
  // Where Node finds the packages as built.
  const inNode = join(root, "packages/cli/node_modules/.cache/made.mjs");
  await mkdir(dirname(inNode), { recursive: true });
  await writeFile(inNode, await bundle(MADE, folder, { platform: "node", packages: "external" }));
  /** @type {{ made(): string }} */
  const { made } = await import(pathToFileURL(inNode).href);
  await page.goto("about:blank");
  await page.addScriptTag({ content: await bundle(MADE, folder, { platform: "browser" }), type: "module" });
  await page.waitForFunction("'made' in globalThis");
  const html = made();
  // In a page ECharts measures text, in Node it estimates it: labels may stand a little apart.
  const withoutDrawings = (/** @type {string} */ text) => text.replaceAll(/<svg viewBox[\s\S]*?<\/svg>/g, "<svg/>");
  await check("a page renders the report that Node renders, its drawings aside", async () => {
    const inPage = withoutDrawings(await page.evaluate("made()"));
    return inPage === withoutDrawings(html) && inPage.split("<svg/>").length > 5;
  });
  const file = join(work, "made.html");
  await writeFile(file, html);
  await opens(page, file, "made-run", check);
  await checkAxeItself(page, check);

  const cassava = (/** @type {readonly string[]} */ ...args) =>
    run(process.execPath, [join(root, "packages/cli/dist/bin.js"), ...args], { cwd: work, tail: 20 });
  await mkdir(join(work, "runs"), { recursive: true });
  await check("cassava report and cassava survey write their files", async () => {
    await cassava("demo", "--images", "150", "--epochs", "2", "--out", "runs/demo");
    await cassava("report", "runs/demo", "--audit");
    const shape = ["--input-size", "32", "--epochs", "2", "--head", "16"];
    const models = ["--backbones", "resnet14,mobilenet", "--weights", "random"];
    await cassava("survey", "runs/demo/shards", ...models, ...shape, "--out", "runs/survey");
  });
  await opens(page, join(work, "runs/demo/report.html"), "demo", check);
  await opens(page, join(work, "runs/survey/survey.html"), "survey", check);
  await check("the survey leads to the report of each model", async () => {
    await page.getByRole("link", { name: "mobilenet" }).first().click();
    await page.waitForURL(/mobilenet\/report\.html/);
    return (await page.title()).startsWith("mobilenet");
  });
};
