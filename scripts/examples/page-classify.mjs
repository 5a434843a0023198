import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Largest difference of a probability between the page and WebAssembly in Node, by engine. Measured: 0, 6e-6 and 6e-6. */
const TOLERANCES = { WebAssembly: 1e-6, WebGL: 1e-4, WebGPU: 1e-4 };
/** Photographs for an engine whose GPU is played by the processor: a second each, and more. */
const IN_SOFTWARE = 1;

/**
 * Probabilities that the page shows, by class index, in the order of the photographs.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<number[][]>}
 */
const shownProbabilities = (page) =>
  page.locator("#classify .answer").evaluateAll((cards) =>
    cards.map((card) => {
      /** @type {number[]} */
      const row = [];
      for (const bar of /** @type {NodeListOf<HTMLElement>} */ (card.querySelectorAll("[data-class]"))) {
        row[Number(bar.dataset.class)] = Number(bar.querySelector("data")?.value);
      }
      return row;
    }),
  );

/**
 * Classifies photographs in the page.
 * @param {import("playwright-core").Page} page
 * @param {readonly string[]} paths
 */
export const classifyInPage = async (page, paths) => {
  await page.getByRole("link", { name: "Classify" }).click();
  await page.getByLabel("Choose photographs to classify").setInputFiles([...paths]);
  await page.getByText(`${paths.length} of ${paths.length} photographs classified.`).waitFor();
  return shownProbabilities(page);
};

/**
 * Drops files or folders on the page as a hand does, beside every zone: what a script drops takes another way.
 * @param {import("playwright-core").Page} page
 * @param {readonly string[]} paths
 */
const dropOn = async (page, paths) => {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of /** @type {const} */ (["dragEnter", "dragOver", "drop"]))
    await session.send("Input.dispatchDragEvent", { type, x: 5, y: 5, data });
  await session.detach();
};

/** @param {readonly number[]} row */
export const largest = (row) => row.indexOf(Math.max(...row));

/**
 * @param {readonly (readonly number[])[]} found
 * @param {readonly (readonly number[])[]} wanted
 * @param {number} tolerance
 */
const compare = (found, wanted, tolerance) => {
  if (found.length !== wanted.length) throw new Error(`${found.length} answers for ${wanted.length} photographs`);
  let apart = 0;
  for (const [i, row] of wanted.entries()) {
    for (const [c, value] of row.entries()) {
      const difference = Math.abs(value - (found[i]?.[c] ?? Number.NaN));
      if (!(difference <= apart)) apart = difference;
    }
  }
  console.log(`    ${wanted.length} photographs, probabilities up to ${apart.toExponential(1)} apart`);
  if (!(apart <= tolerance)) throw new Error(`probabilities are ${apart} apart, more than ${tolerance}`);
  const other = wanted.findIndex((row, i) => largest(row) !== largest(found[i] ?? []));
  if (other >= 0) throw new Error(`photograph ${other} has another class`);
};

/**
 * Real photographs get the probabilities that they get in Node, on each engine, however the model was opened.
 * @param {import("playwright-core").Page} page
 * @param {{ run: string, photographs: readonly string[], wanted: readonly (readonly number[])[] }} given
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const checkClassify = async (page, { run, photographs, wanted }, check) => {
  await check("the page says which engine it took and why", async () => {
    const card = page.getByRole("region", { name: "Engine" });
    await card.getByText("Why this one?").click();
    const text = ((await card.textContent()) ?? "").replaceAll("\n", " ");
    console.log(`    ${text}`);
    if (!/WebAssembly with SIMD.*webgpu: .*computes in software.*webgl: /.test(text))
      throw new Error("not these words");
  });
  await check("a model opens by its address, and photographs are classified as in Node", async () => {
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.getByText(/^Model open: mobilenetV2/).waitFor();
    compare(await classifyInPage(page, photographs), wanted, TOLERANCES.WebAssembly);
  });
  await check("the comparison fails where two answers are swapped", async () => {
    const [first = [], second = [], ...rest] = wanted;
    try {
      compare(await shownProbabilities(page), [second, first, ...rest], TOLERANCES.WebGL);
    } catch {
      return;
    }
    throw new Error("it did not");
  });
  for (const engine of /** @type {const} */ (["WebGL", "WebGPU", "WebAssembly"])) {
    await check(`they are on ${engine}, asked for by name`, async () => {
      await page.getByLabel("Compute engine").selectOption(engine);
      await page.getByText(/^Model open: mobilenetV2/).waitFor();
      const few = engine === "WebAssembly" ? photographs.length : IN_SOFTWARE;
      compare(await classifyInPage(page, photographs.slice(0, few)), wanted.slice(0, few), TOLERANCES[engine]);
    });
  }
  await check("a model opens from a folder that was chosen", async () => {
    await page.getByText("Open another model").click();
    await page.getByLabel("Choose the model folder").setInputFiles(join(run, "model"));
    await page.getByText("(model)").waitFor();
    compare(await classifyInPage(page, photographs), wanted, TOLERANCES.WebAssembly);
  });
  await check("a file that is no photograph is named, and the others are classified", async () => {
    const bad = join(run, "log.txt");
    await page.getByLabel("Choose photographs to classify").setInputFiles([bad, ...photographs.slice(0, 2)]);
    await page.getByText("2 of 3 photographs classified, 1 could not be read.").waitFor();
    const warning = await page.locator("#classify .warning").textContent();
    if (!warning?.includes("log.txt")) throw new Error(warning ?? "no warning");
    compare(await shownProbabilities(page), wanted.slice(0, 2), TOLERANCES.WebAssembly);
  });
  await check("what is no saved model is named, and what would be", async () => {
    const exported = join(dirname(run), "leaves.onnx");
    await writeFile(exported, "");
    await dropOn(page, [exported]);
    await page.getByText(/leaves\.onnx is no saved model: take the folder model of a run/).waitFor();
    await dropOn(page, [join(run, "log.txt")]);
    await page.getByText("log.txt is no TFRecord file, photograph or saved model").waitFor();
    // As Vite answers for what is not there; a 404 would be an error on the console.
    await page.route(/nowhere/, (route) =>
      route.request().resourceType() === "document"
        ? route.fallback()
        : route.fulfill({ contentType: "text/html", body: "<!doctype html>" }),
    );
    await page.goto(`${page.url().replace(/[?#].*/, "")}?model=nowhere/`);
    await page.getByText(/There is no model at http.*\/nowhere\/ \(.*public\/model\//).waitFor();
    await page.goto(page.url().replace(/[?#].*/, ""));
  });
  await check("a model's folder and photographs may be dropped anywhere on the page", async () => {
    await page.reload();
    await dropOn(page, [join(run, "model")]);
    await page.getByText(/^Model open: mobilenetV2/).waitFor();
    await dropOn(page, photographs);
    await page.getByText(`${photographs.length} of ${photographs.length} photographs classified.`).waitFor();
    compare(await shownProbabilities(page), wanted, TOLERANCES.WebAssembly);
  });
};
