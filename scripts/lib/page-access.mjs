import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** @typedef {"light" | "dark"} Scheme */

/**
 * What axe-core finds on the page as it is.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
const violations = async (page) => {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = /** @type {{ axe: import("axe-core") }} */ (/** @type {unknown} */ (globalThis));
    const { violations } = await axe.run(document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  });
};

/**
 * The screen as it is, in light and dark, without a violation; a picture of each, where a folder is given.
 * @param {import("playwright-core").Page} page
 * @param {string} name of the screen
 * @param {string | undefined} pictures
 * @param {import("./tally.mjs").Tally["check"]} check
 */
export const checkAccess = async (page, name, pictures, check) => {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) });
    await check(`axe-core finds nothing on the screen ${name}, ${colorScheme}`, async () => {
      const found = await violations(page);
      if (found.length > 0) throw new Error(found.join("\n"));
    });
  }
  await page.emulateMedia({ colorScheme: "light" });
};

/**
 * @param {import("playwright-core").Page} page
 * @param {import("./tally.mjs").Tally["check"]} check
 */
export const checkAxeItself = (page, check) =>
  check("axe-core notices a nameless button and pale text", async () => {
    await page.evaluate(() => {
      const bad = document.createElement("p");
      bad.id = "bad";
      bad.append(document.createElement("button"), "pale");
      Object.assign(bad.style, { color: "#eee", background: "#fff" });
      document.querySelector("main")?.append(bad);
    });
    const found = await violations(page);
    await page.evaluate(() => document.getElementById("bad")?.remove());
    return ["button-name", "color-contrast"].every((id) => found.some((one) => one.startsWith(id)));
  });

/**
 * The Tab key alone reaches every control of the screen, and each shows that it is there.
 * @param {import("playwright-core").Page} page
 * @param {import("./tally.mjs").Tally["check"]} check
 */
export const checkKeyboard = (page, check) =>
  check("the keyboard reaches every control, and shows where it is", async () => {
    const wanted = await page.evaluate(() => {
      const controls = [...document.querySelectorAll("a[href], button, input, select, summary")].filter(
        (control) => control.checkVisibility() && !control.matches(":disabled"),
      );
      for (const [i, control] of controls.entries()) control.setAttribute("data-control", String(i));
      /** @type {HTMLElement} */ (document.activeElement).blur();
      return controls.length;
    });
    /** @type {Set<string>} */
    const reached = new Set();
    for (let i = 0; i < 2 * wanted + 4; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const control = document.activeElement;
        const outlined = control?.closest(".drop") ?? control;
        const visible = outlined !== null && getComputedStyle(outlined).outlineStyle !== "none";
        return visible ? control?.getAttribute("data-control") : undefined;
      });
      if (at) reached.add(at);
    }
    console.log(`    ${reached.size} of ${wanted} controls`);
    if (reached.size !== wanted) throw new Error(`${wanted - reached.size} of ${wanted} controls are out of reach`);
  });
