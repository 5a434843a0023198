import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createProgram } from "../src/index.ts";
import { DOCUMENTS } from "../src/schemas/index.ts";
import { cassava, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
let shard: string;
beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 100, seed: 3 }, { shards: 2 });
  shard = at("shards", (await readdir(at("shards"))).find((name) => name.endsWith(".tfrec"))!);
});
afterAll(() => folder.remove());

const small = ["--backbone", "resnet14", "--weights", "none", "--input-size", "32", "--epochs", "1", "--head", "none"];

/** A command line for every document, in an order in which each finds what it needs; `cassava` checks what it answers. */
const LINES: Readonly<Record<keyof typeof DOCUMENTS, () => readonly string[]>> = {
  inspect: () => ["inspect", shard],
  "tfrecord verify": () => ["tfrecord", "verify", shard],
  "tfrecord repair": () => ["tfrecord", "repair", shard, "--out", "repaired.tfrec"],
  "tfrecord index": () => ["tfrecord", "index", at("repaired.tfrec")],
  "tfrecord count": () => ["tfrecord", "count", shard],
  "tfrecord cat": () => ["tfrecord", "cat", shard, "--limit", "2"],
  audit: () => ["audit", at("shards")],
  "augment-preview": () => ["augment-preview", at("shards"), "--out", "sheet.png", "--images", "1", "--size", "16"],
  convert: () => ["convert", at("shards"), "--out", "converted", "--shards", "1"],
  split: () => ["split", at("shards"), "--folds", "3", "--out", "folds"],
  train: () => ["train", at("shards"), ...small, "--out", "run"],
  "cross-validate": () => ["cross-validate", at("shards"), ...small, "--folds", "3", "--out", "cv"],
  survey: () => [
    "survey",
    at("shards"),
    ...["--backbones", "resnet14", "--weights", "random", "--input-size", "32", "--epochs", "1", "--head", "none"],
    ...["--out", "survey"],
  ],
  evaluate: () => ["evaluate", "run"],
  diagnose: () => ["diagnose", "run"],
  compare: () => ["compare", "run", "run"],
  report: () => ["report", "run"],
  predict: () => ["predict", "run", "sheet.png"],
  export: () => ["export", "run", "--format", "onnx", "--out", "model.onnx"],
  doctor: () => ["doctor"],
  demo: () => ["demo", "--images", "100", "--epochs", "1"],
  init: () => ["init", "--yes", "--dataset", at("shards")],
  schema: () => ["schema"],
  error: () => ["audit", "nowhere"],
  "print-config": () => ["train", "--print-config"],
};

/** Every object in a document with a place to put a key that no schema knows. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const child of Object.values(value)) yield* objectsIn(child);
}

describe("documents of real runs", () => {
  it.each(Object.keys(LINES) as (keyof typeof DOCUMENTS)[])("%s", { timeout: 300_000 }, async (name) => {
    const { stdout } = await cassava(folder.path, ...LINES[name](), "--json");
    const document = JSON.parse(stdout);
    const schema: z.ZodType = DOCUMENTS[name];
    const published = z.fromJSONSchema(z.toJSONSchema(schema) as Parameters<typeof z.fromJSONSchema>[0]);
    for (const one of [schema, published]) {
      expect(one.safeParse(document).error).toBeUndefined();
      // What is planted is refused: a key too many, a key too few, a value of another type.
      const top = (Array.isArray(document) ? document[0] : document) as Record<string, unknown>;
      const [first] = Object.keys(top);
      const planted: readonly [string, unknown][] = [
        ["more", { ...top, unheardOf: 1 }],
        ["less", Object.fromEntries(Object.entries(top).filter(([key]) => key !== first))],
        ["other", { ...top, [first!]: { no: "such thing" } }],
      ];
      for (const [what, changed] of planted) {
        const whole = Array.isArray(document) ? [changed, ...document.slice(1)] : changed;
        expect([what, one.safeParse(whole).success]).toEqual([what, false]);
      }
    }
  });

  it("are strict below the top too", async () => {
    const { stdout } = await cassava(folder.path, "audit", at("shards"), "--json");
    const document = JSON.parse(stdout);
    let planted = 0;
    for (const object of objectsIn(document)) {
      // Records of counts by name take any key, but numbers alone.
      object.unheardOf = "planted";
      expect(DOCUMENTS.audit.safeParse(document).success).toBe(false);
      delete object.unheardOf;
      planted++;
    }
    expect(planted).toBeGreaterThan(10);
    expect(DOCUMENTS.audit.safeParse(document).success).toBe(true);
  });
});

describe("cassava schema", () => {
  it("has a document for every command", () => {
    const write = () => true;
    const { signal } = new AbortController();
    const program = createProgram({ stdout: { write }, stderr: { write }, env: {}, cwd: ".", signal });
    const names = program.commands.flatMap((one) =>
      one.commands.length > 0 ? one.commands.map((below) => `${one.name()} ${below.name()}`) : [one.name()],
    );
    expect(names.sort()).toEqual(
      Object.keys(DOCUMENTS)
        .filter((name) => !["error", "print-config"].includes(name))
        .sort(),
    );
  });

  it("prints JSON Schema, lists what there is, and suggests", async () => {
    const schema = JSON.parse((await cassava(".", "schema", "tfrecord", "verify")).stdout);
    expect(schema).toMatchObject({
      type: "object",
      additionalProperties: false,
      required: ["version", "records", "corrupt", "files"],
    });
    const config = JSON.parse((await cassava(".", "schema", "config", "--json")).stdout);
    expect(config.properties.train.properties.optimizer.enum).toEqual(["adam", "adamW", "rmsprop", "sgd"]);
    expect((await cassava(".", "schema")).stdout.trimEnd().split("\n")).toEqual([...Object.keys(DOCUMENTS), "config"]);
    const wrong = await cassava(".", "schema", "evalaute");
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringMatching(/^error: there is no document "evalaute".*; did you mean evaluate\?/),
    ]);
  });

  it("a wrong command line is a document too", async () => {
    const { code, stdout } = await cassava(".", "audit", "--json");
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      { error: { code: "USAGE", message: "missing required argument 'dataset'" } },
    ]);
  });
});
