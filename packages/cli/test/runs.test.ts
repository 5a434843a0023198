import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDataset, writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, everythingIn, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const training = ["--backbone", "resnet14", "--weights", "none", "--epochs", "1", "--head", "none", "--quiet"];

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 100, seed: 3 }, { shards: 2 });
  const { code } = await cassava(folder.path, "train", at("shards"), ...training, "--out", "run");
  expect(code).toBe(0);
});
afterAll(() => folder.remove());

/** Copies the run, changes one of its files, and returns what evaluate says of it. */
async function damaged(name: string, change: (text: string) => string, form = "--quiet") {
  const copy = `run-${Math.random().toString(36).slice(2)}`;
  await cp(at("run"), at(copy), { recursive: true });
  await writeFile(at(copy, name), change(await readFile(at(copy, name), "utf8")));
  return cassava(folder.path, "evaluate", copy, form);
}

describe("a run that was damaged or edited is one line of error", () => {
  const cases: [string, (text: string) => string, RegExp][] = [
    ["config.json", () => "{}", /config\.json was damaged/],
    ["config.json", () => "null", /config\.json was damaged/],
    ["metrics.json", () => "[]", /metrics\.json was damaged/],
    ["metrics.json", () => "{", /metrics\.json is not JSON/],
    ["split.json", (text) => text.replace('"train"', '"tra"'), /split\.json/],
    [
      "model/cassava.json",
      (text) => text.replace('"units": []', '"units": [8]'),
      /cassava\.json: was changed after it was written/,
    ],
    [
      "model/cassava.json",
      (text) => text.replace('"tf"', '"caffe"'),
      /cassava\.json: was changed after it was written/,
    ],
    ["model/cassava.json", () => "null", /cassava\.json/],
  ];
  it.each(cases)("%s #%#", async (name, change, message) => {
    const { code, stdout, stderr } = await damaged(name, change);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect([code, stdout]).toEqual([1, ""]);
  });

  it("metrics that do not come out again are an error after the result", async () => {
    const { code, stdout, stderr } = await damaged("metrics.json", (text) =>
      text.replaceAll('"logLoss": ', '"logLoss": 1'),
    );
    expect(stdout).toMatch(/^20 images/);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: this differs from .*metrics\.json/)]);
    const json = await damaged("metrics.json", (text) => text.replaceAll('"logLoss": ', '"logLoss": 1'), "--json");
    expect([json.code, JSON.parse(json.stdout).reproduced]).toEqual([1, false]);
  });
});

it("the demo replaces its own run, and nothing else", async () => {
  const demo = () => cassava(folder.path, "demo", "--images", "100", "--epochs", "1", "--out", "demo", "--quiet");
  expect((await demo()).code).toBe(0);
  const first = await readFile(at("demo", "metrics.json"), "utf8");
  expect((await demo()).code).toBe(0);
  expect(await readFile(at("demo", "metrics.json"), "utf8")).toBe(first);
  await writeFile(at("demo", "thesis.txt"), "years of work");
  const { code, stderr } = await demo();
  expect([code, stderr]).toEqual([1, expect.stringMatching(/demo exists already/)]);
  expect(await readFile(at("demo", "thesis.txt"), "utf8")).toBe("years of work");
  expect((await everythingIn(folder.path)).filter((name) => name.startsWith("."))).toEqual([]);
});

it("labels that were corrected after the split are counted anew, and equal bytes on both sides are named", async () => {
  const shards = await openDataset(at("shards"));
  await mkdir(at("csv", "train_images"), { recursive: true });
  const rows: string[] = [];
  for (const entry of shards.entries) {
    const bytes = await shards.read(entry);
    for (const id of [entry.id, `copy-${entry.id}`]) {
      rows.push(`${id},${entry.label}`);
      await writeFile(at("csv", "train_images", id), bytes);
    }
  }
  const csv = (lines: readonly string[]) => writeFile(at("csv", "train.csv"), `image_id,label\n${lines.join("\n")}\n`);
  await csv(rows);
  await cp(at("shards", "label_num_to_disease_map.json"), at("csv", "label_num_to_disease_map.json"));
  await cassava(folder.path, "split", at("csv"), "--out", "split.json", "--quiet");
  await csv(rows.map((row, i) => (i === 0 ? `${row.split(",")[0]},${(Number(row.split(",")[1]) + 1) % 5}` : row)));
  const { code, stderr } = await cassava(
    folder.path,
    "train",
    at("csv"),
    ...training,
    "--split",
    "split.json",
    "--force",
    "--out",
    "relabelled",
  );
  expect(code).toBe(0);
  expect(stderr).toMatch(/the labels have changed since .*split\.json was made/);
  expect(stderr).toMatch(/warning: duplicate-leak: \d+ validation or test images are in the training part too/);
  const { counts } = JSON.parse(await readFile(at("relabelled", "split.json"), "utf8"));
  const before = JSON.parse(await readFile(at("split.json"), "utf8")).counts;
  expect(counts).not.toEqual(before);
});

it("a run that diverges says so, and is not kept", async () => {
  const args = [
    "train",
    at("shards"),
    ...training,
    "--learning-rate",
    "1e39",
    "--optimizer",
    "sgd",
    "--force",
    "--out",
    "nan",
  ];
  const { code, stderr } = await cassava(folder.path, ...args);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: the run diverged .*lower --learning-rate/m)]);
  expect(await everythingIn(folder.path)).not.toContain("nan");
});

it("an error with --json is a document too", async () => {
  const { code, stdout } = await cassava(folder.path, "evaluate", "nowhere", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({ error: { code: "RUN_MISSING", message: expect.stringMatching(/nowhere/) } });
});

it("predicts a folder of photographs", async () => {
  const { stdout } = await cassava(folder.path, "predict", "run", at("csv", "train_images"), "--json");
  expect(JSON.parse(stdout).predictions).toHaveLength(200);
  await mkdir(at("telephone"));
  for (const name of ["a.HEIC", "b.heic", ".hidden"]) await writeFile(at("telephone", name), "");
  const unread = await cassava(folder.path, "predict", "run", "telephone", "--quiet");
  expect([unread.code, unread.stderr]).toEqual([1, expect.stringMatching(/holds no JPEG, PNG or WebP among 2 files/)]);
  const mixed = await cassava(folder.path, "predict", "run", "telephone", at("csv", "train_images"), "--quiet");
  expect([mixed.code, mixed.stderr]).toEqual([0, "warning: 2 files not read: no JPEG, PNG or WebP by their names\n"]);
  const missing = await cassava(folder.path, "predict", "run", "nothing.jpg", "--quiet");
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/^error: .*nothing\.jpg is not there/)]);
});
