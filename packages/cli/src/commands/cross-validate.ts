import { resolve } from "node:path";
import type { Dataset } from "@cassava/contracts";
import { audit, duplicateGroups, kFold } from "@cassava/data";
import type { ClassificationSummary, Verdict } from "@cassava/metrics";
import { crossValidate, type Fold, type Predictions } from "@cassava/train";
import type { Command } from "commander";
import { type ActionContext, act, type CliContext } from "../context.ts";
import { DATASET, whole } from "../options.ts";
import { checkPaths } from "../run/check-paths.ts";
import { withDataset } from "../run/dataset.ts";
import { describeSummary, judge, majorityBaseline, measure, predictionLines } from "../run/measure.ts";
import { createRunFolder, type RunFolder } from "../run/run-folder.ts";
import type { RunConfig, TrainSettings } from "../run/settings.ts";
import { peakMemory, type Stages, stopwatch } from "../run/stages.ts";
import { trainModel } from "../run/train-model.ts";
import { configOf, json, startEngines } from "../run/train-run.ts";
import { duration, percent, plural } from "../terminal/format.ts";
import { addTrainOptions, settingsOf, type TrainOptions } from "./train-options.ts";

interface Options extends TrainOptions {
  readonly folds: number;
  readonly out: string;
}

/** `metrics.json` of a cross-validation: the same bytes for the same settings and data. */
interface CrossValidationMetrics {
  readonly version: 1;
  /** Of each fold's held-out images, by a model that has seen none of them. */
  readonly folds: readonly { readonly keptEpoch: number | null; readonly summary: ClassificationSummary }[];
  /** Of all images together. */
  readonly pooled: ClassificationSummary;
  readonly verdict: Verdict;
}

/** A fold: trained on `train`, stopped by `stopping`, judged by `validation`. */
interface ValidatedFold extends Fold {
  readonly stopping: readonly string[];
  readonly trainCounts: readonly number[];
}

/** `cassava cross-validate <dataset>` */
export function crossValidateCommand(program: Command, context: CliContext): void {
  const command = program
    .command("cross-validate")
    .description("train once for every fold and judge every labelled image by a model that has not seen it")
    .argument("<dataset...>", DATASET)
    .requiredOption("--out <dir>", "folder for the result; it must not exist yet")
    .option(
      "--folds <n>",
      "stratified, duplicates together; of each, one fold judges and the next one stops the training",
      whole(3, 100),
      5,
    );
  addTrainOptions(command, (line) => context.stderr.write(`${line}\n`)).action(
    act(context, async (action, options: Options, paths: string[]) => {
      const { output, cwd } = action;
      const out = resolve(cwd, options.out);
      const settings: TrainSettings = { ...settingsOf(options, paths, cwd), split: null, ratios: [] };
      await checkPaths(settings);
      const folder = await createRunFolder(out);
      const stages = stopwatch();
      try {
        const metrics = await withDataset(settings.dataset, output, (dataset) =>
          crossValidation(
            { dataset, settings, folds: options.folds, folder, stages, force: options.force ?? false },
            action,
          ),
        );
        const timings = { seconds: stages.seconds, peakMemoryMiB: Math.round(peakMemory()) };
        await folder.write("timings.json", json(timings));
        await folder.write("log.txt", `${output.log.join("\n")}\n`);
        await folder.finish();
        output.result({ run: out, timings, ...metrics }, describe(metrics, stages, out));
      } catch (error) {
        await folder.abandon();
        throw error;
      }
    }),
  );
}

interface CrossValidation {
  readonly dataset: Dataset;
  readonly settings: TrainSettings;
  readonly folds: number;
  readonly folder: RunFolder;
  readonly stages: Stages;
  readonly force: boolean;
}

async function crossValidation(
  { dataset, settings, folds: count, folder, stages, force }: CrossValidation,
  context: ActionContext,
): Promise<CrossValidationMetrics> {
  const { output, signal } = context;
  const folds = await stages.time("split", async () => foldsOf(dataset, { count, seed: settings.seed }, signal));
  const engines = await stages.time("engine", () => startEngines(settings, context));
  const done: CrossValidationMetrics["folds"][number][] = [];
  const lines: string[] = [];
  let config: RunConfig | undefined;
  const predictions = await crossValidate(folds, async (fold, index): Promise<Predictions> => {
    signal.throwIfAborted();
    output.info(
      `fold ${index + 1} of ${count}: ${plural(fold.train.length, "image")} to train on, ${fold.validation.length} to judge by`,
    );
    const { train, stopping, validation: test, trainCounts } = fold;
    const parts = { train, validation: stopping, test, trainCounts };
    const { frozenEngine } = engines;
    const trained = await trainModel(
      {
        ...parts,
        dataset,
        settings,
        frozenEngine,
        stages,
        known: { splitCounts: { train: trainCounts } },
        force,
      },
      context,
    );
    try {
      config ??= configOf(settings, dataset, engines, trained);
      const made = await stages.time("evaluation", () => trained.answers("test"));
      done.push({ keptEpoch: trained.keptEpoch, summary: measure(made, settings.seed) });
      lines.push(predictionLines(`fold-${index + 1}`, made));
      return made;
    } finally {
      trained.model.dispose();
    }
  });
  const pooled = measure(predictions, settings.seed);
  const counts = pooled.perClass.map(({ support }) => support);
  const { verdict } = judge(settings.backbone, predictions, [majorityBaseline(counts)]);
  const metrics: CrossValidationMetrics = { version: 1, folds: done, pooled, verdict };
  await folder.write("config.json", json(config));
  await folder.write("folds.json", json({ version: 1, folds: folds.map(({ validation }) => validation) }));
  await folder.write("metrics.json", json(metrics));
  await folder.write("predictions.jsonl", lines.join(""));
  return metrics;
}

/**
 * Stratified folds with equal files together. The fold after the one that judges stops the training: what chooses the epoch must
 * not be what the model is judged by.
 */
async function foldsOf(
  dataset: Dataset,
  { count, seed }: { readonly count: number; readonly seed: number },
  signal: AbortSignal,
): Promise<ValidatedFold[]> {
  const groups = duplicateGroups(await audit(dataset, { signal }));
  const held = kFold(dataset, { folds: count, seed, groups }).map(({ validation }) => validation);
  const labels = new Map(dataset.entries.map(({ id, label }) => [id, label]));
  return held.map((validation, index): ValidatedFold => {
    const next = (index + 1) % count;
    const train = held.filter((_, other) => other !== index && other !== next).flat();
    const trainCounts = dataset.classes.map((_, label) => train.filter((id) => labels.get(id) === label).length);
    return { train, stopping: held[next]!, validation, trainCounts };
  });
}

function describe({ folds, pooled, verdict }: CrossValidationMetrics, stages: Stages, out: string): string {
  const each = folds.map(({ summary }) => percent(summary.accuracy.estimate!)).join(", ");
  const times = Object.entries(stages.seconds).map(([name, time]) => `${name} ${duration(time)}`);
  return [
    `out of fold: ${describeSummary(pooled)}`,
    "",
    `accuracy of the folds: ${each}`,
    verdict.text,
    "",
    `${times.join(", ")}; peak memory ${Math.round(peakMemory())} MiB`,
    `result: ${out}`,
  ].join("\n");
}
