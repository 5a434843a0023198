import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { photographFolder } from "./photographs.mjs";

const cassava = join(root, "packages/cli/dist/bin.js");

/**
 * A head on MobileNetV2 with its real weights, trained by the command on a few photographs.
 * @param {import("./photographs.mjs").ByClass} photographs
 * @param {string} weights Keras's file
 * @param {string} work empty folder
 * @returns {Promise<string>} folder of the run
 */
export const trainedRun = async (photographs, weights, work) => {
  const folder = join(work, "photographs");
  await photographFolder(photographs, folder);
  const out = join(work, "run");
  const options = ["--backbone", "mobilenetV2", "--weights", weights, "--input-size", "160", "--head", "none"];
  const training = ["--epochs", "15", "--patience", "0", "--engine", "wasm", "--frozen-engine", "tfjs"];
  await run(process.execPath, [cassava, "train", folder, ...options, ...training, "--quiet", "--out", out], {
    env: { CASSAVA_CACHE: join(work, "cache") },
    tail: 20,
  });
  return out;
};

/**
 * What the command says of photographs in Node.
 * @param {string} folder of the run
 * @param {readonly string[]} paths
 * @returns {Promise<readonly (readonly number[])[]>} probabilities of each photograph, by class index
 */
export const predictInNode = async (folder, paths) => {
  const args = [cassava, "predict", folder, ...paths, "--engine", "wasm", "--frozen-engine", "tfjs", "--json"];
  const { stdout } = await run(process.execPath, args, { tail: 20 });
  /** @type {{ predictions: { probabilities: { probability: number }[] }[] }} */
  const { predictions } = JSON.parse(stdout);
  return predictions.map((one) => one.probabilities.map(({ probability }) => probability));
};
