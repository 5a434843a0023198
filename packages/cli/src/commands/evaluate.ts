import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseSplit, partNames, type Split } from "@cassava/data";
import { predict } from "@cassava/train";
import { type Command, Option } from "commander";
import { act, type CliContext } from "../context.ts";
import { CliError } from "../errors.ts";
import type { CommonOptions } from "../options.ts";
import { withDataset } from "../run/dataset.ts";
import { startEngine } from "../run/engine.ts";
import { featureSupply } from "../run/features.ts";
import { loadRunModel } from "../run/load-run.ts";
import { describeSummary, measure, type RunMetrics } from "../run/measure.ts";
import { readRunFile } from "../run/run-folder.ts";
import type { RunConfig } from "../run/settings.ts";

interface Options extends CommonOptions {
  readonly part?: (typeof partNames)[number];
  readonly engine: string;
}

/** `cassava evaluate <run> [dataset]` */
export function evaluateCommand(program: Command, context: CliContext): void {
  program
    .command("evaluate")
    .description("measure a saved run again: on a part of its own split, or on all labelled images of another data set")
    .argument("<run>", "a folder that cassava train wrote")
    .argument("[dataset...]", "another data set; default: the one of the run")
    .addOption(
      new Option("--part <name>", "part of the run's split (default: test, or validation without one)").choices(
        partNames,
      ),
    )
    .option("--engine <name>", "auto, tensorflow, wasm or cpu", "auto")
    .action(
      act(context, async (action, options: Options, runPath: string, paths: string[]) => {
        const { output, cwd, signal } = action;
        const run = resolve(cwd, runPath);
        const { settings, classes } = await readRunFile<RunConfig>(run, "config.json");
        const metrics = await readRunFile<RunMetrics>(run, "metrics.json");
        const replayed = options.part !== undefined || paths.length === 0;
        const part = replayed ? (options.part ?? metrics.part) : undefined;
        await startEngine(options.engine, output);
        const model = await loadRunModel(run);
        try {
          const source = paths.length > 0 ? paths.map((path) => resolve(cwd, path)) : settings.dataset;
          await withDataset(source, output, async (dataset) => {
            const names = dataset.classes.map(({ name }) => name);
            if (!isDeepStrictEqual(names, classes)) {
              throw new CliError(
                "RUN_INVALID",
                `the run knows the classes ${classes.join(", ")}; the data set has ${names.join(", ")}`,
              );
            }
            const split =
              part &&
              parseSplit(JSON.stringify(await readRunFile<Split>(run, "split.json")), {
                file: join(run, "split.json"),
              });
            const labelled = dataset.entries.filter(({ label }) => label !== undefined).map(({ id }) => id);
            const ids = split && part ? [...split[part]] : labelled;
            if (ids.length === 0)
              throw new CliError("NO_TEST_IMAGES", `there is no labelled image to evaluate on in ${part ?? source}`);
            const supply = featureSupply(model, dataset, ids.length, action);
            const features = await supply(part ?? "all images", { ids, batchSize: settings.batchSize });
            const summary = measure(await predict(model, features, signal), settings.seed);
            const saved = paths.length === 0 && part ? metrics.parts[part] : undefined;
            const reproduced = saved && isDeepStrictEqual(JSON.parse(JSON.stringify(summary)), saved);
            const note = saved
              ? `\n\n${reproduced ? "equal to" : "DIFFERENT from"} what metrics.json of the run says`
              : "";
            const document = { version: 1, part: part ?? null, summary, reproduced: reproduced ?? null };
            output.result(document, describeSummary(summary) + note);
          });
        } finally {
          model.dispose();
        }
      }),
    );
}
