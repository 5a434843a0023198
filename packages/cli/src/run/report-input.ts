import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Diagnosis, ProbeOutcome } from "@cassava/metrics/diagnosis";
import type { Facts, ReportInput, ReportPredictions } from "@cassava/report";
import { CliError } from "../errors.ts";
import { duration } from "../terminal/format.ts";
import type { RunMetrics } from "./measure.ts";
import { readPredictions, readRun } from "./read-run.ts";
import { readRunFile } from "./run-folder.ts";
import type { RunConfig, TrainSettings } from "./settings.ts";
import { trainCommandOf, trainFlagsOf } from "./train-command.ts";

/** What a report says of a run, with what it is made from. */
export interface RunReport extends ReportInput {
  readonly config: RunConfig;
  /** What the weights of the backbone are, in words. */
  readonly weights: string;
  /** Of all stages together. */
  readonly seconds: number;
}

/** `timings.json`. */
interface Timings {
  readonly seconds: Readonly<Record<string, number>>;
  readonly peakMemoryMiB: number;
}

/**
 * What a report says of a finished run, from its folder alone: without photographs.
 *
 * @throws {CliError} `RUN_MISSING`, `RUN_INVALID`
 */
export async function reportInputOf(run: string): Promise<RunReport> {
  const config = await readRunFile<RunConfig>(run, "config.json");
  const metrics = await readRunFile<RunMetrics>(run, "metrics.json");
  const known = await readRun(run);
  const saved = join(run, "diagnosis.json");
  const diagnosis = existsSync(saved)
    ? await readRunFile<Diagnosis & { readonly version: 1; readonly probes?: readonly ProbeOutcome[] }>(
        run,
        "diagnosis.json",
      )
    : undefined;
  const { settings, classes } = config;
  const weights = weightsOf(settings);
  const timings = await readTimings(run);
  const answers = async (part: "test" | "validation"): Promise<ReportPredictions | undefined> => {
    const found = await readPredictions(run, part);
    return found && { ids: found.ids, labels: found.labels, probabilities: found.probabilities };
  };
  const predictions = await answers(metrics.part);
  const validation = metrics.part === "test" ? await answers("validation") : undefined;
  const summary = metrics.parts[metrics.part]!;
  return {
    config,
    weights,
    seconds: Object.values(timings.seconds).reduce((sum, took) => sum + took, 0),
    title: `${settings.backbone}: ${basename(run)}`,
    about: `${summary.n.toLocaleString("en")} ${metrics.part} images in ${classes.length} classes; ${weights}; ${config.inputSize} x ${config.inputSize} pixels; seed ${settings.seed}`,
    classes,
    part: metrics.part,
    verdict: metrics.verdict,
    summary,
    predictions: predictions!,
    ...(validation && { validation }),
    ...(diagnosis && { diagnosis }),
    ...(diagnosis?.probes && {
      experiments: diagnosis.probes.map(({ probe, explanation }) => `${probe}: ${explanation}`),
    }),
    ...(known.history && { history: known.history }),
    keptEpoch: metrics.keptEpoch,
    ...(known.splitCounts && { splitCounts: known.splitCounts }),
    ...(known.data && { data: known.data }),
    facts: [...settingFacts(config), timingFacts(timings)],
    reproduce: [trainCommandOf(config)],
  };
}

function weightsOf({ weights, unfreeze, seed }: TrainSettings): string {
  if (weights === "imagenet") return "ImageNet weights";
  if (weights !== "none") return `weights of ${basename(weights)}`;
  return unfreeze === "all" ? "trained from scratch" : `random weights, made by the seed ${seed} and frozen`;
}

/** Settings by the names of the options that give them, and what else there is to know of model and machine. */
function settingFacts(config: RunConfig): Facts[] {
  const { settings, engine, frozenEngine, versions, model } = config;
  const options = trainFlagsOf(config).map(([flag, value]) => [flag, value === true ? "yes" : String(value)] as const);
  const recipe = settings.recipe === null ? [] : [["--recipe", settings.recipe] as const];
  return [
    { title: "Settings", rows: [["photographs", settings.dataset.join(", ")], ...recipe, ...options] },
    {
      title: "Model and environment",
      rows: [
        ["parameters", model.parameters.toLocaleString("en")],
        ["trained parameters", model.trainableParameters.toLocaleString("en")],
        ["multiply-adds for an image", model.multiplyAdds.toLocaleString("en")],
        ["preprocessing", model.preprocessing],
        ["engine", `${engine.name} (${engine.device})`],
        ["frozen part on", frozenEngine],
        ...Object.entries(versions).map(([name, version]) => [name, version] as const),
      ],
    },
  ];
}

function timingFacts({ seconds, peakMemoryMiB }: Timings): Facts {
  const rows = Object.entries(seconds).map(([stage, took]) => [stage, duration(took)] as const);
  return { title: "Time and memory", rows: [...rows, ["peak memory", `${peakMemoryMiB} MiB`]] };
}

async function readTimings(run: string): Promise<Timings> {
  const file = join(run, "timings.json");
  try {
    return JSON.parse(await readFile(file, "utf8")) as Timings;
  } catch (cause) {
    throw new CliError("RUN_INVALID", `${file} is missing or damaged: train the run again`, { cause });
  }
}
