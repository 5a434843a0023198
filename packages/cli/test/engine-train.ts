import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type EngineName, isBackendError, useBackend } from "@cassava/backend/node";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, scratchFolder } from "./support.ts";

/** Holds the training of a stage and a head on `engine` to that on WebAssembly. */
export async function trainingContract(engine: EngineName): Promise<void> {
  const starts = await useBackend(engine).then(
    () => true,
    (error: unknown) => {
      if (isBackendError(error)) return false;
      throw error;
    },
  );
  describe.skipIf(!starts)(
    `training on ${engine} (skipped where it does not start; \`pnpm engines\` brings it)`,
    () => {
      let folder: Awaited<ReturnType<typeof scratchFolder>>;
      beforeAll(async () => {
        folder = await scratchFolder();
        await writeSyntheticShards(join(folder.path, "shards"), { count: 60, seed: 3 }, { shards: 2 });
      });
      afterAll(() => folder.remove());

      const losses = async (name: string) => {
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
          name,
        ];
        const command = ["train", "shards", ...network, ...training, "--force", "--out", name];
        const { code, stderr } = await cassava(folder.path, ...command);
        expect([code, stderr]).toEqual([0, expect.stringContaining(`engine: ${name} (`)]);
        const [head, ...rows] = (await readFile(join(folder.path, name, "history.csv"), "utf8")).trim().split("\n");
        const column = head!.split(",").indexOf("loss");
        return rows.map((row) => Number(row.split(",")[column]));
      };

      it("goes from shards to a saved run, with the losses of WebAssembly", async () => {
        const [made, wasm] = [await losses(engine), await losses("wasm")];
        expect(made).toHaveLength(3);
        expect(made[2]).toBeLessThan(made[0]!);
        for (const [epoch, loss] of made.entries()) expect(Math.abs(loss / wasm[epoch]! - 1)).toBeLessThan(1e-2);
      }, 300_000);
    },
  );
}
