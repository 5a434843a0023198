import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cassava, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const validate = (out: string, ...more: string[]) => {
  const network = [
    "--backbone",
    "resnet14",
    "--weights",
    "none",
    "--unfreeze",
    "conv4",
    "--force",
    "--input-size",
    "32",
  ];
  return ["cross-validate", "shards", ...network, "--head", "8", "--epochs", "2", "--out", out, ...more];
};

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 120, seed: 3 }, { shards: 2 });
});
afterAll(() => folder.remove());

it("judges every image once, by a model that has not seen it, and repeats itself", async () => {
  const { code, stdout, stderr } = await cassava(folder.path, ...validate("first", "--folds", "3"));
  expect([code, stderr.match(/^fold \d of 3: .*$/gm)?.length]).toEqual([0, 3]);
  expect(stdout).toMatch(/^out of fold: 120 images$/m);
  const read = async (run: string, name: string) => readFile(at(run, name), "utf8");
  const { folds } = JSON.parse(await read("first", "folds.json")) as { folds: string[][] };
  const lines = (await read("first", "predictions.jsonl"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(new Set(lines.map(({ id }) => id)).size).toBe(120);
  for (const [index, ids] of folds.entries()) {
    const judged = lines.filter(({ part }) => part === `fold-${index + 1}`).map(({ id }) => id);
    expect(judged.sort()).toEqual([...ids].sort());
  }
  const metrics = JSON.parse(await read("first", "metrics.json"));
  expect(metrics.pooled.n).toBe(120);
  const right = lines.filter(({ label, predicted }) => label === predicted).length;
  expect(metrics.pooled.accuracy.estimate).toBeCloseTo(right / 120, 12);
  expect(metrics.folds.map(({ summary }: { summary: { n: number } }) => summary.n)).toEqual(
    folds.map(({ length }) => length),
  );

  expect((await cassava(folder.path, "diagnose", "first")).stderr).toMatch(/^error: .*first has no history\.csv/);
  expect((await cassava(folder.path, ...validate("second", "--folds", "3"))).code).toBe(0);
  expect(await read("second", "metrics.json")).toBe(await read("first", "metrics.json"));
});

it("leaves nothing behind where it cannot, and refuses two folds", async () => {
  const { code, stderr } = await cassava(folder.path, ...validate("many", "--folds", "60"));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: .*fewer.*|^error: .*folds/m);
  expect((await cassava(folder.path, ...validate("two", "--folds", "2"))).stderr).toMatch(/from 3 to 100/);
  expect((await readdir(folder.path)).filter((name) => /many|two/.test(name))).toEqual([]);
});
