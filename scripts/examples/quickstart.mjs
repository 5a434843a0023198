import { join } from "node:path";
import { root, shared } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";

const WEIGHTS = "weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5";
const ACCURACY = /^accuracy \S+ \(95 % interval (\S+) to \S+\) on \d+ test images; the largest class (\S+)$/m;
const BALANCED = /^balanced accuracy \S+ \(95 % interval (\S+) to \S+\); one answer for all (\S+)$/m;

/**
 * The quick start on painted leaves, and on real photographs with real weights.
 * @param {{ tally: import("../lib/tally.mjs").Tally }} context
 */
export const quickstartSuite = async ({ tally: { check, skip } }) => {
  await check("on painted leaves it is better than the largest class beyond doubt, and is diagnosed", async () => {
    const { accuracy, words } = await quickstart([]);
    if (!(accuracy.low > accuracy.baseline)) throw new Error(words);
    if (!/Nothing wrong was found|Most likely/.test(words)) throw new Error(`no diagnosis: ${words}`);
  });
  const onPhotographs =
    "on photographs, with weights of one's own, its balanced accuracy is above that of one answer for all";
  if (shared === undefined) return skip(onPhotographs, "there is no ../shared");
  const args = [join(shared, "data/cassava"), join(shared, WEIGHTS)];
  await check(onPhotographs, async () => {
    const { balanced, words } = await quickstart(args);
    if (!(balanced.low > balanced.baseline)) throw new Error(words);
  });
};

/** @param {readonly string[]} args */
const quickstart = async (args) => {
  const folder = join(root, "examples/quickstart");
  const { stdout } = await run(process.execPath, ["main.mjs", ...args], { cwd: folder, tail: 20 });
  const [accuracy, balanced] = [ACCURACY, BALANCED].map((pattern) => {
    const found = pattern.exec(stdout);
    if (found === null) throw new Error(`there is no result: ${stdout}`);
    console.log(`    ${found[0]}`);
    return { low: Number(found[1]), baseline: Number(found[2]) };
  });
  if (accuracy === undefined || balanced === undefined) throw new Error("there is no result");
  return { accuracy, balanced, words: stdout };
};
