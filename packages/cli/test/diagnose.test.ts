import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const run = (...args: string[]) => cassava(folder.path, ...args);
const train = (out: string, ...more: string[]) =>
  run(
    "train",
    "shards",
    "--backbone",
    "resnet14",
    "--weights",
    "none",
    "--input-size",
    "32",
    "--head",
    "none",
    "--epochs",
    "4",
    "--ratios",
    "70/30",
    "--out",
    out,
    ...more,
  );
const CLASSES = "1087,2189,2386,13158,2577";

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 160, seed: 3, difficulty: 0 }, { shards: 2 });
});
afterAll(() => folder.remove());

describe("diagnose LOG", () => {
  const rows = (row: (epoch: number) => string) => Array.from({ length: 20 }, (_, epoch) => row(epoch)).join("\n");

  it("tells the article's plateau from a healthy run, in words and by exit code", async () => {
    await writeFile(at("plateau.csv"), `epoch,loss,val_accuracy\n${rows((e) => `${e},1.25,${e < 2 ? 0.55 : 0.6}`)}\n`);
    await writeFile(
      at("healthy.csv"),
      `epoch,loss,val_accuracy\n${rows((e) => `${e},${0.6 + 0.6 * 0.8 ** e},${0.74 - 0.1 * 0.8 ** e + 0.004 * Math.sin(9 * e)}`)}\n`,
    );
    const bad = await run("diagnose", "plateau.csv", "--classes", CLASSES, "--fail-on", "error");
    expect([bad.code, bad.stderr]).toEqual([2, ""]);
    expect(bad.stdout).toMatch(
      /^Most likely: the pixels are not what the backbone was trained on\.\nTry first: pass RGB pixels from 0 to 255/,
    );
    const good = await run("diagnose", "healthy.csv", "--classes", CLASSES, "--fail-on", "warning");
    expect([good.code, good.stderr]).toEqual([0, ""]);
    expect(good.stdout).toMatch(/^Nothing wrong was found/);
  });

  it("says once what --classes would add to a log without it", async () => {
    await writeFile(at("unknown.csv"), `loss,val_accuracy\n${rows((e) => `${0.7 - 0.01 * e},0.4455`)}\n`);
    const hint = /--classes with the images of each class.*share of the largest class/g;
    expect((await run("diagnose", "unknown.csv")).stdout.match(hint)).toHaveLength(1);
    expect((await run("diagnose", "unknown.csv", "--classes", "98,122")).stdout).not.toMatch(hint);
    expect((await run("diagnose", "unknown.csv", "--validation-classes", "98,122")).stdout).not.toMatch(hint);
    await writeFile(at("losses.csv"), `loss\n${rows((e) => `${0.7 - 0.01 * e}`)}\n`);
    expect((await run("diagnose", "losses.csv")).stdout).not.toMatch(hint);
  });

  it("gives JSON, takes names and the counts of the validation part, and lists what it could not look at", async () => {
    await writeFile(at("frozen.csv"), `loss,val_acc\n${rows((e) => `${0.7 - 0.01 * e},0.4455`)}\n`);
    const { stdout } = await run(
      "diagnose",
      "frozen.csv",
      "--validation-classes",
      "98,122",
      "--names",
      "cat,dog",
      "--json",
    );
    const found = JSON.parse(stdout);
    expect(found.version).toBe(1);
    expect(found.findings[0]).toMatchObject({
      rule: "majority-collapse",
      title: "validation accuracy stands at the share of cat",
    });
    expect((await run("diagnose", "frozen.csv", "--all")).stdout).toMatch(
      /class-missing: needs class counts of each part/,
    );
  });

  it.each([
    ["what is not there", ["nowhere"], /nowhere is not there/],
    ["a log that is none", ["noise.csv"], /noise\.csv is no log of a training run/],
    ["an experiment on a log", ["frozen.csv", "--probe"], /--probe needs the folder of a run/],
    [
      "names for other classes",
      ["frozen.csv", "--classes", "1,2", "--names", "a"],
      /--names has 1 names for 2 --classes/,
    ],
  ])("refuses %s", async (_, args, message) => {
    await writeFile(at("noise.csv"), "a,b\n1,2\n");
    const { code, stderr } = await run("diagnose", ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

describe("a run", () => {
  it("is refused before the first step where it cannot end well, and leaves nothing behind", async () => {
    const { code, stderr } = await train("hot", "--learning-rate", "5");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: this run cannot end well: lr-range: a learning rate of 5 is too high for adam.*--force/,
    );
    expect((await readdir(folder.path)).filter((name) => name.includes("hot"))).toEqual([]);
  });

  it("with --force is told of while it runs, diagnosed, tested, and compared", async () => {
    const hot = await train("hot", "--learning-rate", "5", "--force", "--fail-on", "error");
    // The run is there all the same.
    expect(hot.code).toBe(2);
    expect(hot.stderr).toMatch(/^warning: epoch \d: (update-ratio|loss-diverging): .*/m);
    expect(hot.stdout).toMatch(
      /^diagnosis: .*\. Most likely the learning rate is too high: divide the learning rate by ten/m,
    );
    for (const name of ["diagnosis.json", "observations.json"]) expect(existsSync(at("hot", name))).toBe(true);
    const saved = JSON.parse(await readFile(at("hot", "diagnosis.json"), "utf8"));
    const again = await run("diagnose", "hot", "--json");
    expect(JSON.parse(again.stdout)).toEqual({ ...saved, probes: [] });

    const before = await readdir(at("hot"), { recursive: true });
    const probed = await run("diagnose", "hot", "--probe", "--json");
    const { causes, probes } = JSON.parse(probed.stdout);
    expect(causes[0].cause).toBe("learning-rate-too-high");
    expect(probes.map(({ probe }: { probe: string }) => probe)).toContain("learning-rate-range");
    expect(probed.stderr).toMatch(/^learning-rate-range: .* \(about .* s\)$/m);
    expect(await readdir(at("hot"), { recursive: true })).toEqual(before);

    expect((await train("fair", "--learning-rate", "3e-3", "--epochs", "8")).code).toBe(0);
    const { stdout, code } = await run("compare", "hot", "fair");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^48 images of validation, the same for both$/m);
    expect(stdout).toMatch(/^accuracy: A .* %, B .* %; B - A .* %.*: (B is better|no difference beyond noise)$/m);
    const same = JSON.parse((await run("compare", "fair", "fair", "--json")).stdout);
    expect([same.accuracy.difference.estimate, same.accuracy.verdict, same.mcnemar.pValue]).toEqual([
      0,
      "within-noise",
      1,
    ]);
  }, 120_000);
});
