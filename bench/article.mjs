// The article's run beside Keras, on the same photographs and cores: frozen ResNet50 with real weights under the head 256-128-64, 30 epochs,
// from files to the metrics of a held-out fold. Ours: four augmented views of each photograph through the frozen part once; Keras: augmented
// photographs through it in every epoch, of which three are run and the others taken to last as long. And without augmentation both from
// features that are computed once. Each contender is a process of its own, timed from after its imports. Quality: out-of-fold
// predictions of all photographs. Keras's 30 epochs with augmentation would take hours over five folds: its heads on four augmented
// views of its own, one of which is drawn per epoch, stand beside ours.
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { kFold } from "@cassava/data";
import { csvDataset } from "@cassava/data/node";
import { balancedAccuracyScore, pairedBootstrap, wilsonInterval } from "@cassava/metrics";
import { run } from "../scripts/lib/run.mjs";
import { median, sideBySide } from "./side-by-side.mjs";

const WEIGHTS = "weights/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5.gz";
const [EPOCHS, MEASURED, CLASSES] = [30, 3, 5];
/** The pair that takes minutes a round gets a third of the rounds. */
const SLOW = 3;

/** @type {import("../scripts/bench.mjs").Bench} */
export default async ({ python, shared, work, rounds }) => {
  if (shared === undefined) throw new Error("the photographs and weights of ../shared are missing");
  const data = join(shared, "data/cassava");
  const dataset = await csvDataset(data);
  const folds = kFold(dataset, { folds: 5, seed: 42 });
  const held = new Map(folds.flatMap(({ validation }, fold) => validation.map((id) => [id, fold])));
  const entries = dataset.entries.filter(({ id }) => held.has(id));
  await dataset.close();
  const labels = entries.map(({ label }) => Number(label));
  const weights = join(work, "resnet50.h5");
  await writeFile(weights, gunzipSync(await readFile(join(shared, WEIGHTS))));
  const ids = entries.map(({ id }) => id);
  const files = ids.map((id) => join(data, "train_images", id));
  const plan = { ids, files, labels, folds: ids.map((id) => held.get(id)), weights, data };
  const common = { ...plan, epochs: EPOCHS, measured: MEASURED, fold: 0 };

  const planned = async (/** @type {string} */ features) => {
    const file = join(features, "plan.json");
    await writeFile(file, JSON.stringify({ ...common, features }));
    return file;
  };
  /** Each run of ours begins without features; those of `keep` stay for the quality. @param {string} task @param {string} [keep] */
  const ours = async (task, keep) => {
    const features = keep ?? (await mkdtemp(join(work, "features-")));
    const script = join(import.meta.dirname, "article-run.mjs");
    const { stdout } = await run(process.execPath, [script, task, await planned(features)], { tail: 20 });
    return JSON.parse(stdout);
  };
  const keras = async (/** @type {string} */ task) => {
    const features = await mkdtemp(join(work, "keras-"));
    return JSON.parse((await python("article.py", [task, await planned(features)])).trim().split("\n").at(-1) ?? "");
  };
  /** @type {Map<string, number[]>} */
  const accuracies = new Map();
  const timed =
    (/** @type {string} */ name, /** @type {() => Promise<{ seconds: number, accuracy: number }>} */ once) =>
    async () => {
      const { seconds, accuracy } = await once();
      accuracies.set(name, [...(accuracies.get(name) ?? []), accuracy]);
      return seconds;
    };
  const pair = async (
    /** @type {Record<string, () => Promise<{ seconds: number, accuracy: number }>>} */ two,
    count = 1,
  ) => {
    const contenders = Object.fromEntries(Object.entries(two).map(([name, once]) => [name, timed(name, once)]));
    // A process of its own each time: there is nothing to warm up but the page cache, which the quality runs have filled.
    return sideBySide({ rounds: count, warmup: 0, contenders });
  };

  const kept = await mkdtemp(join(work, "kept-"));
  console.error("out-of-fold predictions of every photograph…");
  const quality = [];
  for (const task of ["quality1", "quality4"]) {
    quality.push({ theirs: (await keras(task)).predicted, ours: (await ours(task, kept)).predicted });
  }
  const [plain, views] = quality;
  const single = await pair(
    { "Keras, cached features": () => keras("cached"), "@cassava, 1 plain view": () => ours("views1") },
    rounds,
  );
  const slow = await pair(
    { "Keras, model.fit, augmented": () => keras("fit"), "@cassava, 4 augmented views": () => ours("views4") },
    Math.ceil(rounds / SLOW),
  );

  const n = labels.length;
  const judged = (/** @type {number[]} */ predicted) => {
    const correct = predicted.filter((answer, i) => answer === labels[i]).length;
    const { low, high } = wilsonInterval(correct, n);
    const share = (/** @type {number} */ value) => value.toFixed(3);
    const balanced = share(balancedAccuracyScore(labels, predicted, { classes: CLASSES }));
    return { "out-of-fold": `${share(correct / n)} (${share(low)}-${share(high)}), n = ${n}`, balanced };
  };
  const right = (/** @type {import("@cassava/metrics").ConfusionMatrix} */ { counts }) =>
    counts.reduce((sum, count, at) => sum + (at % (CLASSES + 1) === 0 ? count : 0), 0) / n;
  /** Upper end of the 95 % interval of ours minus Keras's accuracy: below 0 where ours is worse beyond noise. */
  const upper = (/** @type {{ ours: number[], theirs: number[] }} */ both) =>
    pairedBootstrap(labels, both.ours, both.theirs, right, { classes: CLASSES, seed: 42 }).high;
  const answers = [plain?.theirs, plain?.ours, views?.theirs, views?.ours];
  const rows = [...single, ...slow].map(
    ({ contender, median: seconds, min, max, rounds: count, spread, ratio }, at) => ({
      contender,
      seconds,
      min,
      max,
      rounds: count,
      spread,
      "times Keras": 1 / ratio,
      epochs: contender.includes("model.fit") ? `${MEASURED} run, ${EPOCHS} extrapolated` : `${EPOCHS} run`,
      "held-out fold": median(accuracies.get(contender) ?? []),
      ...judged(answers[at] ?? []),
    }),
  );
  return {
    rows,
    targets: [
      { id: "views4.vs-keras-fit", value: rows[3]?.["times Keras"] ?? 0, atLeast: 8 },
      { id: "views1.vs-keras-cached", value: rows[1]?.["times Keras"] ?? 0, atLeast: 1.2 },
      { id: "quality.views1.not-worse", value: upper(plain), atLeast: 0 },
      { id: "quality.views4.not-worse", value: upper(views), atLeast: 0 },
    ],
  };
};
