import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Dataset, FrozenEngine } from "@cassava/contracts";
import { checkSplit, isDataError, parseSplit, partNames, type Split } from "@cassava/data";
import { type Command, Option } from "commander";
import { type ActionContext, act, type CliContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { type CommonOptions, choice, DATASET, engineOption } from "../options.ts";
import { answersFor } from "../run/answers.ts";
import { withDataset } from "../run/dataset.ts";
import { startEngine } from "../run/engine.ts";
import { featureSupply } from "../run/features.ts";
import { FROZEN_ENGINE, FROZEN_ENGINES, startFrozenEngine } from "../run/frozen-engine.ts";
import { loadRunModel } from "../run/load-run.ts";
import { describeSummary, measure, type RunMetrics } from "../run/measure.ts";
import { readRunFile } from "../run/run-folder.ts";
import { seenImages } from "../run/seen-images.ts";
import type { RunConfig, TrainSettings } from "../run/settings.ts";
import { plural } from "../terminal/format.ts";

type Part = (typeof partNames)[number];

interface Options extends CommonOptions {
  readonly part?: Part;
  readonly engine: string;
  readonly frozenEngine: TrainSettings["frozenEngine"];
}

/** `cassava evaluate <run> [dataset]` */
export function evaluateCommand(program: Command, context: CliContext): void {
  program
    .command("evaluate")
    .description("measure a saved run again: on a part of its own split, or on the labelled images of another data set")
    .argument("<run>", "a folder that cassava train wrote")
    .argument("[dataset...]", `another data set: ${DATASET}; default: the one of the run`)
    .addOption(
      new Option("--part <name>", "part of the run's split (default: test, or validation without one)").choices(
        partNames,
      ),
    )
    .addOption(engineOption())
    .addOption(
      choice("--frozen-engine <name>", `${FROZEN_ENGINE}; auto: that of the run, if possible`, FROZEN_ENGINES, "auto"),
    )
    .action(
      act(context, async (action, options: Options, runPath: string, paths: string[]) => {
        const run = resolve(action.cwd, runPath);
        const config = await readRunFile<RunConfig>(run, "config.json");
        const metrics = await readRunFile<RunMetrics>(run, "metrics.json");
        const split = parseSplit(JSON.stringify(await readRunFile<Split>(run, "split.json")), {
          file: join(run, "split.json"),
        });
        const elsewhere = paths.length > 0 && options.part === undefined;
        const part = elsewhere ? undefined : (options.part ?? metrics.part);
        await startEngine(options.engine, action.output);
        const choices = { requested: options.frozenEngine, preferred: config.frozenEngine };
        const frozenEngine = await startFrozenEngine(choices, action.output);
        const source = paths.length > 0 ? paths.map((path) => resolve(action.cwd, path)) : config.settings.dataset;
        const found = await withRunDataset(source, run, action, (dataset) =>
          evaluateOn(dataset, { run, config, split, part, frozenEngine }, action),
        );
        const saved = part && metrics.parts[part];
        const reproduced =
          saved === undefined ? null : isDeepStrictEqual(JSON.parse(JSON.stringify(found.summary)), saved);
        const note = reproduced ? "\n\nequal to what metrics.json of the run says" : "";
        const document = {
          version: 1,
          part: part ?? null,
          excluded: found.excluded,
          summary: found.summary,
          reproduced,
        };
        action.output.result(document, describeSummary(found.summary) + note);
        if (reproduced === false) {
          const message = `this differs from ${join(run, "metrics.json")}: other images, labels, engine or version than when the run was trained`;
          throw new CliError("NOT_REPRODUCED", message);
        }
      }),
    );
}

interface Evaluation {
  readonly run: string;
  readonly config: RunConfig;
  readonly split: Split;
  /** Absent: all labelled images that the run has not seen. */
  readonly part: Part | undefined;
  readonly frozenEngine: FrozenEngine | undefined;
}

async function evaluateOn(dataset: Dataset, evaluation: Evaluation, action: ActionContext) {
  const { run, config, split, part, frozenEngine } = evaluation;
  const names = dataset.classes.map(({ name }) => name);
  if (!isDeepStrictEqual(names, config.classes)) {
    const message = `the run knows the classes ${config.classes.join(", ")}; the data set has ${names.join(", ")}: evaluate on the same classes in the same order`;
    throw new CliError("RUN_INVALID", message);
  }
  if (part) checkSplit(split, dataset);
  const ids = part ? split[part] : await unseenIds(dataset, config, split, action);
  const excluded = part ? 0 : dataset.entries.filter(({ label }) => label !== undefined).length - ids.length;
  if (ids.length === 0) {
    const why = part
      ? `the ${part} part of the run's split is empty`
      : "the data set has no labelled image that the run has not seen";
    throw new CliError("NO_IMAGES", `there is nothing to evaluate on: ${why}`);
  }
  const model = await loadRunModel(run, frozenEngine);
  try {
    const known = model.classes.map(({ name }) => name);
    if (!isDeepStrictEqual(known, config.classes)) {
      throw new CliError(
        "RUN_INVALID",
        `${run}: config.json and the model disagree about the classes: train the run again`,
      );
    }
    const { settings } = config;
    const { featurePrecision: precision } = settings;
    const supply = featureSupply(model, dataset, { images: ids.length, precision }, action);
    const answers = await answersFor(model, supply, { label: part ?? "all images", ids }, settings, action.signal);
    return { excluded, summary: measure(answers, settings.seed) };
  } finally {
    model.dispose();
  }
}

/** Labelled images that the run has neither trained nor validated on. */
async function unseenIds(
  dataset: Dataset,
  { settings }: RunConfig,
  { train, validation }: Split,
  { output, signal }: ActionContext,
): Promise<string[]> {
  const ofRun = new Set([...train, ...validation]);
  const labelled = dataset.entries.filter(({ label }) => label !== undefined).map(({ id }) => id);
  const names = labelled.filter((id) => ofRun.has(id));
  if (names.length === 0) return labelled;
  const { seen, others } = await seenImages(dataset, names, settings.dataset, signal);
  const left = `${plural(seen.size, "image")} left out: the run has trained or validated on images of these names`;
  if (seen.size > 0) output.warn(left);
  if (others > 0) output.info(`${plural(others, "image")} of such a name kept: other photographs than the run's`);
  return labelled.filter((id) => !seen.has(id));
}

/** Opens the data set; where the run's own has moved, says how to name it. */
async function withRunDataset<T>(
  source: readonly string[],
  run: string,
  { output }: ActionContext,
  work: (dataset: Dataset) => Promise<T>,
): Promise<T> {
  try {
    return await withDataset(source, output, work);
  } catch (error) {
    if (!isDataError(error, "DATASET_MISSING")) throw error;
    const message = `${error.message}; if it moved, name it: cassava evaluate ${run} DATASET --part test`;
    throw new CliError("NO_IMAGES", message, { cause: error });
  }
}
