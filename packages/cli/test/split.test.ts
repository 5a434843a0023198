import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSplit } from "@cassava/data";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 120, seed: 3, size: 32 }, { shards: 6 });
});
afterAll(() => folder.remove());

const split = (...args: string[]) => cassava(folder.path, "split", at("shards"), ...args);
const read = async (...names: string[]) => parseSplit(await readFile(at(...names), "utf8"));

describe("cassava split", () => {
  it("--by-shard gives whole files to the parts, and warns with what it measured", async () => {
    const { code, stderr } = await split("--by-shard", "--ratios", "60/20/20", "--out", "by-shard.json");
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning: split by shard \(4\/1\/1 shards\): .*Cramér's V 0\.\d{4}, chi-square/);
    const one = await read("by-shard.json");
    expect([one.by, one.train.length, one.validation.length, one.test.length]).toEqual(["shard", 80, 20, 20]);
  });

  it("--folds writes one split for each fold, which together are the data set", async () => {
    const { code, stdout } = await split("--folds", "3", "--out", "folds");
    expect([code, (await readdir(at("folds"))).sort()]).toEqual([0, ["fold-0.json", "fold-1.json", "fold-2.json"]]);
    expect(stdout).toContain("fold 2");
    const folds = await Promise.all([0, 1, 2].map((k) => read("folds", `fold-${k}.json`)));
    expect(new Set(folds.flatMap(({ validation }) => validation)).size).toBe(120);
    expect(folds.map(({ validation }) => validation.length)).toEqual([40, 40, 40]);
    expect((await split("--folds", "3", "--out", "folds")).stderr).toMatch(/fold-0\.json exists already/);
  });

  it("--groups keeps what a column names together, and joins it with the look-alikes", async () => {
    const ids = Array.from({ length: 120 }, (_, k) => `leaf-${String(k).padStart(4, "0")}.jpg`);
    const rows = ids.map((id, k) => `${id},plant ${Math.floor(k / 4)}`);
    await writeFile(at("plants.csv"), `image_id,plant\n${rows.join("\n")}\n`);
    const groups = ["--groups", "plants.csv", "--group-column", "plant", "--no-stratify"];
    const { code } = await split(...groups, "--group-by", "look-alikes", "--out", "plants.json", "--quiet");
    expect(code).toBe(0);
    const one = await read("plants.json");
    for (const part of [one.train, one.validation, one.test]) {
      const there = new Set(part);
      for (const id of part) {
        const plant = Math.floor(ids.indexOf(id) / 4);
        for (let k = 4 * plant; k < 4 * plant + 4; k++) expect(there.has(ids[k]!)).toBe(true);
      }
    }
    const wrong = await split("--groups", "none.csv", "--out", "x.json");
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/--groups: .*none\.csv cannot be read/)]);
    const column = await split("--groups", "plants.csv", "--out", "x.json");
    expect([column.code, column.stderr]).toEqual([
      1,
      expect.stringMatching(/plants\.csv line 1: there is no column "group".*--group-column/),
    ]);
    const both = await split("--by-shard", "--folds", "2", "--out", "x.json");
    expect(both).toMatchObject({ stderr: expect.stringMatching(/cannot be used with/) });
    expect(both.code).not.toBe(0);
  });
});

describe("cassava audit", () => {
  it("shows skew, look-alikes and outliers, and has them in its JSON", async () => {
    const { code, stdout } = await cassava(folder.path, "audit", at("shards"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/classes by shard \(6\): Cramér's V 0\.\d{4}, chi-square p = /);
    expect(stdout).toMatch(/look-alikes \(perceptual hashes within 6 of 64 bits\): \d+ group/);
    expect(stdout).toMatch(/unusually dark or light \(median \d+ of 255\): /);
    expect(stdout).toMatch(/unusually blurred \(median sharpness \d+\): /);
    const json = JSON.parse((await cassava(folder.path, "audit", at("shards"), "--json")).stdout);
    expect(json.shardSkew.degreesOfFreedom).toBe(20);
    expect(json.outliers.brightness.threshold).toBe(3.5);
  });
});
