import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onnxEngine } from "@cassava/backend/node";
import type { Batch } from "@cassava/contracts";
import { imageBatches } from "@cassava/data";
import { folderStore, openDataset, sharpDecoder, writeSyntheticShards } from "@cassava/data/node";
import { loadClassifier } from "@cassava/models";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, everythingIn, scratchFolder } from "./support.ts";

/** Largest difference between two probabilities of the same that is float32 rounding. */
const TOLERANCE = 1e-4;

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let batch: Batch;
/** What the runs said while they were trained, by engine. */
const said: Record<string, string> = {};
const at = (...names: string[]) => join(folder.path, ...names);
const json = async (...names: string[]) => JSON.parse(await readFile(at(...names), "utf8"));
const train = (out: string, ...args: string[]) => {
  const training = ["--backbone", "resnet14", "--weights", "none", "--epochs", "2", "--head", "8"];
  return cassava(
    folder.path,
    "train",
    at("shards"),
    ...training,
    "--unfreeze",
    "conv4",
    "--force",
    "--out",
    out,
    ...args,
  );
};

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 100, seed: 3 }, { shards: 2 });
  for (const engine of ["onnx", "tfjs"]) {
    const { code, stderr } = await train(engine, "--frozen-engine", engine);
    expect(code).toBe(0);
    said[engine] = stderr;
  }
  const dataset = await openDataset(at("shards"));
  const ids = dataset.entries.slice(0, 9).map(({ id }) => id);
  const source = imageBatches(dataset, { ids, size: [64, 64], batchSize: 9, decode: sharpDecoder() });
  for await (const made of source.batches(0)) batch = made;
  for (const [i, id] of ids.entries()) await writeFile(at(`${i}.jpg`), await dataset.read({ id } as never));
  await dataset.close();
});
afterAll(() => folder.remove());

/** The probabilities of the saved model of a run, by tfjs. */
async function expected(run: string): Promise<number[]> {
  const photographs = batch.ids.map((_, i) => at(`${i}.jpg`));
  const { stdout } = await cassava(folder.path, "predict", run, ...photographs, "--frozen-engine", "tfjs", "--json");
  const { predictions } = JSON.parse(stdout);
  return predictions.flatMap((one: { probabilities: { probability: number }[] }) =>
    one.probabilities.map(({ probability }) => probability),
  );
}

const largestDifference = (a: ArrayLike<number>, b: readonly number[]) =>
  Math.max(...b.map((value, i) => Math.abs(value - (a[i] ?? Number.NaN))));

describe("--frozen-engine", () => {
  it("is recorded, and gives nearly the same run", async () => {
    const [onnx, tfjs] = [await json("onnx", "config.json"), await json("tfjs", "config.json")];
    expect([onnx.frozenEngine, onnx.settings.frozenEngine]).toEqual(["onnx", "onnx"]);
    expect([tfjs.frozenEngine, tfjs.settings.frozenEngine]).toEqual(["tfjs", "tfjs"]);
    expect(largestDifference(await expected("onnx"), await expected("tfjs"))).toBeLessThan(0.01);
  });

  it("is by default that of the run in evaluate, which then reproduces it", async () => {
    for (const run of ["onnx", "tfjs"]) {
      const { stdout, stderr } = await cassava(folder.path, "evaluate", run, "--json");
      expect(JSON.parse(stdout).reproduced).toBe(true);
      expect(stderr.includes("frozen part: ONNX Runtime")).toBe(run === "onnx");
      expect(stderr).toMatch(/20 from the cache/);
    }
  });

  it("keeps its features apart: those of the one are not taken for those of the other", () => {
    expect(said.onnx).toMatch(/frozen part: ONNX Runtime/);
    for (const text of [said.onnx, said.tfjs])
      expect(text).toMatch(/features of train: 60 images in .*, 0 from the cache/);
  });

  it("keeps features in float16 where that is asked for, apart, and gives nearly the same run", async () => {
    const { code, stderr } = await train("halves", "--frozen-engine", "onnx", "--feature-precision", "float16");
    expect([code, stderr]).toEqual([0, expect.stringMatching(/features of train: 60 images in .*, 0 from the cache/)]);
    expect((await json("halves", "config.json")).settings.featurePrecision).toBe("float16");
    const evaluated = await cassava(folder.path, "evaluate", "halves", "--json");
    expect(JSON.parse(evaluated.stdout).reproduced).toBe(true);
    expect(evaluated.stderr).toMatch(/20 from the cache/);
    expect(largestDifference(await expected("halves"), await expected("onnx"))).toBeLessThan(0.02);
  });

  it("is tfjs where everything is trained, without a word", async () => {
    const { code, stderr } = await train("all", "--unfreeze", "all");
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/frozen part/);
    expect((await json("all", "config.json")).frozenEngine).toBe("tfjs");
  });
});

describe("export", () => {
  it.each([[[], TOLERANCE] as const, [["--float16"], 1e-2] as const])(
    "writes an ONNX file %s",
    async (flags, limit) => {
      const name = `model${flags.length}.onnx`;
      const { code, stdout } = await cassava(
        folder.path,
        "export",
        "onnx",
        "--format",
        "onnx",
        "--out",
        name,
        ...flags,
        "--json",
      );
      expect([code, JSON.parse(stdout)]).toMatchObject([0, { format: "onnx", input: [64, 64, 3], out: at(name) }]);
      const file = await readFile(at(name));
      expect(JSON.parse(stdout).bytes).toBe(file.length);
      const engine = await onnxEngine({ threads: 1 });
      const part = await engine.load(file, { id: name, inputSize: [64, 64], outputShape: [5] });
      const wanted = await expected("onnx");
      const difference = largestDifference(await part.run(batch), wanted);
      expect(difference).toBeLessThan(limit);
      // Without float16 the difference is rounding; with it the file is another.
      if (flags.length > 0) expect(difference).toBeGreaterThan(1e-6);
      part.dispose();
    },
  );

  it("writes a folder for tf.loadLayersModel", async () => {
    const { code } = await cassava(folder.path, "export", "onnx", "--format", "layers", "--out", "layers", "--quiet");
    expect(code).toBe(0);
    const { format, userDefinedMetadata } = await json("layers", "model.json");
    const model = await loadClassifier(folderStore(at("onnx", "model")));
    expect([format, userDefinedMetadata]).toEqual([
      "layers-model",
      { classes: model.classes, contract: model.contract },
    ]);
    model.dispose();
  });

  it("replaces nothing, leaves nothing behind where it fails, and says why in one line", async () => {
    await writeFile(at("taken"), "mine");
    const before = await everythingIn(folder.path);
    for (const [args, message] of [
      [["onnx", "--format", "onnx", "--out", "taken"], /^error: --out: .*taken exists already/],
      [["onnx", "--format", "layers", "--out", "taken"], /^error: --out: .*taken exists already/],
      [["onnx", "--format", "onnx", "--out", "taken/below"], /^error: --out: .*below cannot be written/],
      [["nowhere", "--format", "onnx", "--out", "x"], /^error: .*nowhere is no finished run/],
      [["onnx", "--format", "h5", "--out", "x"], /Allowed choices are onnx, layers/],
    ] as const) {
      const { code, stdout, stderr } = await cassava(folder.path, "export", ...args, "--quiet");
      expect([code, stdout, stderr.trimEnd().split("\n").at(-1)]).toEqual([1, "", expect.stringMatching(message)]);
    }
    expect(await everythingIn(folder.path)).toEqual(before);
    expect(await readFile(at("taken"), "utf8")).toBe("mine");
  });
});
