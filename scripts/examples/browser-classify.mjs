import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { chromiumFlags, executablePath, findChromium } from "../lib/chromium.mjs";
import { checkAccess, checkAxeItself, checkKeyboard } from "../lib/page-access.mjs";
import { root, shared } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { bigTFRecord } from "./big-tfrecord.mjs";
import { checkClassify } from "./page-classify.mjs";
import { checkRecords } from "./page-records.mjs";
import { checkDownload, checkTrainedHead, checkTraining } from "./page-train.mjs";
import { photographsByClass, some } from "./photographs.mjs";
import { predictInNode, trainedRun } from "./saved-model.mjs";
import { withFolders } from "./serve-folders.mjs";

const WEIGHTS = "weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5";
/** Classes of the head that is trained in the page. */
const OWN = ["Cassava Brown Streak Disease (CBSD)", "Cassava Mosaic Disease (CMD)", "Healthy"];

/**
 * The page as Vite builds it, in Chromium.
 * @param {{ work: string, pictures: string | undefined, tally: import("../lib/tally.mjs").Tally }} context
 */
export const browserClassifySuite = async ({ work, pictures, tally }) => {
  const { check, skip } = tally;
  const folder = join(root, "examples/browser-classify");
  const site = join(work, "site");
  await findChromium();
  const vite = join(folder, "node_modules/vite/bin/vite.js");
  await run(process.execPath, [vite, "build", "--outDir", site, "--emptyOutDir"], { cwd: folder, tail: 20 });
  const file = await bigTFRecord(work);
  const real = shared === undefined ? undefined : await realModel(shared, work);
  if (pictures !== undefined) await mkdir(pictures, { recursive: true });

  await withFolders({ "": site, ...(real && { model: join(real.run, "model") }) }, async (address) => {
    const browser = await chromium.launchPersistentContext(join(work, "profile"), {
      executablePath,
      args: chromiumFlags,
      viewport: { width: 1180, height: 900 },
    });
    try {
      const page = await browser.newPage();
      // No judgement of speed: a machine that is busy with other things must not fail.
      page.setDefaultTimeout(300_000);
      /** @type {string[]} */
      const complaints = [];
      /** @type {Set<string>} */
      const elsewhere = new Set();
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
      browser.on("request", (request) => {
        if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(address)) elsewhere.add(request.url());
      });
      await page.goto(address);
      await page.getByText(/^Computes on CPU/).waitFor();

      await checkRecords(page, file, check);
      await checkAccess(page, "records", pictures, check);
      await checkAxeItself(page, check);
      await checkKeyboard(page, check);
      if (real === undefined) skip("photographs are classified, and a head is trained", "there is no ../shared");
      else {
        await checkClassify(page, real, check);
        await checkAccess(page, "classify", pictures, check);
        await checkTraining(page, real.given, check);
        await checkAccess(page, "train", pictures, check);
        await checkDownload(page, work, check);
        await checkTrainedHead(page, real.heldOut, check);
      }
      await check("no error was written to the console", () => {
        if (complaints.length > 0) throw new Error(complaints.join("\n"));
      });
      await check("nothing was asked of another origin", () => {
        if (elsewhere.size > 0) throw new Error([...elsewhere].join("\n"));
      });
    } finally {
      await browser.close();
    }
  });
};

/**
 * A model of the command on real photographs, and photographs that neither it nor the head of the page was trained on.
 * @param {string} shared
 * @param {string} work
 */
const realModel = async (shared, work) => {
  const photographs = await photographsByClass(join(shared, "data/cassava"));
  const folder = await trainedRun(some(photographs, 0, 12), join(shared, WEIGHTS), work);
  const unseen = Object.values(some(photographs, 12, 14)).flat();
  return {
    run: folder,
    photographs: unseen,
    wanted: await predictInNode(folder, unseen),
    given: some(photographs, 14, 26, OWN),
    heldOut: some(photographs, 26, 56, OWN),
  };
};
