import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDataset, writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, everythingIn, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const COUNT = 120;

/** The leaves of the shards as train.csv and train_images/. */
async function writeCsv(from: string, to: string): Promise<void> {
  const dataset = await openDataset(from);
  await mkdir(join(to, "train_images"), { recursive: true });
  const rows = ["image_id,label"];
  for (const entry of dataset.entries) {
    rows.push(`${entry.id},${entry.label}`);
    await writeFile(join(to, "train_images", entry.id), await dataset.read(entry));
  }
  await dataset.close();
  await writeFile(join(to, "train.csv"), `${rows.join("\n")}\n`);
  await cp(join(from, "label_num_to_disease_map.json"), join(to, "label_num_to_disease_map.json"));
}

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(join(folder.path, "shards"), { count: COUNT, seed: 7 }, { shards: 3 });
  await writeCsv(join(folder.path, "shards"), join(folder.path, "csv"));
});
afterAll(() => folder.remove());

const json = (stdout: string) => JSON.parse(stdout);
const training = [
  "--backbone",
  "resnet14",
  "--weights",
  "none",
  "--epochs",
  "2",
  "--head",
  "none",
  "--batch-size",
  "16",
];

describe("the line from a data set to a verdict", () => {
  it("inspects shards", async () => {
    const { code, stdout } = await cassava(folder.path, "inspect", join(folder.path, "shards"), "--json");
    expect(code).toBe(0);
    const { records, corrupt, files } = json(stdout);
    expect([records, corrupt, files.length]).toEqual([COUNT, 0, 3]);
    expect(files[0].features.map(({ name }: { name: string }) => name).sort()).toEqual([
      "image",
      "image_name",
      "target",
    ]);
  });

  it("audits shards and CSV alike", async () => {
    const [shards, csv] = await Promise.all(
      ["shards", "csv"].map(async (name) =>
        json((await cassava(folder.path, "audit", join(folder.path, name), "--json")).stdout),
      ),
    );
    expect(shards.images).toEqual({ total: COUNT, labelled: COUNT, unlabelled: 0 });
    expect(csv.classes).toEqual(shards.classes);
    expect(shards.majority.share).toBeCloseTo(0.6149, 1);
  });

  it("splits both alike, and will not overwrite", async () => {
    const run = (name: string) =>
      cassava(
        folder.path,
        "split",
        join(folder.path, name),
        "--ratios",
        "60/20/20",
        "--out",
        `${name}.json`,
        "--quiet",
      );
    expect((await run("shards")).code).toBe(0);
    expect((await run("csv")).code).toBe(0);
    const read = (name: string) => readFile(join(folder.path, name), "utf8");
    expect(await read("csv.json")).toBe(await read("shards.json"));
    const again = await run("csv");
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/^error: --out: .*csv\.json exists already/)]);
  });

  it("trains from both to the same result; evaluate and predict reproduce it", async () => {
    const run = async (name: string) => {
      const data = join(folder.path, name);
      return cassava(
        folder.path,
        "train",
        data,
        ...training,
        "--split",
        "shards.json",
        "--out",
        `run-${name}`,
        "--json",
      );
    };
    const [shards, csv] = [await run("shards"), await run("csv")];
    expect(shards.stderr).toMatch(/epoch 2\/2: loss/);
    const document = json(shards.stdout);
    const run2 = json(csv.stdout);
    // A diagnosis knows of shards, and of how long training waited.
    const { timings, diagnosis } = run2;
    expect(run2).toEqual({ ...document, run: join(folder.path, "run-csv"), timings, diagnosis });
    const found = (of: { rule: string; severity: string }[]) => of.map(({ rule, severity }) => [rule, severity]);
    expect(found(diagnosis.findings)).toEqual(found(document.diagnosis.findings));
    expect(document.parts.test.n).toBe(24);
    expect(document.verdict.text).toMatch(/^Test accuracy \d/);
    const saved = await everythingIn(join(folder.path, "run-shards"));
    const expected = [
      "config.json",
      "diagnosis.json",
      "history.csv",
      "log.txt",
      "metrics.json",
      "observations.json",
      "predictions.jsonl",
      "split.json",
      "timings.json",
    ];
    expect(saved.filter((name) => !name.startsWith("model"))).toEqual(expected);

    const evaluated = await cassava(folder.path, "evaluate", "run-shards", "--json");
    expect(json(evaluated.stdout)).toEqual({
      version: 1,
      part: "test",
      excluded: 0,
      summary: document.parts.test,
      reproduced: true,
    });
    const elsewhere = await cassava(
      folder.path,
      "evaluate",
      "run-shards",
      join(folder.path, "csv"),
      "--part",
      "test",
      "--json",
    );
    expect(json(elsewhere.stdout).summary).toEqual(document.parts.test);

    // Without a part, what the run has trained or validated on does not count.
    const unseen = await cassava(folder.path, "evaluate", "run-shards", join(folder.path, "csv"), "--json");
    expect(json(unseen.stdout)).toMatchObject({ part: null, excluded: 96, summary: { n: 24 } });
    expect(unseen.stderr).toMatch(
      /warning: 96 images left out: the run has trained or validated on images of these names/,
    );

    const lines = (await readFile(join(folder.path, "run-shards", "predictions.jsonl"), "utf8")).trimEnd().split("\n");
    const [first] = lines.map((line) => JSON.parse(line)).filter(({ part }) => part === "test");
    const image = join(folder.path, "csv", "train_images", first.id);
    const { predictions } = json((await cassava(folder.path, "predict", "run-shards", image, "--json")).stdout);
    expect(predictions[0].predicted).toBe(first.predicted);
    for (const [c, { probability }] of predictions[0].probabilities.entries()) {
      expect(probability).toBeCloseTo(first.probabilities[c], 6);
    }
  });

  it("gives the same metrics for the same seed, and others for another", async () => {
    const run = async (seed: string, out: string) => {
      const args = [
        join(folder.path, "shards"),
        ...training,
        "--split",
        "shards.json",
        "--seed",
        seed,
        "--out",
        out,
        "--quiet",
      ];
      expect((await cassava(folder.path, "train", ...args)).code).toBe(0);
      return readFile(join(folder.path, out, "predictions.jsonl"), "utf8");
    };
    const [a, b, c] = [await run("1", "a"), await run("1", "b"), await run("2", "c")];
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });

  it("converts a CSV to shards that hold the same bytes", async () => {
    const { code } = await cassava(
      folder.path,
      "convert",
      join(folder.path, "csv"),
      "--out",
      "converted",
      "--shards",
      "2",
      "--quiet",
    );
    expect(code).toBe(0);
    const [from, to] = await Promise.all([
      openDataset(join(folder.path, "csv")),
      openDataset(join(folder.path, "converted")),
    ]);
    expect(to.entries.map(({ id, label }) => [id, label])).toEqual(from.entries.map(({ id, label }) => [id, label]));
    expect(to.classes).toEqual(from.classes);
    for (const [i, entry] of to.entries.entries())
      expect(await to.read(entry)).toEqual(await from.read(from.entries[i]!));
    await Promise.all([from.close(), to.close()]);
  });
});
