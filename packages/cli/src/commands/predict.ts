import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { ClassInfo, Dataset } from "@cassava/contracts";
import { DataError, imageBatches, isImageName } from "@cassava/data";
import { defaultDecoder } from "@cassava/data/node";
import { imageFeatures, predict } from "@cassava/train";
import type { Command } from "commander";
import { act, type CliContext } from "../context.ts";
import { type CommonOptions, choice, engineOption } from "../options.ts";
import { startEngine } from "../run/engine.ts";
import { FROZEN_ENGINE, FROZEN_ENGINES, startFrozenEngine } from "../run/frozen-engine.ts";
import { loadRunModel } from "../run/load-run.ts";
import { readRunFile } from "../run/run-folder.ts";
import type { RunConfig, TrainSettings } from "../run/settings.ts";
import { percent, plural, table } from "../terminal/format.ts";

interface Options extends CommonOptions {
  readonly engine: string;
  readonly frozenEngine: TrainSettings["frozenEngine"];
}

/** Images that are decoded and classified together. */
const BATCH = 32;

/** `cassava predict <run> <image…>` */
export function predictCommand(program: Command, context: CliContext): void {
  program
    .command("predict")
    .description("classify photographs with a saved run")
    .argument("<run>", "a folder that cassava train wrote")
    .argument("<image...>", "JPEG, PNG or WebP files, or folders of them")
    .addOption(engineOption())
    .addOption(
      choice("--frozen-engine <name>", `${FROZEN_ENGINE}; auto: that of the run, if possible`, FROZEN_ENGINES, "auto"),
    )
    .action(
      act(context, async (action, options: Options, runPath: string, paths: string[]) => {
        const { output, cwd, signal } = action;
        const run = resolve(cwd, runPath);
        const config = await readRunFile<RunConfig>(run, "config.json");
        const { files, unread } = await imageFiles(paths.map((path) => resolve(cwd, path)));
        if (unread > 0) output.warn(`${plural(unread, "file")} not read: no JPEG, PNG or WebP by their names`);
        await startEngine(options.engine, output);
        const choices = { requested: options.frozenEngine, preferred: config.frozenEngine };
        const model = await loadRunModel(run, await startFrozenEngine(choices, output));
        try {
          const dataset = fileDataset(model.classes, files);
          const source = imageBatches(dataset, {
            size: model.frozen.inputSize,
            batchSize: BATCH,
            decode: defaultDecoder(),
          });
          const made = await predict(model, imageFeatures(model.frozen, source, BATCH), signal);
          const { ids, predicted, probabilities, classes } = made;
          const predictions = ids.map((file, i) => {
            const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length);
            const byClass = classes.map(({ name }, c) => ({ name, probability: row[c]! }));
            return { file, predicted: predicted[i]!, class: classes[predicted[i]!]!.name, probabilities: byClass };
          });
          const rows = predictions.map((one) => [
            relative(cwd, one.file),
            one.class,
            percent(one.probabilities[one.predicted]!.probability),
          ]);
          output.result({ version: 1, predictions }, table([["image", "class", "probability"], ...rows]));
        } finally {
          model.dispose();
        }
      }),
    );
}

/** The image files that paths name, those of a folder in order, none twice; and how many other files the folders hold. */
async function imageFiles(paths: readonly string[]): Promise<{ readonly files: string[]; readonly unread: number }> {
  const files: string[] = [];
  let unread = 0;
  for (const path of paths) {
    const found = await stat(path).catch((cause: unknown) => {
      throw new DataError("IMAGE_UNREADABLE", `${path} is not there: pass image files or folders of them`, {
        file: path,
        cause,
      });
    });
    if (!found.isDirectory()) {
      files.push(path);
      continue;
    }
    const below = await readdir(path, { withFileTypes: true });
    const there = below.filter((entry) => !entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
    const images = there.filter(isImageName).sort();
    files.push(...images.map((name) => join(path, name)));
    unread += there.length - images.length;
  }
  if (files.length === 0) {
    throw new DataError(
      "NO_IMAGES",
      `${paths.join(", ")} holds no JPEG, PNG or WebP among ${plural(unread, "file")}: pass such images, others converted to JPEG`,
    );
  }
  return { files: [...new Set(files)], unread };
}

/** Unlabelled images, named by their paths. */
function fileDataset(classes: readonly ClassInfo[], files: readonly string[]): Dataset {
  return {
    classes,
    entries: files.map((file) => ({ id: file, file })),
    problems: [],
    read: ({ file }) => readFile(file),
    async close() {},
  };
}
