import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, everythingIn, interruptible, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const SMALL = ["--input-size", "32", "--epochs", "3", "--head", "8", "--quiet"];
const survey = (...more: string[]) => cassava(folder.path, "survey", at("shards"), ...SMALL, ...more, "--json");

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 150, seed: 3, difficulty: 0 }, { shards: 2 });
});
afterAll(() => folder.remove());

describe("cassava survey", { timeout: 300_000 }, () => {
  const models = ["--backbones", "mobilenet,resnet14", "--weights", "random", "resnet14=none", "--out", "survey"];

  it("trains every backbone on one split, ranks them and reports each", async () => {
    const { code, stdout } = await survey(...models);
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found.planned).toEqual(["mobilenet", "resnet14"]);
    expect(found.models).toHaveLength(2);
    const [first, second] = found.models;
    expect(first.accuracy.estimate).toBeGreaterThanOrEqual(second.accuracy.estimate);
    expect([first.difference, second.difference.adjustedP]).toEqual([undefined, expect.any(Number)]);
    const weights = Object.fromEntries(
      found.models.map((one: { name: string; weights: string }) => [one.name, one.weights]),
    );
    expect(weights).toEqual({
      mobilenet: "random weights, made by the seed 42 and frozen",
      resnet14: "trained from scratch",
    });
    const files = await everythingIn(at("survey"));
    for (const name of ["survey.html", "survey.json", "split.json", "mobilenet/report.html", "resnet14/MODEL_CARD.md"])
      expect(files).toContain(name);
    // Each line makes a folder of its own: a second run in the same one would be refused.
    const html = await readFile(at("survey/survey.html"), "utf8");
    const [, lines] = /<code>(cassava train [\s\S]*?)<\/code>/.exec(html)!;
    const outs = [...lines!.replaceAll(/<[^>]+>/g, "").matchAll(/--out (\S+)$/gm)].map(([, out]) => out);
    expect(outs).toEqual([first.name, second.name]);
    // One split for all.
    const split = await readFile(at("survey/split.json"), "utf8");
    for (const name of found.planned) expect(await readFile(at("survey", name, "split.json"), "utf8")).toBe(split);
    // The runs are runs of `train`: their differences are those of `compare`.
    const compared = await cassava(folder.path, "compare", `survey/${second.name}`, `survey/${first.name}`, "--json");
    const { accuracy, mcnemar } = JSON.parse(compared.stdout);
    expect(second.difference.accuracy).toEqual(accuracy.difference);
    expect(second.difference.adjustedP).toBe(mcnemar.pValue);
  });

  it("refuses a folder that is there, and with --resume trains only what is missing", async () => {
    const again = await survey(...models);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("add --resume")]);
    const before = await stat(at("survey/resnet14/model/cassava.json"));
    await rm(at("survey/mobilenet"), { recursive: true });
    const { code, stdout } = await survey(...models, "--resume");
    expect([code, JSON.parse(stdout).models.length]).toEqual([0, 2]);
    expect((await stat(at("survey/resnet14/model/cassava.json"))).mtimeMs).toBe(before.mtimeMs);
    const other = await survey(...models, "--resume", "--learning-rate", "0.01");
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining("had other settings")]);
    const reseeded = await survey(...models, "--resume", "--seed", "7");
    expect([reseeded.code, reseeded.stderr]).toEqual([1, expect.stringContaining("another split")]);
  });

  it("goes on where a model cannot be trained, and says why", async () => {
    await writeFile(at("page.h5"), "<!DOCTYPE html>");
    const sources = ["--backbones", "resnet14,mobilenet", "--weights", "resnet14=none", "mobilenet=page.h5"];
    const { code, stdout, stderr } = await survey(...sources, "--out", "broken");
    expect(code).toBe(1);
    const { models: trained, failed } = JSON.parse(stdout);
    expect([trained.length, failed]).toEqual([1, [{ name: "mobilenet", reason: expect.stringContaining("page.h5") }]]);
    expect(stderr).toContain("mobilenet could not be trained");
  });

  it("is an error where none can be trained", async () => {
    await writeFile(at("page.h5"), "<!DOCTYPE html>");
    const { code, stderr } = await survey("--backbones", "mobilenet", "--weights", "page.h5", "--out", "none");
    expect([code, stderr]).toEqual([1, expect.stringContaining("no model could be trained")]);
  });

  it("names each recipe where there are several", async () => {
    const { stdout } = await survey(
      "--backbones",
      "resnet14",
      "--weights",
      "random",
      "--recipes",
      "article,best",
      "--fine-tune",
      "0",
      "--out",
      "recipes",
    );
    expect(JSON.parse(stdout).planned).toEqual(["resnet14-article", "resnet14-best"]);
    const settings = async (name: string) =>
      JSON.parse(await readFile(at("recipes", name, "config.json"), "utf8")).settings;
    // What the command line says wins over a recipe.
    expect(await settings("resnet14-article")).toMatchObject({
      recipe: "article",
      batchSize: 16,
      epochs: 3,
      head: [8],
    });
    expect(await settings("resnet14-best")).toMatchObject({ recipe: "best", schedule: "cosine", labelSmoothing: 0.1 });
  });

  it("says how to go on where it was cut short, and goes on", async () => {
    const args = ["survey", at("shards"), ...SMALL.filter((one) => one !== "--quiet"), ...models.slice(0, -1), "cut"];
    const controller = Object.assign(new AbortController(), {
      onError: (text: string) => text.includes("model 2 of 2") && controller.abort(new Error("Ctrl-C")),
    }) as unknown as Parameters<typeof interruptible>[1];
    const cut = await interruptible(folder.path, controller, ...args);
    expect([cut.code, cut.stdout]).toEqual([1, ""]);
    expect(cut.stderr).toContain(`what was trained stays in ${at("cut")}`);
    expect(cut.stderr.match(/--resume/g)).toHaveLength(1);
    const { code, stdout } = await cassava(folder.path, ...args, "--resume", "--json");
    expect([code, JSON.parse(stdout).models.length]).toEqual([0, 2]);
  });

  const refused: readonly [string, readonly string[], RegExp][] = [
    ["an unknown backbone", ["--backbones", "resnet5", "--weights", "random"], /--backbones: .*resnet5/],
    ["one named twice", ["--backbones", "vgg16,vgg16", "--weights", "random"], /names vgg16 twice/],
    ["one without weights", ["--backbones", "vgg16,vgg19", "--weights", "vgg16=random"], /none for vgg19/],
    [
      "weights that are not there",
      ["--backbones", "vgg16,resnet14", "--weights", "random", "resnet14=no.h5"],
      /--weights: .*no\.h5 is not there/,
    ],
    ["weights of another", ["--backbones", "vgg16", "--weights", "vgg16=a.h5", "vgg19=b.h5"], /vgg19 is not among/],
    ["an unknown recipe", ["--backbones", "vgg16", "--weights", "random", "--recipes", "bets"], /bets is none of/],
  ];
  it.each(refused)("refuses %s before anything is made", async (_, args, message) => {
    const { code, stderr } = await survey(...args, "--out", "refused");
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(await everythingIn(folder.path)).not.toContain("refused");
  });
});
