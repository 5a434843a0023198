import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSyntheticShards } from "@cassava/data/node";
import { createClassifier, denseHead, loadBackbone, stagesOf, summary } from "@cassava/models";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeStages } from "../src/run/describe-stages.ts";
import { RECIPES } from "../src/run/recipes.ts";
import { cassava, interruptible, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const train = (out: string, ...more: string[]) => {
  const network = [
    "--backbone",
    "resnet14",
    "--weights",
    "weights.json",
    "--input-size",
    "32",
    "--head",
    "8",
    "--force",
  ];
  return ["train", "shards", ...network, "--epochs", "2", "--out", out, ...more];
};
const staged = ["--fine-tune", "2", "--fine-tune-epochs", "2", "--augment", "flip", "--views", "2", "--tta", "2"];

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 100, seed: 3 }, { shards: 2 });
  const { weights } = await loadBackbone("resnet14", { weights: "none", seed: 4 });
  const entries = [...weights].map(([name, { shape }]) => ({ name, shape, dtype: "float32" }));
  const manifest = { weightsManifest: [{ paths: ["shard.bin"], weights: entries }] };
  await writeFile(at("weights.json"), JSON.stringify(manifest));
  await writeFile(at("shard.bin"), Buffer.concat([...weights.values()].map(({ data }) => new Uint8Array(data.buffer))));
});
afterAll(() => folder.remove());

const outcome = async (run: string) =>
  Promise.all(["metrics.json", "history.csv", "predictions.jsonl"].map((name) => readFile(at(run, name), "utf8")));

it("trains the head, then stages from the top, is resumed in the middle, and is evaluated with its views", async () => {
  const { code, stderr } = await cassava(folder.path, ...train("whole", ...staged));
  expect(code).toBe(0);
  const stages = [...stderr.matchAll(/^stage (\d) of 3: (.*), ([\d,]+) weights trained$/gm)].map((found) =>
    found.slice(1),
  );
  expect(stages.map(([number, what]) => [number, what])).toEqual([
    ["1", "the head"],
    ["2", "from conv4 up"],
    ["3", "from conv3 up"],
  ]);
  const counts = stages.map(([, , count]) => Number(count!.replaceAll(",", "")));
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(new Set(counts).size).toBe(3);
  // Before the first stage, and so before anything has taken long.
  const [before] = stderr.split("stage 1 of 3");
  expect(before).toMatch(
    /^after the head 2 stages of resnet14 from the top are trained at 32 px, one more at a time, at most 2 epochs each of 60 images: it takes roughly 4\d\d\.\d MiB of memory, .* Cheaper: --batch-size 16, --fine-tune 1; --recipe article/m,
  );
  const [header, ...rows] = (await readFile(at("whole", "history.csv"), "utf8")).trim().split("\n");
  const column = header!.split(",").indexOf("stage");
  expect(rows.map((row) => row.split(",")[column])).toEqual(["0", "0", "1", "1", "2", "2"]);
  const { keptEpoch } = JSON.parse(await readFile(at("whole", "metrics.json"), "utf8"));
  expect([5, 6]).toContain(keptEpoch);

  const controller = Object.assign(new AbortController(), {
    onError: (text: string) => text.includes("stage 3 of 3") && controller.abort(new Error("stopped by Ctrl-C")),
  });
  const stopped = await interruptible(folder.path, controller, ...train("cut", ...staged));
  expect(stopped.stderr).toMatch(/cut\.unfinished; to go on from there:\ncassava train .* --resume$/m);
  const resumed = await cassava(folder.path, ...train("cut", ...staged, "--resume"));
  expect(resumed.code).toBe(0);
  expect(resumed.stderr).toMatch(/resumed after the last epoch/);
  expect(await outcome("cut")).toEqual(await outcome("whole"));

  const evaluated = await cassava(folder.path, "evaluate", "whole");
  expect(evaluated.stdout).toMatch(/equal to what metrics\.json of the run says/);
  const config = JSON.parse(await readFile(at("whole", "config.json"), "utf8"));
  await writeFile(
    at("whole", "config.json"),
    JSON.stringify({ ...config, settings: { ...config.settings, testViews: 0 } }),
  );
  expect((await cassava(folder.path, "evaluate", "whole")).stderr).toMatch(/this differs from .*metrics\.json/);
});

it("keeps the head's weights where a stage after it gains nothing, even with numbers that are none, and says so", async () => {
  for (const [out, rate] of [
    ["worse", "0.3"],
    ["lost", "1e38"],
  ] as const) {
    const more = ["--fine-tune", "1", "--fine-tune-epochs", "2", "--fine-tune-rate", rate, "--patience", "0"];
    const { code, stderr } = await cassava(folder.path, ...train(out, ...more));
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /^warning: no epoch of stage 2 \(from conv4 up\) had a better validation loss than those before it: its weights are not kept; try another --fine-tune-rate/m,
      ),
    ]);
    const { keptEpoch } = JSON.parse(await readFile(at(out, "metrics.json"), "utf8"));
    expect([1, 2]).toContain(keptEpoch);
    expect(/^stopped: the training loss of epoch 1 is Infinity/m.test(stderr)).toBe(out === "lost");
    // The answers are those of the head, and so are the logs that they are judged by.
    const { findings } = JSON.parse(await readFile(at(out, "diagnosis.json"), "utf8"));
    const rules = findings.map(({ rule }: { rule: string }) => rule);
    expect(rules).not.toContain("loss-answers-mismatch");
    expect(rules).not.toContain("non-finite");
    expect((await cassava(folder.path, "evaluate", out)).stdout).toMatch(/equal to what metrics\.json of the run says/);
  }
});

it("a recipe sets what the command line does not, says so, and is recorded", async () => {
  const { code, stderr } = await cassava(folder.path, ...train("recipe", "--recipe", "article", "--views", "1"));
  expect(code).toBe(0);
  expect(stderr).not.toContain("after the head");
  expect(stderr).toMatch(/^recipe article: --head 8 \(the recipe: 256,128,64\) --dropout 0\.3 --batch-size 16 /m);
  const { settings } = JSON.parse(await readFile(at("recipe", "config.json"), "utf8"));
  const { batchSize, plateau, augment } = RECIPES.article.options;
  expect(settings).toMatchObject({ recipe: "article", batchSize, plateau, augment, head: [8], epochs: 2, views: 1 });
});

it("says what training a whole network at full size takes: gigabytes", async () => {
  const backbone = await loadBackbone("mobilenetV2", { weights: "none" });
  const classes = ["a", "b"].map((name, index) => ({ name, index }));
  const model = await createClassifier({ backbone, head: denseHead({ units: [256] }), classes });
  const settings = { fineTune: "all", fineTuneEpochs: 12, batchSize: 16 } as const;
  const text = describeStages(settings, summary(model), stagesOf(backbone.graph), 635);
  model.dispose();
  expect(text).toMatch(
    /^after the head all of mobilenetV2 is trained at 224 px, at most 12 epochs of 635 images: it takes roughly 3\.9 GiB/,
  );
  expect(text).toContain(
    "Cheaper: --input-size 128, --batch-size 8, --fine-tune 1; --recipe article trains the head alone",
  );
});

it("refuses a fine-tuning without anything frozen, views without changes, and an unknown recipe", async () => {
  const refused = async (...more: string[]) => (await cassava(folder.path, ...train("refused", ...more))).stderr;
  expect(await refused("--fine-tune", "1", "--unfreeze", "conv5")).toMatch(
    /^error: --fine-tune begins with a frozen backbone/m,
  );
  expect(await refused("--tta", "2")).toMatch(/^error: --tta takes views of the images: say with --augment which/m);
  expect(await refused("--recipe", "secret")).toMatch(/error: .*--recipe.*article, best/);
  expect(await refused("--fine-tune", "9")).toMatch(/^error: 9 stages cannot be unfrozen: the backbone has \d/m);
});
