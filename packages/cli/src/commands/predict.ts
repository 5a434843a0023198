import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { DataError, imageBatches, memoryDataset } from "@cassava/data";
import { sharpDecoder } from "@cassava/data/node";
import { imageFeatures, predict } from "@cassava/train";
import type { Command } from "commander";
import { act, type CliContext } from "../context.ts";
import type { CommonOptions } from "../options.ts";
import { startEngine } from "../run/engine.ts";
import { loadRunModel } from "../run/load-run.ts";
import { readRunFile } from "../run/run-folder.ts";
import type { RunConfig } from "../run/settings.ts";
import { percent, table } from "../terminal/format.ts";

/** Images that are decoded and classified together. */
const BATCH = 32;

/** `cassava predict <run> <image…>` */
export function predictCommand(program: Command, context: CliContext): void {
  program
    .command("predict")
    .description("classify photographs with a saved run")
    .argument("<run>", "a folder that cassava train wrote")
    .argument("<image...>", "JPEG, PNG or WebP files")
    .option("--engine <name>", "auto, tensorflow, wasm or cpu", "auto")
    .action(
      act(
        context,
        async (
          { output, cwd, signal },
          options: CommonOptions & { engine: string },
          runPath: string,
          files: string[],
        ) => {
          const run = resolve(cwd, runPath);
          await readRunFile<RunConfig>(run, "config.json");
          await startEngine(options.engine, output);
          const model = await loadRunModel(run);
          try {
            const unique = [...new Set(files.map((file) => resolve(cwd, file)))];
            const images = await Promise.all(unique.map(async (file) => ({ id: file, bytes: await readImage(file) })));
            const dataset = memoryDataset({ classes: model.classes, images });
            const source = imageBatches(dataset, {
              size: model.frozen.inputSize,
              batchSize: BATCH,
              decode: sharpDecoder(),
            });
            const { ids, predicted, probabilities, classes } = await predict(
              model,
              imageFeatures(model.frozen, source, BATCH),
              signal,
            );
            const predictions = ids.map((file, i) => {
              const row = [...probabilities.subarray(i * classes.length, (i + 1) * classes.length)];
              const byClass = classes.map(({ name }, c) => ({ name, probability: row[c]! }));
              return { file, predicted: predicted[i]!, class: classes[predicted[i]!]!.name, probabilities: byClass };
            });
            const rows = predictions.map((made) => [
              made.file,
              made.class,
              percent(made.probabilities[made.predicted]!.probability),
            ]);
            output.result({ version: 1, predictions }, table([["image", "class", "probability"], ...rows]));
          } finally {
            model.dispose();
          }
        },
      ),
    );
}

async function readImage(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new DataError("IMAGE_UNREADABLE", `${file} cannot be read: pass an image file`, { file, cause });
  }
}
