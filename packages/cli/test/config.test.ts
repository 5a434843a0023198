import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { variableOf } from "../src/config/environment.ts";
import { settingsOfCommand } from "../src/config/setting.ts";
import { createProgram, defineConfig } from "../src/index.ts";
import { everythingIn, type Outcome, run, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let places = 0;
beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(join(folder.path, "shards"), { count: 100, seed: 3 }, { shards: 2 });
});
afterAll(() => folder.remove());

/** A working directory of its own with these files. */
async function place(files: Record<string, string>): Promise<string> {
  const path = join(folder.path, `place-${places++}`);
  await mkdir(path);
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}

const config = (section: object, name = "train") => ({ "cassava.config.json": JSON.stringify({ [name]: section }) });

/** Value and source of every setting that `--print-config` shows. */
function printed({ stdout }: Outcome): Record<string, [unknown, string]> {
  const { settings } = JSON.parse(stdout) as { settings: { key: string; value: unknown; source: string }[] };
  return Object.fromEntries(settings.map(({ key, value, source }) => [key, [value, source]]));
}

describe("files", () => {
  const module =
    'import { defineConfig } from "@cassava/cli";\nconst rate: number = 2e-3;\nexport default defineConfig({ train: { learningRate: rate, head: [8, 4] } });\n';

  it.each([
    ["ts", module],
    ["mts", module],
    ["js", module.replace(": number", "")],
    ["mjs", module.replace(": number", "")],
    ["json", '{ "train": { "learningRate": 2e-3, "head": [8, 4] } }'],
  ])("reads cassava.config.%s", async (ending, text) => {
    const cwd = await place({ [`cassava.config.${ending}`]: text });
    const outcome = await run({ cwd }, "train", "--print-config", "--json");
    expect([outcome.code, outcome.stderr]).toEqual([0, ""]);
    expect(printed(outcome)).toMatchObject({ learningRate: [2e-3, "config"], head: [[8, 4], "config"] });
    expect(JSON.parse(outcome.stdout).config).toBe(join(cwd, `cassava.config.${ending}`));
    expect(await everythingIn(cwd)).toEqual([`cassava.config.${ending}`]);
  });

  it("reads another one by --config, wherever it stands, or CASSAVA_CONFIG", async () => {
    const cwd = await place({ ...config({ epochs: 1 }), "other.json": '{ "train": { "epochs": 2 } }' });
    for (const args of [
      ["train", "--config", "other.json"],
      ["--config", "other.json", "train"],
    ]) {
      expect(printed(await run({ cwd }, ...args, "--print-config", "--json")).epochs).toEqual([2, "config"]);
    }
    const env = { CASSAVA_CONFIG: "other.json" };
    expect(printed(await run({ cwd, env }, "train", "--print-config", "--json")).epochs).toEqual([2, "config"]);
    const missing = await run({ cwd }, "train", "--config", "nowhere.ts");
    expect([missing.code, missing.stderr]).toEqual([
      1,
      expect.stringMatching(/^error: --config: .*nowhere\.ts is not there/),
    ]);
  });

  it("defineConfig gives back what it got", () => {
    const given = { train: { backbone: "resnet14", head: "none", fineTune: "all" } } as const;
    expect(defineConfig(given)).toBe(given);
    // @ts-expect-error a number is no list of widths
    defineConfig({ train: { head: 8 } });
    // @ts-expect-error there is no such setting
    defineConfig({ train: { batchsize: 8 } });
  });
});

describe("problems", () => {
  /** What `cassava train` says of a section. */
  async function refusal(text: string, ending = "json"): Promise<string[]> {
    const cwd = await place({ [`cassava.config.${ending}`]: text });
    const { code, stdout, stderr } = await run(
      { cwd },
      "train",
      "data",
      "--backbone",
      "resnet14",
      "--weights",
      "none",
      "--out",
      "x",
    );
    expect([code, stdout]).toEqual([1, ""]);
    return stderr.trimEnd().replaceAll(`${cwd}/`, "").split("\n");
  }

  it.each([
    [{ train: { batchsize: 8 } }, "train.batchsize: there is no such setting; did you mean batchSize?"],
    [{ trian: {} }, "trian: there is no such setting; did you mean train?"],
    [{ export: { colour: 1 } }, "export.colour: there is no such setting; export takes run, format, out, float16"],
    [{ train: { batchSize: "16" } }, 'train.batchSize: found "16" (a string); it must be a number'],
    [{ train: { batchSize: 1.5 } }, "train.batchSize: found 1.5 (a number); it must be a whole number from 1."],
    [{ train: { dropout: 1 } }, "train.dropout: found 1 (a number); it must be a number from 0 to below 1."],
    [
      { train: { optimizer: "adamw2" } },
      'train.optimizer: found "adamw2" (a string); it must be one of adam, adamW, rmsprop, sgd; did you mean adamW?',
    ],
    [{ train: { head: [8, 0] } }, "train.head: found [8,0]; it must be a whole number from 1 to 65536."],
    [{ train: { head: "8" } }, 'train.head: found "8" (a string); it must be a list of numbers, or "none"'],
    [
      { train: { fineTune: "al" } },
      'train.fineTune: found "al" (a string); it must be a number, or "all"; did you mean all?',
    ],
    [{ train: { force: "yes" } }, 'train.force: found "yes" (a string); it must be true or false'],
    [{ train: { recipe: null } }, "train.recipe: found null; it must be one of article, best"],
    [{ train: { augment: "flop" } }, /^train\.augment: found "flop" \(a string\); .*flop/],
    [{ train: 3 }, "train: found 3 (a number); it must be an object of settings"],
    [
      { tfrecord: { index: { format: "xml" } } },
      'tfrecord.index.format: found "xml" (a string); it must be one of json, text',
    ],
    [[], /^its default export: found \[\]; it must be an object of settings/],
  ])("%j", async (found, message) => {
    const [line, ...more] = await refusal(JSON.stringify(found));
    const prefix = "error: cassava.config.json: ";
    expect(line).toMatch(new RegExp(`^${prefix}`));
    if (typeof message === "string") expect(line).toBe(prefix + message);
    else expect(line!.slice(prefix.length)).toMatch(message);
    expect(more).toEqual([]);
  });

  it("names every problem of a file, and what cannot be loaded at all", async () => {
    expect(await refusal('{ "train": { "epochs": 0, "seed": -1 }, "foo": 1 }')).toHaveLength(3);
    expect((await refusal("{"))[0]).toMatch(/^error: cassava\.config\.json cannot be loaded: /);
    expect((await refusal("export default {", "ts"))[0]).toMatch(/^error: cassava\.config\.ts cannot be loaded: /);
    expect((await refusal('throw new Error("no luck")', "ts"))[0]).toBe(
      "error: cassava.config.ts cannot be loaded: no luck",
    );
  });

  it("help and doctor's neighbours work beside a broken file", async () => {
    const cwd = await place({ "cassava.config.json": "{" });
    expect((await run({ cwd }, "train", "--help")).code).toBe(0);
    expect((await run({ cwd }, "--help")).code).toBe(0);
    expect((await run({ cwd }, "doctor")).code).toBe(1);
  });
});

describe("precedence", () => {
  it("is flag, environment, configuration, recipe, default", async () => {
    const cwd = await place(config({ recipe: "best", epochs: 3, batchSize: 4, seed: 5 }));
    const env = { CASSAVA_TRAIN_BATCH_SIZE: "6", CASSAVA_TRAIN_SEED: "7" };
    const found = printed(await run({ cwd, env }, "train", "--seed", "8", "--print-config", "--json"));
    expect(found).toMatchObject({
      seed: [8, "flag"],
      batchSize: [6, "environment"],
      epochs: [3, "config"],
      labelSmoothing: [0.1, "recipe"],
      pooling: ["avg", "default"],
      ema: [null, "none"],
      dataset: [null, "none"],
    });
  });

  it("a flag that excludes another wins over it, whichever side it is on", async () => {
    const cwd = await place(config({ ratios: "70/30" }));
    const flag = printed(await run({ cwd }, "train", "--split", "s.json", "--print-config", "--json"));
    expect(flag).toMatchObject({ split: ["s.json", "flag"], ratios: ["60/20/20", "default"] });
    const env = { CASSAVA_TRAIN_SPLIT: "s.json" };
    const variable = printed(await run({ cwd, env }, "train", "--print-config", "--json"));
    expect(variable).toMatchObject({ split: ["s.json", "environment"], ratios: ["60/20/20", "default"] });
    const both = await run(
      { cwd: await place(config({ ratios: "70/30", split: "s.json" })) },
      "train",
      "--print-config",
    );
    expect([both.code, both.stderr]).toEqual([1, expect.stringContaining("cannot be used with")]);
  });

  it("sets flags on and off, and those that begin with no", async () => {
    const cwd = await place({ "cassava.config.json": '{ "split": { "stratify": false, "force": true } }' });
    const plain = printed(await run({ cwd }, "split", "--print-config", "--json"));
    expect(plain).toMatchObject({ stratify: [false, "config"], force: [true, "config"] });
    const env = { CASSAVA_SPLIT_STRATIFY: "yes", CASSAVA_SPLIT_FORCE: "0" };
    const undone = printed(await run({ cwd, env }, "split", "--print-config", "--json"));
    expect(undone).toMatchObject({ stratify: [true, "environment"], force: [null, "environment"] });
  });

  it("refuses a variable that does not fit, and warns of one that is none", async () => {
    const cwd = await place({});
    const wrong = await run({ cwd, env: { CASSAVA_TRAIN_EPOCHS: "many" } }, "train", "--print-config");
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      'error: CASSAVA_TRAIN_EPOCHS: found "many". It must be a whole number from 1.\n',
    ]);
    const typo = await run({ cwd, env: { CASSAVA_TRAIN_EPOCH: "3" } }, "train", "--print-config");
    expect([typo.code, typo.stderr]).toEqual([
      0,
      "warning: CASSAVA_TRAIN_EPOCH is no setting of train; did you mean CASSAVA_TRAIN_EPOCHS?\n",
    ]);
  });

  it("reaches commands below a command", async () => {
    const cwd = await place({ "cassava.config.json": '{ "tfrecord": { "index": { "format": "text" } } }' });
    const env = { CASSAVA_TFRECORD_INDEX_PATH: "a.tfrec" };
    const found = printed(await run({ cwd, env }, "tfrecord", "index", "--print-config", "--json"));
    expect(found).toEqual({ path: [["a.tfrec"], "environment"], format: ["text", "config"] });
  });

  it("every setting of every command has a variable of its own", () => {
    const write = () => true;
    const { signal } = new AbortController();
    const program = createProgram({ stdout: { write }, stderr: { write }, env: {}, cwd: ".", signal });
    const leaves = program.commands.flatMap((one) => (one.commands.length > 0 ? one.commands : [one]));
    const names = leaves.flatMap((one) => settingsOfCommand(one).map((setting) => variableOf(one, setting)));
    expect(names.length).toBeGreaterThan(100);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^CASSAVA(_[A-Z0-9]+)+$/);
  });
});

it("trains with everything that is required from the configuration, as with flags", async () => {
  const settings = { backbone: "resnet14", weights: "none", inputSize: 32, epochs: 1, head: "none" };
  const cwd = await place(config({ ...settings, dataset: "../shards", out: "runs/a" }));
  const configured = await run({ cwd }, "train");
  expect([configured.code, configured.stderr]).toEqual([
    0,
    expect.stringMatching(/^settings: .*cassava\.config\.json\n/),
  ]);
  const flags = [
    "--backbone",
    "resnet14",
    "--weights",
    "none",
    "--input-size",
    "32",
    "--epochs",
    "1",
    "--head",
    "none",
  ];
  expect((await run({ cwd: await place({}) }, "train", "../shards", ...flags, "--out", "../flags")).code).toBe(0);
  const read = async (path: string) => JSON.parse(await readFile(path, "utf8"));
  const saved = await read(join(cwd, "runs/a/config.json"));
  expect(saved).toEqual(await read(join(folder.path, "flags/config.json")));
  expect(saved.settings).toMatchObject({ epochs: 1, head: [], inputSize: 32 });
});

it("shows settings as a table", async () => {
  const cwd = await place(config({ recipe: "article", out: "runs/a" }));
  const { stdout, code } = await run(
    { cwd, env: { CASSAVA_TRAIN_SEED: "1" } },
    "train",
    "--print-config",
    "--epochs",
    "4",
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^cassava train\nconfiguration: .*cassava\.config\.json\n/);
  expect(stdout).toMatch(/^--epochs +4 +flag$/m);
  expect(stdout).toMatch(/^--seed +1 +environment CASSAVA_TRAIN_SEED$/m);
  expect(stdout).toMatch(/^--out +runs\/a +config$/m);
  expect(stdout).toMatch(/^--plateau +3 +recipe article$/m);
  expect(stdout).toMatch(/^--ema +-$/m);
});
