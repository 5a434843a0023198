import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";

/**
 * A model of one's own on records: its losses fall, and it knows the classes of records that it was not trained on.
 * @param {{ tally: import("../lib/tally.mjs").Tally }} context
 */
export const plainTfjsSuite = async ({ tally: { check } }) => {
  const folder = join(root, "examples/plain-tfjs");
  await check("it imports nothing of ours but @cassava/tfrecord", async () => {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const names = Object.keys(manifest.dependencies).join();
    if (names !== "@cassava/tfrecord,@tensorflow/tfjs") throw new Error(names);
  });
  await check("fitDataset learns from TFRecord files", async () => {
    const { stdout } = await run(process.execPath, ["main.mjs"], { cwd: folder, tail: 20 });
    /** @type {{ loss: number, val_loss: number, val_acc: number }[]} */
    const epochs = [...stdout.matchAll(/^epoch \d+ (\{.*\})$/gm)].map(([, logs]) => JSON.parse(logs ?? ""));
    checkLearning(epochs);
    console.log(`    validation loss ${epochs.map(({ val_loss }) => val_loss.toFixed(3)).join(", ")}`);
  });
  await check("losses that stand still are noticed", () => {
    const still = [1, 2, 3].map(() => ({ loss: 1.1, val_loss: 1.1, val_acc: 0.33 }));
    try {
      checkLearning(still);
    } catch {
      return true;
    }
    return false;
  });
};

/** @param {readonly { loss: number, val_loss: number, val_acc: number }[]} epochs */
const checkLearning = (epochs) => {
  const [first, last] = [epochs[0], epochs.at(-1)];
  if (first === undefined || last === undefined || epochs.length < 3) throw new Error(`${epochs.length} epochs`);
  // Of 120 records a third is chance; half of them are not reached by it more than once in 10,000 times.
  if (last.loss < first.loss / 2 && last.val_loss < first.val_loss / 2 && last.val_acc > 0.5) return;
  throw new Error(`it has not learned: ${JSON.stringify(epochs)}`);
};
