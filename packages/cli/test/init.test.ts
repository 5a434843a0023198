import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { openDataset, writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { main } from "../src/index.ts";
import { everythingIn, run, scratchFolder } from "./support.ts";

const [ENTER, DOWN, CTRL_C] = ["\r", "\u001b[B", "\u0003"];
let shards: Awaited<ReturnType<typeof scratchFolder>>;
let cwd: string;
let folders: Awaited<ReturnType<typeof scratchFolder>>[] = [];
beforeAll(async () => {
  shards = await scratchFolder();
  await writeSyntheticShards(join(shards.path, "leaves"), { count: 100, seed: 3 }, { shards: 2 });
});
beforeEach(async () => {
  const folder = await scratchFolder();
  folders.push(folder);
  cwd = folder.path;
});
afterAll(async () => {
  await Promise.all([shards, ...folders].map((folder) => folder.remove()));
  folders = [];
});
const leaves = () => join(shards.path, "leaves");
const file = () => join(cwd, "cassava.config.ts");

/** Runs a command on a terminal, where somebody waits for each question and then types the keys that answer it. */
async function onTerminal(args: string[], answers: readonly (readonly [question: string, ...keys: string[]])[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 40 });
  const [said, results]: [string[], string[]] = [[], []];
  const waiting = [...answers];
  let fresh = "";
  stderr.on("data", (chunk: Buffer) => {
    said.push(chunk.toString());
    fresh += chunk.toString();
    const [next] = waiting;
    if (next === undefined || !fresh.includes(next[0])) return;
    waiting.shift();
    fresh = "";
    const type = ([key, ...more]: readonly string[]) => {
      if (key === undefined) return;
      stdin.write(key);
      setTimeout(() => type(more), 20);
    };
    setTimeout(() => type(next.slice(1)), 20);
  });
  const stdout = { write: (text: string) => results.push(text) };
  const { signal } = new AbortController();
  const code = await main(args, { stdin, stdout, stderr, env: {}, cwd, signal });
  return { code, stdout: results.join(""), stderr: said.join(""), unanswered: waiting.length };
}

it("asks, looks at the photographs, and writes a configuration that train takes", async () => {
  const { code, stdout, stderr, unanswered } = await onTerminal(
    ["init"],
    [
      ["Where are the photographs?", "nowhere", ENTER],
      ["Where are the photographs?", "\u0015", leaves(), ENTER],
      ["Which network?", DOWN, ENTER],
      ["Where do its weights come from?", ENTER],
      ["Which recipe?", DOWN, ENTER],
      ["Where should the run go?", "/b", ENTER],
    ],
  );
  expect([code, unanswered]).toEqual([0, 0]);
  expect(stderr).toMatch(/warning:.*nowhere/);
  expect(stderr).toMatch(/100 images in 5 classes: /);
  expect(stdout).toMatch(/^wrote .*cassava\.config\.ts\nnext: cassava train/);
  const text = await readFile(file(), "utf8");
  expect(text).toContain(`dataset: ${JSON.stringify(leaves())}`);
  const { settings } = JSON.parse((await run({ cwd }, "train", "--print-config", "--json")).stdout);
  const byKey = Object.fromEntries(settings.map(({ key, value, source }: never) => [key, [value, source]]));
  expect(byKey).toMatchObject({
    dataset: [[leaves()], "config"],
    backbone: ["resnet50", "config"],
    weights: ["imagenet", "config"],
    recipe: ["article", "config"],
    plateau: [3, "recipe"],
    out: ["runs/first/b", "config"],
  });
  expect(await everythingIn(cwd)).toEqual(["cassava.config.ts"]);
});

it("Ctrl-C at a question writes nothing and ends with 130", async () => {
  const { code, stderr } = await onTerminal(["init", "--dataset", leaves()], [["Which network?", CTRL_C]]);
  expect([code, stderr.endsWith("nothing was written\n")]).toEqual([130, true]);
  expect(await everythingIn(cwd)).toEqual([]);
});

it("asks before it replaces a configuration, and keeps it unless told otherwise", async () => {
  await writeFile(file(), "export default {};\n");
  const all = ["init", "--dataset", leaves(), "--backbone", "resnet14", "--weights", "none", "--out", "runs/a"];
  const kept = await onTerminal(all, [["Replace it?", ENTER]]);
  expect([kept.code, await readFile(file(), "utf8")]).toEqual([1, "export default {};\n"]);
  const replaced = await onTerminal(all, [["Replace it?", "y"]]);
  expect([replaced.code, await readFile(file(), "utf8")]).toEqual([0, expect.stringContaining('backbone: "resnet14"')]);
});

it("--yes asks nothing", async () => {
  await writeSyntheticShards(join(cwd, "photographs"), { count: 100, seed: 3 }, { shards: 2 });
  const made = await run({ cwd }, "init", "--yes", "--json", "--recipe", "article");
  const document = JSON.parse(made.stdout);
  const train = {
    dataset: "photographs",
    backbone: "mobilenetV2",
    weights: "imagenet",
    recipe: "article",
    out: "runs/first",
  };
  expect(document).toMatchObject({ version: 1, file: file(), train, next: "cassava train" });
  expect(document.photographs).toMatchObject({ images: 100, unlabelled: 0, problems: [] });
  const written = await readFile(file(), "utf8");

  const again = await run({ cwd }, "init", "--yes", "--backbone", "vgg16");
  expect([again.code, again.stderr]).toEqual([
    1,
    expect.stringMatching(/cassava\.config\.ts is there already: pass --force/),
  ]);
  expect(await readFile(file(), "utf8")).toBe(written);
  expect((await run({ cwd }, "init", "--yes", "--backbone", "VGG16", "--force")).code).toBe(0);
  expect(await readFile(file(), "utf8")).toContain('backbone: "vgg16"');
});

it("--yes finds a folder with one subfolder for each class, and neither packages nor a held-out part", async () => {
  const shard = await openDataset(leaves());
  const jpeg = await shard.read(shard.entries[0]!);
  await shard.close();
  const photograph = async (...names: string[]) => {
    await mkdir(join(cwd, ...names), { recursive: true });
    await writeFile(join(cwd, ...names, "1.jpg"), jpeg);
  };
  const made = () => run({ cwd }, "init", "--yes", "--json");
  for (const other of ["node_modules", "test"]) for (const name of ["a", "b"]) await photograph(other, name);
  await photograph("photographs", "CBB");
  const none = await made();
  expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/or one folder of images for each class/)]);
  await photograph("photographs", "Healthy");
  const document = JSON.parse((await made()).stdout);
  expect(document.train.dataset).toBe("photographs");
  expect(document.photographs.classes.map(({ name }: { name: string }) => name)).toEqual(["CBB", "Healthy"]);
});

it("says what is missing where there is no terminal, no photographs, or no sense in the answers", async () => {
  const refuses = async (message: RegExp, ...args: string[]) => {
    const { code, stderr } = await run({ cwd }, "init", ...args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(await everythingIn(cwd)).toEqual([]);
  };
  await refuses(/^error: cassava init asks questions, and there is no terminal to ask them on: pass --yes/);
  await refuses(/^error: no folder here looks like photographs .*--dataset/, "--yes");
  await refuses(/^error: .*nowhere/, "--yes", "--dataset", "nowhere");
  await refuses(/--weights: .*no\.h5 is not there/, "--yes", "--dataset", leaves(), "--weights", "no.h5");
  await refuses(/it needs --weights/, "--yes", "--dataset", leaves(), "--recipe", "best", "--weights", "none");
  await refuses(
    /no ImageNet weights of resnet14/,
    "--yes",
    "--dataset",
    leaves(),
    "--backbone",
    "resnet14",
    "--weights",
    "imagenet",
  );
  await refuses(/argument 'artcle' is invalid.*Did you mean article\?/, "--yes", "--recipe", "artcle");
});

it("proposes a folder that is free, and a next command as this one was called", async () => {
  const all = ["init", "--yes", "--force", "--dataset", leaves()];
  const made = async (event?: string) => {
    const { stdout } = await run({ cwd, ...(event && { env: { npm_lifecycle_event: event } }) }, ...all);
    return [/next: (.*?) \(/.exec(stdout)![1], /out: "(.*)"/.exec(await readFile(file(), "utf8"))![1]];
  };
  expect(await made()).toEqual(["cassava train", "runs/first"]);
  await mkdir(join(cwd, "runs/first"), { recursive: true });
  expect(await made("cassava")).toEqual(["pnpm cassava train", "runs/first-2"]);
  await mkdir(join(cwd, "runs/first-2.unfinished"));
  expect(await made("npx")).toEqual(["npx cassava train", "runs/first-3"]);
});
