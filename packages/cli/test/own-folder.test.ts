import { cp, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDataset, writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cassava, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 100, seed: 1 }, { shards: 1 });
  const shards = await openDataset(at("shards"));
  for (const [i, entry] of shards.entries.slice(0, 12).entries()) {
    const name = i % 2 === 0 ? "healthy" : "sick";
    await mkdir(at("photographs", name), { recursive: true });
    await writeFile(at("photographs", name, `${i}.jpg`), await shards.read(entry));
  }
  await shards.close();
  for (const name of ["sick/a.HEIC", "sick/b.heic", "healthy/notes.txt"]) await writeFile(at("photographs", name), "");
});
afterAll(() => folder.remove());

it("audit counts what it does not read by extension, and warns of photographs among it", async () => {
  const { code, stdout, stderr } = await cassava(folder.path, "audit", at("photographs"));
  const line = "3 files not read: 2 x .heic, 1 x .txt; convert 2 photographs to JPEG";
  expect([code, stderr]).toEqual([0, expect.stringContaining(`warning: ${line}\n`)]);
  expect(stdout).toContain(`\n${line}\n`);
  const json = JSON.parse((await cassava(folder.path, "audit", at("photographs"), "--json")).stdout);
  expect(json.unreadFiles).toEqual({
    count: 3,
    ids: ["healthy/notes.txt", "sick/a.HEIC", "sick/b.heic"],
    extensions: { ".heic": 2, ".txt": 1 },
    photographs: 2,
  });
});

it("audit says that one class is too few, and names a label file that it does not read", async () => {
  const one = await cassava(folder.path, "audit", at("photographs/healthy"));
  expect(one.stdout).toContain("no image has a label");
  await cp(at("photographs/healthy"), at("single/healthy"), { recursive: true });
  expect((await cassava(folder.path, "audit", at("single"))).stdout).toContain(
    "one class only, healthy: a classifier needs two",
  );
  await writeFile(at("single", "labels.csv"), "image_id,label\n0.jpg,0\n");
  const { code, stderr } = await cassava(folder.path, "audit", at("single"));
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/labels\.csv was not read: call the file with the labels train\.csv/),
  ]);
  await writeFile(at("photographs", "labels.csv"), "image_id,label\n0.jpg,0\n");
  const both = await cassava(folder.path, "split", at("photographs"), "--out", "split.json", "--quiet");
  expect([both.code, both.stderr]).toEqual([
    0,
    expect.stringContaining("a CSV counts only as train.csv beside train_images/"),
  ]);
});

it("inspect names the command for photographs", async () => {
  for (const [path, is] of [
    ["photographs", "holds none"],
    ["photographs/labels.csv", "is none"],
    ["photographs/healthy/0.jpg", "is none"],
  ]) {
    const { code, stderr } = await cassava(folder.path, "inspect", at(path!), "--quiet");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`${at(path!)} ${is}: for photographs take cassava audit`),
    ]);
  }
  expect((await cassava(folder.path, "inspect", at("shards"))).code).toBe(0);
  const { stderr } = await cassava(folder.path, "inspect", at("nowhere"), "--quiet");
  expect(stderr).toMatch(/nowhere.*no TFRecord file matches; check the path/);
});

it("a column of groups may have another name, and the error says by which option", async () => {
  await writeFile(at("groups.csv"), "image_id;plant\nhealthy/0.jpg;a\n");
  const args = ["split", at("photographs"), "--groups", "groups.csv", "--out", "grouped.json", "--quiet"];
  const { code, stderr } = await cassava(folder.path, ...args);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/has "image_id", "plant": .*, or name that of the groups with --group-column/),
  ]);
  expect((await cassava(folder.path, ...args, "--group-column", "plant")).code).toBe(0);
});

it("evaluate tells photographs of a test folder from those of the run that bear their names", async () => {
  const shards = await openDataset(at("shards"));
  for (const [i, entry] of shards.entries.slice(0, 60).entries()) {
    const part = i < 40 ? "train" : "test";
    const folders = at("parts", part, i % 2 === 0 ? "healthy" : "sick");
    await mkdir(folders, { recursive: true });
    await writeFile(join(folders, `${i < 40 ? i : i - 40}.jpg`), await shards.read(entry));
  }
  // One of the twenty is a photograph of the run after all.
  await cp(at("parts/train/healthy/0.jpg"), at("parts/test/healthy/0.jpg"));
  await shards.close();
  const whole = ["--ratios", "80/20", "--backbone", "resnet14", "--weights", "none", "--input-size", "32", "--force"];
  const trained = await cassava(
    folder.path,
    "train",
    at("parts/train"),
    ...whole,
    "--epochs",
    "1",
    "--out",
    "parts-run",
  );
  expect(trained.code).toBe(0);
  const { code, stdout, stderr } = await cassava(folder.path, "evaluate", "parts-run", at("parts/test"), "--json");
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { excluded: 1, summary: { n: 19 } }]);
  expect(stderr).toMatch(/warning: 1 image left out.*\n.*19 images of such a name kept/);
  // Where the run's own images are gone, the name decides.
  await rename(at("parts/train"), at("parts/gone"));
  const alone = await cassava(folder.path, "evaluate", "parts-run", at("parts/test"), "--quiet");
  expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining("there is nothing to evaluate on")]);
});
