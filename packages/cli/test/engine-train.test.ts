import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isBackendError, useBackend } from "@cassava/backend/node";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, scratchFolder } from "./support.ts";

const started = await useBackend("tensorflow").then(
  () => true,
  (error: unknown) => {
    if (isBackendError(error)) return false;
    throw error;
  },
);

describe.skipIf(!started)("training on TensorFlow (skipped where there is none; `pnpm engines` links one)", () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  const at = (...names: string[]) => join(folder.path, ...names);
  beforeAll(async () => {
    folder = await scratchFolder();
    await writeSyntheticShards(at("shards"), { count: 100, seed: 3 }, { shards: 2 });
  });
  afterAll(() => folder.remove());

  const history = async (engine: string) => {
    const network = ["--backbone", "resnet14", "--weights", "none", "--input-size", "32", "--unfreeze", "conv4"];
    const training = ["--epochs", "3", "--head", "8", "--dropout", "0", "--frozen-engine", "tfjs", "--engine", engine];
    const { code, stderr } = await cassava(
      folder.path,
      "train",
      "shards",
      ...network,
      ...training,
      "--force",
      "--out",
      engine,
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining(`engine: ${engine} (`)]);
    const [head, ...rows] = (await readFile(at(engine, "history.csv"), "utf8")).trim().split("\n");
    const column = head!.split(",").indexOf("loss");
    return rows.map((row) => Number(row.split(",")[column]));
  };

  it("trains stages and a head, from shards to a saved run, as WebAssembly does", async () => {
    const [tensorflow, wasm] = [await history("tensorflow"), await history("wasm")];
    expect(tensorflow).toHaveLength(3);
    expect(tensorflow[2]).toBeLessThan(tensorflow[0]!);
    for (const [epoch, loss] of tensorflow.entries()) expect(Math.abs(loss / wasm[epoch]! - 1)).toBeLessThan(1e-2);
  });
});
