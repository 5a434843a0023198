import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Dataset } from "@cassava/contracts";
import { parseRatios, type Split, serializeSplit } from "@cassava/data";
import { writeFileAtomically } from "@cassava/data/node";
import type { SurveyInput } from "@cassava/report";
import { type Command, Option } from "commander";
import { type ActionContext, act, type CliContext } from "../context.ts";
import { CliError, ExitWith, isForeseen, isOutOfMemory } from "../errors.ts";
import { DATASET } from "../options.ts";
import { checkPaths } from "../run/check-paths.ts";
import { checkTrainable } from "../run/check-split.ts";
import { withDataset } from "../run/dataset.ts";
import type { Knowledge } from "../run/knowledge.ts";
import { writeReport } from "../run/report-run.ts";
import { createRunFolder, readRunFile } from "../run/run-folder.ts";
import type { RunConfig, TrainSettings } from "../run/settings.ts";
import { splitFor } from "../run/split-for.ts";
import { stopwatch } from "../run/stages.ts";
import { type PlannedModel, recipeNames, type SurveyOptions, surveyPlan } from "../run/survey/plan.ts";
import { type FailedModel, rankRuns } from "../run/survey/rank.ts";
import { trainRun } from "../run/train-run.ts";
import { openUnfinished, resumingCommand, type Unfinished } from "../run/unfinished.ts";
import { duration, percent, table, withInterval } from "../terminal/format.ts";
import { describeSplit } from "./split.ts";
import { addFitOptions, describeRecipes, WEIGHTS } from "./train-options.ts";

interface Options extends SurveyOptions {
  readonly resume?: true;
  readonly out: string;
}

/** `cassava survey <dataset>` */
export function surveyCommand(program: Command, context: CliContext): void {
  const command = program
    .command("survey")
    .description("train several backbones on one split with the same settings, and rank them with one report")
    .argument("<dataset...>", DATASET)
    .requiredOption("--out <dir>", "folder for the survey, with a run for each model; it must not exist yet")
    .requiredOption("--backbones <names>", "the networks, as resnet50,mobilenetV2", (text: string) => text.split(","))
    .requiredOption(
      "--weights <source...>",
      `of all, or backbone=source of one, several times. ${WEIGHTS}; random: frozen as the seed makes them`,
    )
    .option("--recipes <names>", `each backbone by each of them. ${describeRecipes()}`, recipeNames)
    .option("--resume", "go on with a survey that was cut short: finished models stay as they are")
    .addOption(new Option("--split <file>", "replay a split of cassava split").conflicts("ratios"))
    .option("--ratios <a/b/c>", "train/validation/test, stratified", "60/20/20");
  addFitOptions(command).action(
    act(context, async (action, options: Options, paths: string[]) => {
      const { cwd, output } = action;
      const out = resolve(cwd, options.out);
      if (existsSync(out) && !options.resume) {
        const message = `${out} exists already: add --resume to go on with it, choose another --out, or remove it`;
        throw new CliError("RUN_EXISTS", message);
      }
      const split = options.split === undefined ? null : resolve(cwd, options.split);
      const rest = { split, ratios: parseRatios(options.ratios) };
      const plan = surveyPlan(options, command, paths, cwd);
      for (const { settings } of plan) await checkPaths({ ...settings, split });
      const found = await withDataset(
        paths.map((path) => resolve(cwd, path)),
        output,
        async (dataset) => {
          const made = await splitFor({ ...rest, seed: options.seed }, dataset, action);
          const known = await checkTrainable(dataset, made, action);
          await mkdir(out, { recursive: true });
          await keepSplit(out, made);
          output.info(
            describeSplit(
              made,
              dataset.classes.map(({ name }) => name),
            ),
          );
          const resume = options.resume ?? false;
          const failed: FailedModel[] = [];
          for (const [i, model] of plan.entries()) {
            output.info(`model ${i + 1} of ${plan.length}: ${model.name}`);
            const settings = { ...model.settings, ...rest };
            // Random weights that were asked for are no mistake.
            const reason = await trainOne(
              {
                dataset,
                split: made,
                known,
                out,
                name: model.name,
                settings,
                resume,
                force: model.random || (options.force ?? false),
              },
              action,
            );
            if (reason !== undefined) failed.push({ name: model.name, reason });
          }
          const trained = plan.filter(({ name }) => !failed.some((one) => one.name === name));
          for (const { name } of trained)
            await writeReport(join(out, name), dataset, { images: true, license: "unknown" }, action);
          return rankRuns(
            out,
            trained.map(({ name }) => name),
            failed,
          );
        },
      );
      await finish(out, found, plan, action);
    }),
  );
}

/** Writes the split of the survey, or checks that it is still the same one. */
async function keepSplit(out: string, split: Split): Promise<void> {
  const file = join(out, "split.json");
  const text = serializeSplit(split);
  if (!existsSync(file)) return writeFileAtomically(file, new TextEncoder().encode(text));
  if ((await readFile(file, "utf8")) === text) return;
  throw new CliError(
    "OPTION_INVALID",
    `--resume: the survey in ${out} has another split: repeat its --seed, --ratios and data, or remove it`,
  );
}

interface OneModel {
  readonly dataset: Dataset;
  readonly split: Split;
  readonly known: Knowledge;
  readonly out: string;
  readonly name: string;
  readonly settings: TrainSettings;
  readonly resume: boolean;
  readonly force: boolean;
}

/** Trains one model into its folder, unless it is there already; resolves with the reason where it cannot be trained. */
async function trainOne(one: OneModel, action: ActionContext): Promise<string | undefined> {
  const { dataset, split, known, out, name, settings, force } = one;
  const run = join(out, name);
  if (existsSync(run)) {
    const { settings: had } = await readRunFile<RunConfig>(run, "config.json");
    if (isDeepStrictEqual(had, JSON.parse(JSON.stringify(settings)))) return undefined;
    throw new CliError("OPTION_INVALID", `--resume: ${run} had other settings: repeat them, or remove that folder`);
  }
  const folder = await createRunFolder(run);
  const stages = stopwatch();
  const from = action.output.log.length;
  let unfinished: Unfinished | undefined;
  try {
    const identity = { split: createHash("sha256").update(serializeSplit(split)).digest("hex") };
    unfinished = await openUnfinished(run, settings, { asked: one.resume, identity }, action.output);
    await trainRun({ dataset, split, settings, folder, stages, unfinished, known, force }, action);
    await folder.write("log.txt", `${action.output.log.slice(from).join("\n")}\n`);
    await folder.finish();
    await unfinished.finished();
    return undefined;
  } catch (error) {
    await folder.abandon();
    if (action.signal.aborted) {
      // One line for all that was trained says how to go on.
      await unfinished?.failed(error, { output: { ...action.output, warn() {} } });
      action.output.warn(
        `what was trained stays in ${out}; to go on from there:\n${resumingCommand(action.args ?? [])}`,
      );
      throw error;
    }
    await unfinished?.failed(error, action);
    // A model that cannot be trained is a result of the survey; a bug is not.
    if (!(isForeseen(error) || isOutOfMemory(error))) throw error;
    const reason = (error as Error).message;
    action.output.warn(`${name} could not be trained: ${reason}`);
    return reason;
  }
}

async function finish(
  out: string,
  found: SurveyInput,
  plan: readonly PlannedModel[],
  { output }: ActionContext,
): Promise<void> {
  const { renderSurvey } = await import("@cassava/report");
  const file = join(out, "survey.html");
  const models = found.models.map(({ history: _, ...model }) => model);
  const document = { version: 1, survey: out, report: file, planned: plan.map(({ name }) => name), ...found, models };
  const encode = (text: string) => new TextEncoder().encode(text);
  await writeFileAtomically(join(out, "survey.json"), encode(`${JSON.stringify(document, null, 2)}\n`));
  await writeFileAtomically(file, encode(renderSurvey(found)));
  if (models.length === 0) {
    const reasons = found.failed?.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
    throw new CliError("DIVERGED", `no model could be trained (${reasons})`);
  }
  output.result(document, describe(found, file));
  // The others stand; but whoever asked for all of them must not take this for done.
  if (found.failed !== undefined && found.failed.length > 0) throw new ExitWith(1);
}

function describe({ models, images, part, majority, failed = [] }: SurveyInput, file: string): string {
  const rows = models.map(({ name, weights, accuracy, balancedAccuracy, difference, seconds }, i) => [
    i + 1,
    name,
    weights,
    withInterval(accuracy),
    withInterval(balancedAccuracy),
    difference
      ? `${percent(difference.accuracy.estimate)}, p ${difference.adjustedP < 0.001 ? "< .001" : difference.adjustedP.toFixed(3)}`
      : "",
    duration(seconds),
  ]);
  return [
    table([["", "model", "weights", "accuracy (95 %)", "balanced (95 %)", "behind the first", "time"], ...rows]),
    "",
    `${images} images of ${part}, the same for all; always the largest class: ${percent(majority!.estimate)}. p: McNemar's exact test, adjusted (Holm)`,
    ...failed.map(({ name, reason }) => `could not be trained: ${name}: ${reason}`),
    `report: ${file}`,
  ].join("\n");
}
