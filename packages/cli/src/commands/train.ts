import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { parseRatios, serializeSplit } from "@cassava/data";
import type { Diagnosis } from "@cassava/metrics/diagnosis";
import { backbones } from "@cassava/models";
import { type Command, Option } from "commander";
import { act, type CliContext } from "../context.ts";
import { ExitWith } from "../errors.ts";
import { DATASET, type FailOn, failOnOption, isGrave } from "../options.ts";
import { checkPaths } from "../run/check-paths.ts";
import { checkTrainable } from "../run/check-split.ts";
import { withDataset } from "../run/dataset.ts";
import { eventFolder, refuseEvents } from "../run/event-log.ts";
import { describeSummary, type RunMetrics } from "../run/measure.ts";
import { createRunFolder } from "../run/run-folder.ts";
import type { TrainSettings } from "../run/settings.ts";
import { splitFor } from "../run/split-for.ts";
import { stopwatch } from "../run/stages.ts";
import { type TrainRunResult, trainRun } from "../run/train-run.ts";
import { openUnfinished, refuseFinished, type Unfinished } from "../run/unfinished.ts";
import { duration, plural } from "../terminal/format.ts";
import { describeSplit } from "./split.ts";
import { addTrainOptions, settingsOf, type TrainOptions } from "./train-options.ts";

interface Options extends TrainOptions {
  readonly split?: string;
  readonly ratios: string;
  readonly resume?: true;
  readonly tensorboard?: string | true;
  readonly failOn: FailOn;
  readonly out: string;
}

/** `cassava train <dataset>` */
export function trainCommand(program: Command, context: CliContext): void {
  const published = Object.values(backbones).flatMap(({ name, imagenet }) =>
    imagenet ? [`  ${name}: ${imagenet(1).url}`] : [],
  );
  const command = program
    .command("train")
    .description("train a head on a frozen backbone (or more of it), evaluate it on held-out images and save the run")
    .argument("<dataset...>", DATASET)
    .requiredOption("--out <dir>", "folder for the run; it must not exist yet")
    .option("--resume", "go on with a run of the same settings that was cut short")
    .addOption(new Option("--split <file>", "replay a split of cassava split").conflicts("ratios"))
    .option("--ratios <a/b/c>", "train/validation/test, stratified", "60/20/20")
    .option(
      "--tensorboard [dir]",
      "write TensorBoard event files, epoch by epoch, into this folder (default: <out>.tensorboard, beside the run)",
    )
    .addOption(failOnOption());
  addTrainOptions(command, (line) => context.stderr.write(`${line}\n`))
    .addHelpText("after", `\nThe weights of --weights imagenet:\n${published.join("\n")}`)
    .action(
      act(context, async (action, options: Options, paths: string[]) => {
        const { output, cwd } = action;
        const out = resolve(cwd, options.out);
        const settings: TrainSettings = {
          ...settingsOf(options, paths, cwd),
          split: options.split === undefined ? null : resolve(cwd, options.split),
          ratios: parseRatios(options.ratios),
        };
        await checkPaths(settings);
        const events = eventFolder(options.tensorboard, out, cwd);
        if (options.resume) await refuseFinished(out);
        const folder = await createRunFolder(out);
        const stages = stopwatch();
        let unfinished: Unfinished | undefined;
        let result: TrainRunResult;
        try {
          result = await withDataset(
            paths.map((path) => resolve(cwd, path)),
            output,
            async (dataset) => {
              const made = await stages.time("split", () => splitFor(settings, dataset, action));
              const known = await stages.time("split", () => checkTrainable(dataset, made, action));
              const identity = { split: createHash("sha256").update(serializeSplit(made)).digest("hex") };
              unfinished = await openUnfinished(out, settings, { asked: options.resume ?? false, identity }, output);
              if (events !== undefined) {
                if (!unfinished.resume) await refuseEvents(events);
                output.info(`to watch it: tensorboard --logdir ${events}`);
              }
              output.info(
                describeSplit(
                  made,
                  dataset.classes.map(({ name }) => name),
                ),
              );
              const force = options.force ?? false;
              return trainRun(
                { dataset, split: made, settings, folder, stages, unfinished, events, known, force },
                action,
              );
            },
          );
          await folder.write("log.txt", `${output.log.join("\n")}\n`);
          await folder.finish();
          await unfinished?.finished();
          const { epochs, reason } = result.fit;
          const timings = { seconds: stages.seconds, peakMemoryMiB: result.peakMemoryMiB };
          const { diagnosis, metrics } = result;
          const document = { run: out, epochs, reason, timings, ...metrics, diagnosis };
          output.result(document, describeResult(result, stages.seconds, out));
        } catch (error) {
          await folder.abandon();
          await unfinished?.failed(error, action);
          throw error;
        }
        // The run is good to look at, whatever it is like.
        if (isGrave(result.diagnosis, options.failOn)) throw new ExitWith(2);
      }),
    );
}

/** What a diagnosis comes to, and where to read on. */
function diagnosisLine({ findings, causes }: Diagnosis, { verdict, parts, part }: RunMetrics, out: string): string {
  const grave = findings.filter(({ severity }) => severity !== "info");
  const [first] = causes;
  if (grave.length === 0) {
    const nothing = "diagnosis: nothing wrong was found";
    if (verdict.level !== "not-better") return nothing;
    const images = plural(parts[part]!.n, "image");
    return `${nothing}, but ${images} do not show what the run is worth; cassava cross-validate judges by every labelled one`;
  }
  const more = `cassava diagnose ${out} says why, and what else it may be`;
  if (first === undefined) return `diagnosis: ${grave[0]!.title}; ${more}`;
  return `diagnosis: ${grave[0]!.title}. Most likely ${first.title}: ${first.remedy}.\n${more}`;
}

/** A finished run for people. */
export function describeResult(result: TrainRunResult, seconds: Readonly<Record<string, number>>, out: string): string {
  const { metrics, fit, peakMemoryMiB } = result;
  const kept = metrics.keptEpoch === null ? "" : `, kept the weights of epoch ${metrics.keptEpoch}`;
  const times = Object.entries(seconds).map(([name, time]) => `${name} ${duration(time)}`);
  return [
    `${metrics.part} split: ${describeSummary(metrics.parts[metrics.part]!)}`,
    "",
    metrics.verdict.text,
    "",
    diagnosisLine(result.diagnosis, metrics, out),
    "",
    `${fit.epochs} epochs (${fit.reason})${kept}; ${times.join(", ")}; peak memory ${peakMemoryMiB} MiB`,
    `run: ${out}`,
  ].join("\n");
}
