import { createHash } from "node:crypto";
import { cp, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cassava, interruptible, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const training = ["--backbone", "resnet14", "--weights", "none", "--input-size", "32", "--epochs", "3", "--head", "8"];
const train = (out: string, ...more: string[]) => ["train", at("shards"), ...training, "--out", out, ...more];

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 100, seed: 3 }, { shards: 2 });
});
afterAll(() => folder.remove());

/** Hashes of what a run must repeat, byte for byte. */
async function resultOf(run: string): Promise<Record<string, string>> {
  const model = (await readdir(at(run, "model"))).map((name) => join("model", name));
  const names = ["metrics.json", "history.csv", "predictions.jsonl", ...model];
  const hash = async (name: string) =>
    createHash("sha256")
      .update(await readFile(at(run, name)))
      .digest("hex");
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await hash(name)] as const)));
}

it("Ctrl-C leaves what was trained, says how to go on, and --resume ends as if nothing had happened", async () => {
  expect((await cassava(folder.path, ...train("whole"))).code).toBe(0);
  const undisturbed = await resultOf("whole");

  const controller = Object.assign(new AbortController(), {
    onError: (text: string) => text.includes("epoch 2/3") && controller.abort(new Error("stopped by Ctrl-C")),
  });
  const stopped = await interruptible(folder.path, controller, ...train("cut"));
  expect(stopped.code).not.toBe(0);
  const command = `cassava ${train("cut").join(" ")} --resume`;
  expect(stopped.stderr).toContain(`cut.unfinished; to go on from there:\n${command}\n`);
  expect((await readdir(folder.path)).filter((name) => name.startsWith("cut"))).toEqual(["cut.unfinished"]);

  const again = await cassava(folder.path, ...train("cut"));
  expect(again.stderr).toMatch(/^error: .*cut\.unfinished holds an unfinished run: add --resume/m);
  const other = await cassava(folder.path, ...train("cut", "--resume", "--seed", "43"));
  expect(other.stderr).toMatch(/had other settings \(seed; seed was 42, now 43\)/);

  await cp(at("cut.unfinished"), at("left"), { recursive: true });
  const resumed = await cassava(folder.path, ...train("cut", "--resume"));
  expect(resumed.code).toBe(0);
  expect(resumed.stderr).toMatch(/resumed in epoch 3/);
  expect(await resultOf("cut")).toEqual(undisturbed);
  expect((await readdir(folder.path)).filter((name) => name.startsWith("cut"))).toEqual(["cut"]);

  // Ended between getting its name and tidying up.
  await rename(at("left"), at("cut.unfinished"));
  const finished = await cassava(folder.path, ...train("cut", "--resume"));
  expect([finished.code, finished.stderr]).toEqual([
    1,
    expect.stringMatching(/^error: .*cut is finished, there is nothing to resume/m),
  ]);
  expect((await readdir(folder.path)).filter((name) => name.startsWith("cut"))).toEqual(["cut"]);
  expect(await resultOf("cut")).toEqual(undisturbed);
});

it("--resume refuses another split under the same name", async () => {
  for (const seed of ["1", "2"]) {
    expect(
      (await cassava(folder.path, "split", at("shards"), "--seed", seed, "--out", `split-${seed}.json`)).code,
    ).toBe(0);
  }
  await cp(at("split-1.json"), at("split.json"));
  const controller = Object.assign(new AbortController(), {
    onError: (text: string) => text.includes("epoch 1/3") && controller.abort(new Error("stopped by Ctrl-C")),
  });
  await interruptible(folder.path, controller, ...train("moved", "--split", "split.json"));
  await cp(at("split-2.json"), at("split.json"));
  const { code, stderr } = await cassava(folder.path, ...train("moved", "--split", "split.json", "--resume"));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: checkpoint\.safetensors is of a run with other settings/m);
  await cp(at("split-1.json"), at("split.json"));
  expect((await cassava(folder.path, ...train("moved", "--split", "split.json", "--resume"))).code).toBe(0);
});

it("--resume without an unfinished run starts from the beginning", async () => {
  const { code, stderr } = await cassava(folder.path, ...train("fresh", "--resume"));
  expect(code).toBe(0);
  expect(stderr).toMatch(/there is no unfinished run in .*fresh\.unfinished/);
});

it("trains on augmented views and mixed images, with every way of moving weights", async () => {
  const ways = [
    [
      "--augment",
      "flip,rotation=0.1",
      "--views",
      "2",
      "--mixup",
      "0.2",
      "--optimizer",
      "rmsprop",
      "--schedule",
      "one-cycle",
    ],
    [
      "--augment",
      "flip",
      "--loss",
      "focal",
      "--schedule",
      "step",
      "--clip-norm",
      "1",
      "--accumulate",
      "2",
      "--ema",
      "0.9",
    ],
  ];
  for (const [i, way] of ways.entries()) {
    const frozen = i === 0 ? ["--unfreeze", "conv4", "--force"] : [];
    const { code, stderr } = await cassava(folder.path, ...train(`way-${i}`, ...frozen, ...way));
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
    if (i === 0) expect(stderr).toMatch(/features of train, view 2 of 2: 60 images/);
    const { settings } = JSON.parse(await readFile(at(`way-${i}`, "config.json"), "utf8"));
    expect(settings.augment).toBe(way[1]);
  }
  const wrong = await cassava(folder.path, ...train("wrong", "--augment", "flop"));
  expect(wrong.stderr).toMatch(/--augment.*flop/);
});
