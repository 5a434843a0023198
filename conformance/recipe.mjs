// `--recipe best` on real photographs with MobileNetV2's real weights: the first three of five folds, each judged by networks that have not
// seen it. The recipe was tuned on the other two; CASSAVA_FOLDS takes another number. Is the whole network clearly better than its frozen
// head, and how does it stand beside the same recipe as a user of Keras writes it? Three quarters of an hour long on two cores: `all` leaves
// it out. The minutes are those of one run of each.
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kFold, serializeSplit } from "@cassava/data";
import { csvDataset } from "@cassava/data/node";
import { accuracyScore, balancedAccuracyScore, pairedBootstrap } from "@cassava/metrics";
import { linkedTensorflow } from "../scripts/lib/linked-tensorflow.mjs";
import { preparePython } from "../scripts/lib/python.mjs";
import { run } from "../scripts/lib/run.mjs";

export const slow = true;

const WEIGHTS = "weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5";
const [SIZE, TENTHS, SEED] = [96, 10, 42];
/** Of the five folds. */
const JUDGED = Number(process.env.CASSAVA_FOLDS ?? 3);
const SCORES = { accuracy: accuracyScore, "balanced accuracy": balancedAccuracyScore };

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async ({ root, shared, work, check, skip }) => {
  if (shared === undefined) {
    skip("the recipe on real photographs", "../shared is missing");
    return;
  }
  const data = join(shared, "data/cassava");
  const weights = join(shared, WEIGHTS);
  const dataset = await csvDataset(data);
  const labelOf = new Map(dataset.entries.map(({ id, label }) => [id, Number(label)]));
  const classes = dataset.classes.length;
  const python = await preparePython(join(root, "conformance/train"), { asInstalled: true });
  await linkedTensorflow();
  // Each run begins with a cache of its own, without features: what is timed goes from files to answers. The linked addon is in every one.
  const cassava = async (/** @type {string} */ name, /** @type {readonly string[]} */ args) => {
    const env = { CASSAVA_CACHE: join(work, `cache-${name}`) };
    await mkdir(env.CASSAVA_CACHE);
    await symlink(join(process.env.CASSAVA_CACHE ?? "", "tensorflow"), join(env.CASSAVA_CACHE, "tensorflow"));
    const command = [join(root, "packages/cli/dist/bin.js"), "train", data, ...args, "--out", name];
    const began = performance.now();
    const { stdout } = await run(process.execPath, [...command, "--quiet", "--json"], { cwd: work, env, tail: 20 });
    return { seconds: (performance.now() - began) / 1000, ...JSON.parse(stdout) };
  };
  // It takes long: every run is told of as it ends.
  const ended = (/** @type {string} */ name, /** @type {{ seconds: number }} */ made) => {
    console.log(`    ${name}: ${(made.seconds / 60).toFixed(1)} minutes`);
    return made;
  };
  const ours = async (
    /** @type {string} */ name,
    /** @type {readonly string[]} */ ids,
    /** @type {readonly string[]} */ args,
  ) => {
    const { seconds, timings } = await cassava(name, args);
    const lines = (await readFile(join(work, name, "predictions.jsonl"), "utf8")).trim().split("\n");
    const predicted = new Map(lines.map((line) => JSON.parse(line)).map((row) => [row.id, row.predicted]));
    return ended(name, { predicted: ids.map((id) => predicted.get(id)), seconds, peak: timings.peakMemoryMiB });
  };

  const tenths = kFold(dataset, { folds: TENTHS, seed: SEED }).map(({ validation }) => validation);
  const runs = { head: [], whole: [], "Keras, head": [], "Keras, whole": [] };
  const truth = [];
  for (let fold = 0; fold < JUDGED; fold++) {
    const test = [...tenths[2 * fold], ...tenths[2 * fold + 1]].sort();
    const validation = tenths[(2 * fold + 2) % TENTHS];
    const held = new Set([...test, ...validation]);
    const parts = { train: [...labelOf.keys()].filter((id) => !held.has(id)).sort(), validation, test };
    const counts = Object.fromEntries(
      Object.entries(parts).map(([name, ids]) => [
        name,
        dataset.classes.map((_, label) => ids.filter((id) => labelOf.get(id) === label).length),
      ]),
    );
    const file = join(work, `fold-${fold}.json`);
    const about = { version: 1, seed: SEED, ratios: [0.7, 0.1, 0.2], stratify: true, cramersV: 0 };
    await writeFile(file, serializeSplit({ ...about, ...parts, counts }));
    const network = ["--backbone", "mobilenetV2", "--weights", weights, "--input-size", String(SIZE)];
    const args = [...network, "--split", file, "--recipe", "best", "--engine", "tensorflow", "--seed", String(SEED)];
    truth.push(...test.map((id) => labelOf.get(id)));
    runs.head.push(await ours(`head-${fold}`, test, [...args, "--fine-tune", "0"]));
    runs.whole.push(await ours(`whole-${fold}`, test, args));
    const { settings } = JSON.parse(await readFile(join(work, `whole-${fold}`, "config.json"), "utf8"));
    const ids = [...parts.train, ...validation, ...test];
    const plan = join(work, `plan-${fold}.json`);
    await writeFile(
      plan,
      JSON.stringify({
        files: ids.map((id) => join(data, "train_images", id)),
        labels: ids.map((id) => labelOf.get(id)),
        parts: Object.fromEntries(Object.entries(parts).map(([name, of]) => [name, of.map((id) => ids.indexOf(id))])),
        recipe: settings,
        classes,
        weights,
        size: SIZE,
        seed: SEED,
      }),
    );
    const keras = JSON.parse((await python("recipe.py", [plan])).trim().split("\n").at(-1) ?? "");
    const argmax = (rows) => rows.map((row) => row.indexOf(Math.max(...row)));
    runs["Keras, head"].push({ predicted: argmax(keras.head), seconds: keras.headSeconds, peak: Number.NaN });
    runs["Keras, whole"].push({ predicted: argmax(keras.whole), seconds: keras.seconds, peak: keras.peakMemoryMiB });
    ended(`Keras, fold ${fold}`, keras);
  }
  const answers = Object.fromEntries(
    Object.entries(runs).map(([name, folds]) => [name, folds.flatMap(({ predicted }) => predicted)]),
  );
  for (const [name, folds] of Object.entries(runs)) {
    const scores = Object.entries(SCORES).map(
      ([score, of]) => `${score} ${of(truth, answers[name], { classes }).toFixed(3)}`,
    );
    const minutes = folds.map(({ seconds }) => (seconds / 60).toFixed(1)).join(" and ");
    const peak = Math.max(...folds.map(({ peak: one }) => one));
    console.log(
      `    ${name}: ${scores.join(", ")} (n = ${truth.length}); ${minutes} minutes${Number.isNaN(peak) ? "" : `, peak memory ${Math.round(peak)} MiB`}`,
    );
  }
  const difference = (/** @type {string} */ a, /** @type {string} */ b, /** @type {keyof typeof SCORES} */ score) => {
    const made = pairedBootstrap(truth, answers[a], answers[b], SCORES[score], { classes, seed: SEED });
    console.log(
      `    ${a} - ${b}, ${score}: ${made.estimate.toFixed(3)} (${made.low.toFixed(3)} to ${made.high.toFixed(3)})`,
    );
    return made;
  };
  await check("the whole network is better than its frozen head in accuracy and balanced accuracy, beyond noise", () =>
    Object.keys(SCORES)
      .map((score) => difference("whole", "head", score))
      .every(({ low }) => low > 0),
  );
  await check("the recipe is not below the same recipe in Keras beyond noise", () => {
    const both = Object.keys(SCORES).map((score) => difference("whole", "Keras, whole", score));
    return both.every(({ high }) => high >= 0);
  });
};
