import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDataset, writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cassava, everythingIn, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let jpegs: Uint8Array[];
let jpeg: Uint8Array;

beforeAll(async () => {
  folder = await scratchFolder();
  const shards = join(folder.path, "shards");
  await writeSyntheticShards(shards, { count: 100, seed: 1 }, { shards: 2 });
  const dataset = await openDataset(shards);
  jpegs = await Promise.all(dataset.entries.map((entry) => dataset.read(entry)));
  jpeg = jpegs[0]!;
  await dataset.close();
});
afterAll(() => folder.remove());

/** A CSV data set of copies of one image; returns its folder. */
async function csvDataset(name: string, csv: string, images: Record<string, Uint8Array>): Promise<string> {
  const path = join(folder.path, name);
  await mkdir(join(path, "train_images"), { recursive: true });
  await writeFile(join(path, "train.csv"), csv);
  for (const [file, bytes] of Object.entries(images)) await writeFile(join(path, "train_images", file), bytes);
  return path;
}

/** Runs `train` on `data`: one line of error that matches, exit code 1, and nothing new in the folder. */
async function refuses(data: string, message: RegExp, ...options: string[]): Promise<void> {
  // Indexes of shards are kept beside them, once these are old enough.
  const left = async () => (await everythingIn(folder.path)).filter((name) => !name.endsWith(".tfrec.dataset.json"));
  const before = await left();
  const args = ["--backbone", "resnet14", "--weights", "none", "--epochs", "1", "--quiet", "--out", "run", ...options];
  const { code, stdout, stderr } = await cassava(folder.path, "train", data, ...args);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect([code, stdout]).toEqual([1, ""]);
  expect(await left()).toEqual(before);
}

it("a missing folder", () => refuses(join(folder.path, "nowhere"), /^error: .*nowhere/));

it("an empty CSV", async () =>
  refuses(await csvDataset("empty", "", { "a.jpg": jpeg }), /^error: .*train\.csv has no rows/));

it("a CSV that names no existing image", async () => {
  const data = await csvDataset("none", "image_id,label\nx.jpg,0\ny.jpg,1\n", { "a.jpg": jpeg });
  await refuses(data, /^error: .*train\.csv/);
});

it("a truncated JPEG", async () => {
  const names = Array.from({ length: 30 }, (_, i) => `${i}.jpg`);
  const csv = `image_id,label\n${names.map((name, i) => `${name},${i % 2}`).join("\n")}\n`;
  const images = Object.fromEntries(names.map((name, i) => [name, jpegs[i]!]));
  const data = await csvDataset("jpeg", csv, { ...images, "7.jpg": jpeg.subarray(0, jpeg.length / 2) });
  await refuses(
    data,
    /^error: image \S*train_images.7\.jpg cannot be decoded \(.+\): repair, convert or remove it; cassava audit \S+jpeg lists all such images$/m,
  );
});

it("a truncated shard", async () => {
  const data = join(folder.path, "cut");
  await writeSyntheticShards(data, { count: 100, seed: 1 }, { shards: 2 });
  const [shard] = (await readdir(data)).filter((name) => name.endsWith(".tfrec"));
  const path = join(data, shard!);
  await truncate(path, (await readFile(path)).length - 100);
  const repair = `fetch the file again, or save its intact records with cassava tfrecord repair \\S*${shard} --out NEW.tfrec`;
  await refuses(data, new RegExp(`^error: \\S*${shard}.*; it was cut short: ${repair}`));
});

it("a record that does not match its checksum", async () => {
  const data = join(folder.path, "flipped");
  await writeSyntheticShards(data, { count: 100, seed: 1 }, { shards: 2 });
  const [shard] = (await readdir(data)).filter((name) => name.endsWith(".tfrec"));
  const path = join(data, shard!);
  const content = await readFile(path);
  content[100]! ^= 1;
  await writeFile(path, content);
  await refuses(
    data,
    /^error: .*does not match its checksum: fetch the file again, or save .* cassava tfrecord repair/,
  );
});

it("a label outside the map", async () => {
  const data = await csvDataset("label", "image_id,label\na.jpg,0\nb.jpg,9\n", { "a.jpg": jpeg, "b.jpg": jpeg });
  await writeFile(join(data, "label_num_to_disease_map.json"), '{"0": "blight", "1": "healthy"}');
  await refuses(data, /^error: .*train\.csv.*9/);
});

it("weights that are none, and a run that exists", async () => {
  const file = join(folder.path, "page.h5");
  await writeFile(file, "<!DOCTYPE html>");
  const shards = join(folder.path, "shards");
  await refuses(shards, /^error: .*page\.h5: is an HTML or XML page/, "--weights", file);
  // In a folder that is no data set: what options name is looked for before it is opened.
  await refuses("nowhere", /^error: --weights: .*none\.h5 is not there: name a Keras .h5 file/, "--weights", "none.h5");
  await refuses("nowhere", /^error: --weights: .*shards is no file/, "--weights", "shards");
  await refuses("nowhere", /^error: --split: .*none\.json is not there: write one/, "--split", "none.json");
  await refuses(shards, /^error: .*shards exists already/, "--out", "shards");
});

it("an unknown option, a value out of range, a backbone that is not there", async () => {
  const shards = join(folder.path, "shards");
  await refuses(shards, /unknown option '--colour'/, "--colour");
  // What is missing is what was misspelt.
  const { code, stderr } = await cassava(folder.path, "train", shards, "--backbone", "resnet14", "--weihgts", "none");
  expect([code, stderr]).toEqual([1, "error: unknown option '--weihgts'\n(Did you mean --weights?)\n"]);
  const missing = await cassava(folder.path, "train", shards, "--backbone", "resnet14", "--weights", "none");
  expect([missing.code, missing.stderr]).toEqual([1, "error: required option '--out <dir>' not specified\n"]);
  const unnamed = await cassava(folder.path, "train", shards, "--weights", "none", "--out", "run");
  expect([unnamed.code, unnamed.stderr]).toEqual([
    1,
    expect.stringMatching(/^error: required option '--backbone <name>' not specified; choose one of .*mobilenetV2, /),
  ]);
  await refuses(shards, /--dropout.* It must be a number from 0 to below 1/, "--dropout", "1.5");
  await refuses(
    shards,
    /^error: option '--backbone <name>' argument 'resnet51' is invalid. There is no backbone "resnet51"; choose one of .* Did you mean resnet50\?/,
    "--backbone",
    "resnet51",
  );
  await refuses(shards, /^error: there is no stage "conv7".*; did you mean conv\d/, "--unfreeze", "conv7");
});
