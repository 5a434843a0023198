// The article in one command: several backbones on one split with the students' recipe, ranked with intervals, in one report.
// `node main.mjs` on painted leaves; `node main.mjs PHOTOGRAPHS [WEIGHTS]` on photographs, where WEIGHTS is a folder of Keras's .h5 files:
// a backbone that has none there is frozen as the seed makes it, and the report says so.
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { main } from "@cassava/cli";
import { writeSyntheticShards } from "@cassava/data/node";

/** The article's networks, and a small one, by what the names of their files begin with. */
const BACKBONES = {
  resnet50: "resnet50",
  vgg16: "vgg16",
  vgg19: "vgg19",
  densenet169: "densenet169",
  mobilenetV2: "mobilenet_v2",
};

const [photographs, weights] = process.argv.slice(2);

async function onPhotographs(/** @type {string} */ folder) {
  const files = weights === undefined ? [] : await readdir(weights);
  const sources = Object.entries(BACKBONES).map(([name, prefix]) => {
    const file = files.find((one) => one.startsWith(prefix));
    if (weights === undefined) return `${name}=imagenet`;
    return `${name}=${file === undefined ? "random" : resolve(weights, file)}`;
  });
  return [folder, "--backbones", Object.keys(BACKBONES).join(","), "--weights", ...sources, "--augment", "none"];
}

async function onPaintedLeaves() {
  const shards = join(await mkdtemp(join(tmpdir(), "survey-")), "leaves");
  await writeSyntheticShards(shards, { count: 500, difficulty: 0.1, seed: 42 }, { shards: 2 });
  const sources = ["resnet14=none", "mobilenet=random"];
  return [shards, "--backbones", "resnet14,mobilenet", "--weights", ...sources, "--input-size", "64", "--epochs", "8"];
}

const models = await (photographs === undefined ? onPaintedLeaves() : onPhotographs(photographs));
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort(new Error("interrupted")));
process.exitCode = await main(["survey", ...models, "--recipes", "article", "--out", "article-survey"], {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: interrupted.signal,
});
