import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type Diagnosis,
  type DiagnosisInput,
  describeDiagnosis,
  diagnose,
  type ProbeOutcome,
  readHistory,
} from "@cassava/metrics/diagnosis";
import { type Command, InvalidArgumentError } from "commander";
import { act, type CliContext } from "../context.ts";
import { CliError, ExitWith } from "../errors.ts";
import { type CommonOptions, type FailOn, failOnOption, isGrave, whole } from "../options.ts";
import { hasEvents, readEventHistory } from "../run/event-log.ts";
import { probeRun } from "../run/probe-run.ts";
import { readRun } from "../run/read-run.ts";
import type { Output } from "../terminal/output.ts";

interface Options extends CommonOptions {
  readonly classes?: number[];
  readonly names?: string[];
  readonly validationClasses?: number[];
  readonly probe?: true;
  readonly all?: true;
  readonly failOn: FailOn;
}

/** `cassava diagnose <run or log>` */
export function diagnoseCommand(program: Command, context: CliContext): void {
  program
    .command("diagnose")
    .description("say what is wrong with a training run, on what evidence, and what to try first")
    .argument(
      "<run>",
      "a folder that cassava train wrote, or a log: CSV, JSON lines, Keras's history as JSON, or TensorBoard's event files or a folder of them",
    )
    .option("--classes <counts>", "of a log: images of each class in the data set, as 1087,2189,2386", counts)
    .option("--validation-classes <counts>", "of a log: images of each class in the validation part", counts)
    .option("--names <names>", "names of the classes, as CBB,CBSD,CGM", (text: string) => text.split(","))
    .option("--probe", "of a run: test the likeliest causes by experiments on its model and its images")
    .option("--all", "list what could not be evaluated, and what it lacks")
    .addOption(failOnOption())
    .action(
      act(context, async (action, options: Options, path: string) => {
        const { input, run } = await inputOf(resolve(action.cwd, path), options, action.output);
        let probes: readonly ProbeOutcome[] = [];
        let found = diagnose(input);
        if (options.probe) {
          if (run === undefined) {
            throw new CliError("OPTION_INVALID", `--probe needs the folder of a run, and ${path} is a log`);
          }
          probes = await probeRun(run, input, found, action);
          found = diagnose({ ...input, probes });
        }
        const text = textOf(found, probes, options.all ?? false);
        action.output.result({ ...found, probes }, [text, ...withoutCounts(found, input, run)].join("\n"));
        if (isGrave(found, options.failOn)) throw new ExitWith(2);
      }),
    );
}

/** `1087,2189,…` */
function counts(text: string): number[] {
  const parsed = text.split(",").map(whole(0));
  if (parsed.length < 2) throw new InvalidArgumentError("It needs the counts of two classes.");
  return parsed;
}

async function inputOf(
  path: string,
  { classes, names, validationClasses }: Options,
  output: Output,
): Promise<{ readonly input: DiagnosisInput; readonly run?: string }> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    (cause) => {
      throw new CliError("RUN_MISSING", `${path} is not there: name a folder of cassava train, or a log`, { cause });
    },
  );
  const events = await hasEvents(path);
  if (isFolder && !events) return { input: await readRun(path), run: path };
  const history = events
    ? await readEventHistory(path, output)
    : readHistory(await readFile(path, "utf8"), { file: path });
  if (names !== undefined && classes !== undefined && names.length !== classes.length) {
    throw new CliError("OPTION_INVALID", `--names has ${names.length} names for ${classes.length} --classes`);
  }
  return {
    input: {
      history,
      ...(classes && { classCounts: classes }),
      ...(names && { classes: names }),
      ...(validationClasses && { splitCounts: { validation: validationClasses } }),
    },
  };
}

/** What a log cannot be asked without `--classes`. */
function withoutCounts(
  { notEvaluated }: Diagnosis,
  { history = [] }: DiagnosisInput,
  run: string | undefined,
): string[] {
  const lacking = notEvaluated.some(({ rule }) => rule === "majority-collapse");
  if (run !== undefined || !lacking || history.every((logs) => logs.val_accuracy === undefined)) return [];
  return [
    "--classes with the images of each class, such as --classes 1087,2189,2386, says whether validation accuracy is only the share of the largest class.",
  ];
}

function textOf(found: Diagnosis, probes: readonly ProbeOutcome[], all: boolean): string {
  const tested = probes.map(({ probe, explanation }) => `  ${probe}: ${explanation}`);
  const more = !all && found.notEvaluated.length > 0 ? " --all lists them." : "";
  const text = describeDiagnosis(found, { all }) + more;
  return tested.length === 0 ? text : [text, "", "Experiments:", ...tested].join("\n");
}
