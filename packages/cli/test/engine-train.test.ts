import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isBackendError, useBackend } from "@cassava/backend/node";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, scratchFolder } from "./support.ts";

const starts = (name: "tensorflow" | "webgpu") =>
  useBackend(name).then(
    () => true,
    (error: unknown) => {
      if (isBackendError(error)) return false;
      throw error;
    },
  );
const engines = { tensorflow: await starts("tensorflow"), webgpu: await starts("webgpu") };
const both = engines.tensorflow && engines.webgpu;

describe.skipIf(!both)(
  "training on TensorFlow and WebGPU (skipped where one is missing; `pnpm engines` brings both)",
  () => {
    let folder: Awaited<ReturnType<typeof scratchFolder>>;
    const at = (...names: string[]) => join(folder.path, ...names);
    beforeAll(async () => {
      folder = await scratchFolder();
      await writeSyntheticShards(at("shards"), { count: 100, seed: 3 }, { shards: 2 });
    });
    afterAll(() => folder.remove());

    let runs = 0;
    const history = async (engine: string) => {
      const out = `${engine}-${runs++}`;
      const network = ["--backbone", "resnet14", "--weights", "none", "--input-size", "32", "--unfreeze", "conv4"];
      const training = [
        "--epochs",
        "3",
        "--head",
        "8",
        "--dropout",
        "0",
        "--frozen-engine",
        "tfjs",
        "--engine",
        engine,
      ];
      const { code, stderr } = await cassava(
        folder.path,
        "train",
        "shards",
        ...network,
        ...training,
        "--force",
        "--out",
        out,
      );
      expect([code, stderr]).toEqual([0, expect.stringContaining(`engine: ${engine} (`)]);
      const [head, ...rows] = (await readFile(at(out, "history.csv"), "utf8")).trim().split("\n");
      const column = head!.split(",").indexOf("loss");
      return rows.map((row) => Number(row.split(",")[column]));
    };

    it.each(["tensorflow", "webgpu"])(
      "%s trains stages and a head, from shards to a saved run, as WebAssembly does",
      async (engine) => {
        const [losses, wasm] = [await history(engine), await history("wasm")];
        expect(losses).toHaveLength(3);
        expect(losses[2]).toBeLessThan(losses[0]!);
        for (const [epoch, loss] of losses.entries()) expect(Math.abs(loss / wasm[epoch]! - 1)).toBeLessThan(1e-2);
      },
      300_000,
    );
  },
);
