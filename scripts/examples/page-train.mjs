import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../lib/paths.mjs";
import { binomialTail } from "./binomial.mjs";
import { classifyInPage, largest } from "./page-classify.mjs";

/** Chance is excluded where it would do as well less often than this. */
const LEVEL = 1e-3;

/**
 * @param {string} what
 * @param {number} hits
 * @param {number} n
 * @param {number} chance
 */
const beatsChance = (what, hits, n, chance) => {
  const p = binomialTail(hits, n, chance);
  console.log(
    `    ${what}: ${hits} of ${n} right (${(hits / n).toFixed(3)}), chance ${chance.toFixed(3)}, p = ${p.toExponential(1)}`,
  );
  if (!(p < LEVEL)) throw new Error(`${hits} of ${n} may be chance: p = ${p}`);
};

/**
 * A head on classes of one's own is trained in the page, and judged there.
 * @param {import("playwright-core").Page} page with a model open
 * @param {import("./photographs.mjs").ByClass} given
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const checkTraining = async (page, given, check) => {
  const names = Object.keys(given);
  const screen = page.locator("#train");

  await check(
    `a head for ${names.length} classes of ${given[names[0] ?? ""]?.length} photographs each is trained`,
    async () => {
      await page.getByRole("link", { name: "Train" }).click();
      if (await screen.getByRole("button", { name: "Train", exact: true }).isEnabled())
        throw new Error("without photographs");
      for (let i = 2; i < names.length; i++) await screen.getByRole("button", { name: "Add a class" }).click();
      for (const [i, name] of names.entries()) {
        const card = screen.locator(".grid > li").nth(i);
        await card.getByLabel("Name of the class").fill(name);
        await card.locator("input[type=file]").setInputFiles([...(given[name] ?? [])]);
      }
      await screen.getByRole("button", { name: "Train", exact: true }).click();
      await screen.locator(".outcome").waitFor();
      const accuracy = Number(await screen.locator(".figure data").getAttribute("value"));
      const n = Object.values(given).flat().length;
      const words = await screen.locator(".outcome p").nth(1).textContent();
      console.log(`    ${(100 * accuracy).toFixed(1)} %, ${words}`);
      if (!words?.includes(`on ${n} photographs`) || !(accuracy > 0)) throw new Error(`${accuracy}: ${words}`);
    },
  );
};

/**
 * The head that was downloaded as a zip opens in the page and in Node.
 * @param {import("playwright-core").Page} page whose training screen has a trained head
 * @param {string} work empty folder
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const checkDownload = async (page, work, check) => {
  await check("it is downloaded as a folder that Node and the page open", async () => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("#train").getByRole("button", { name: "Download" }).click(),
    ]);
    const path = join(work, download.suggestedFilename());
    await download.saveAs(path);
    const { unzipSync } = await import(
      pathToFileURL(join(root, "examples/browser-classify/node_modules/fflate/esm/index.mjs")).href
    );
    const { describeClassifier } = await import(pathToFileURL(join(root, "packages/models/dist/index.js")).href);
    /** @type {Record<string, Uint8Array>} */
    const files = unzipSync(await readFile(path));
    const description = await describeClassifier({ get: async (/** @type {string} */ key) => files[key] });
    console.log(
      `    ${Object.keys(files).length} files; ${description.classes.map((/** @type {{ name: string }} */ { name }) => name)}`,
    );
    await page.getByText("Open another model").click();
    await page.getByLabel("Choose the model folder").evaluate((input) => input.removeAttribute("webkitdirectory"));
    await page.getByLabel("Choose the model folder").setInputFiles(path);
    await page.getByText("(model.zip)").waitFor();
  });
};

/**
 * The head on photographs that the page has never seen, and on the next visit.
 * @param {import("playwright-core").Page} page whose training screen has a trained head
 * @param {import("./photographs.mjs").ByClass} heldOut
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const checkTrainedHead = async (page, heldOut, check) => {
  const screen = page.locator("#train");
  const classes = Object.keys(heldOut).length;
  const chance = 1 / classes;
  const judged = Object.values(heldOut).flat();
  const truth = Object.values(heldOut).flatMap((paths, label) => paths.map(() => label));

  await check("it is better than chance on photographs that the page has never seen", async () => {
    await page.getByRole("link", { name: "Train" }).click();
    await screen.getByRole("button", { name: "Classify with it" }).click();
    await page.getByText("(trained in this page)").waitFor();
    const rows = await classifyInPage(page, judged);
    const hits = rows.filter((row, i) => largest(row) === truth[i]).length;
    beatsChance("held out", hits, judged.length, chance);
    const turned = rows.filter((row, i) => (largest(row) + 1) % classes === truth[i]).length;
    if (binomialTail(turned, judged.length, chance) < LEVEL) throw new Error("so are answers of another class");
  });

  await check("it survives a new visit in the browser's storage", async () => {
    const before = await classifyInPage(page, judged.slice(0, 4));
    await page.getByRole("link", { name: "Train" }).click();
    await screen.getByRole("button", { name: "Save in this browser" }).click();
    await page.getByText("Saved in this browser.").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Open what was saved in this browser" }).click();
    await page.getByText("(saved in this browser)").waitFor();
    const after = await classifyInPage(page, judged.slice(0, 4));
    if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error(`${after} and ${before}`);
  });
};
