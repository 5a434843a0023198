import { join } from "node:path";
import { root, shared } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { photographFolder, photographsByClass, some } from "./photographs.mjs";

const RESULT = /^(\S+) of (\d+) test images right \(95 % interval (\S+) to (\S+)\); the largest class is (\S+)$/m;

/**
 * The quick start on painted leaves, and on real photographs with real weights.
 * @param {{ work: string, tally: import("../lib/tally.mjs").Tally }} context
 */
export const quickstartSuite = async ({ work, tally: { check, skip } }) => {
  await check("on painted leaves it is better than the largest class beyond doubt, and is diagnosed", async () => {
    const { low, majority, words } = await quickstart([]);
    if (!(low > majority)) throw new Error(words);
    if (!/Nothing wrong was found|Most likely/.test(words)) throw new Error(`no diagnosis: ${words}`);
  });
  const onPhotographs = "on a folder of photographs with weights of one's own it is better than chance";
  const real = shared;
  if (real === undefined) return skip(onPhotographs, "there is no ../shared");
  await check(onPhotographs, async () => {
    const photographs = await photographsByClass(join(real, "data/cassava"));
    const folder = join(work, "quickstart");
    await photographFolder(some(photographs, 0, 50), folder);
    const weights = "weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5";
    const { low, words } = await quickstart([folder, join(real, weights)]);
    if (!(low > 0.2)) throw new Error(words);
  });
};

/** @param {readonly string[]} args */
const quickstart = async (args) => {
  const folder = join(root, "examples/quickstart");
  const { stdout } = await run(process.execPath, ["main.mjs", ...args], { cwd: folder, tail: 20 });
  const found = RESULT.exec(stdout);
  if (found === null) throw new Error(`there is no result: ${stdout}`);
  console.log(`    ${found[0]}`);
  return { low: Number(found[3]), majority: Number(found[5]), words: stdout };
};
