import { join } from "node:path";
import type { EngineChoice } from "@cassava/backend/node";
import type { Dataset, FrozenEngine } from "@cassava/contracts";
import { type Split, serializeSplit } from "@cassava/data";
import { folderStore } from "@cassava/data/node";
import { type Diagnosis, diagnose, readHistory } from "@cassava/metrics/diagnosis";
import { saveClassifier } from "@cassava/models";
import type { FitResult } from "@cassava/train";
import type { ActionContext } from "../context.ts";
import { versions } from "../version.ts";
import { startEngine } from "./engine.ts";
import { startFrozenEngine } from "./frozen-engine.ts";
import type { Knowledge } from "./knowledge.ts";
import { type Baseline, judge, majorityBaseline, measure, predictionLines, type RunMetrics } from "./measure.ts";
import type { RunFolder } from "./run-folder.ts";
import type { RunConfig, TrainSettings } from "./settings.ts";
import { peakMemory, type Stages } from "./stages.ts";
import { type TrainedModel, trainModel } from "./train-model.ts";
import type { Unfinished } from "./unfinished.ts";

/** What a run works on. */
export interface TrainRunInput {
  readonly dataset: Dataset;
  readonly split: Split;
  readonly settings: TrainSettings;
  readonly folder: RunFolder;
  readonly stages: Stages;
  /** Where the run leaves checkpoints. */
  readonly unfinished?: Unfinished | undefined;
  /** Folder for TensorBoard's event files; absent: none are written. */
  readonly events?: string | undefined;
  /** Baselines beside the majority class, computed from the same split. */
  readonly baselines?: readonly Baseline[];
  /** What is known of the data and the split. */
  readonly known?: Knowledge;
  /** Trains in spite of what is found before. */
  readonly force?: boolean;
}

/** What a run left in its folder. */
export interface TrainRunResult {
  readonly config: RunConfig;
  readonly metrics: RunMetrics;
  readonly fit: FitResult;
  readonly diagnosis: Diagnosis;
  readonly peakMemoryMiB: number;
}

/** Trains, evaluates and saves one model into `folder`, which the caller finishes or abandons. */
export async function trainRun(input: TrainRunInput, context: ActionContext): Promise<TrainRunResult> {
  const { dataset, split, settings, folder, stages } = input;
  const engines = await stages.time("engine", () => startEngines(settings, context));
  const trained = await trainModel(
    {
      ...split,
      dataset,
      trainCounts: split.counts.train,
      settings,
      frozenEngine: engines.frozenEngine,
      stages,
      checkpoints: input.unfinished,
      events: input.events,
      known: input.known ?? {},
      force: input.force ?? false,
    },
    context,
  );
  const { model, fitted } = trained;
  try {
    const config = { ...configOf(settings, dataset, engines, trained), ...(input.force && { forced: true as const }) };
    const part = split.test.length > 0 ? "test" : "validation";
    const predictions = await stages.time("evaluation", async () => ({
      validation: await trained.answers("validation"),
      ...(part === "test" && { test: await trained.answers("test") }),
    }));
    const judged = predictions[part]!;
    const opponents = [majorityBaseline(split.counts.train), ...(input.baselines ?? [])];
    const parts = Object.entries(predictions).map(([name, made]) => [name, measure(made, settings.seed)]);
    const metrics: RunMetrics = {
      version: 1,
      part,
      keptEpoch: trained.keptEpoch,
      parts: Object.fromEntries(parts),
      ...judge(settings.backbone, judged, opponents),
    };

    await stages.time("saving", () => saveClassifier(model, folderStore(join(folder.temporary, "model"))));
    const peakMemoryMiB = Math.round(peakMemory());
    await folder.write("config.json", json(config));
    await folder.write("split.json", serializeSplit(split));
    const history = historyCsv(fitted);
    await folder.write("history.csv", history);
    await folder.write("observations.json", json({ version: 1, ...trained.observations }));
    const { labels, ...validation } = predictions.validation;
    const diagnosis = diagnose({
      ...trained.observations,
      history: readHistory(history),
      predictions: { ...validation, labels: labels!, split: "validation", classes: validation.classes.length },
    });
    await folder.write("diagnosis.json", json(diagnosis));
    await folder.write("metrics.json", json(metrics));
    await folder.write("timings.json", json({ seconds: stages.seconds, peakMemoryMiB }));
    const lines = Object.entries(predictions).map(([name, made]) => predictionLines(name, made));
    await folder.write("predictions.jsonl", lines.join(""));
    return { config, metrics, fit: fitted, diagnosis, peakMemoryMiB };
  } finally {
    model.dispose();
  }
}

/** What computes: the engine that trains, and what runs the frozen part where that is another. */
export interface Engines {
  readonly engine: EngineChoice;
  readonly frozenEngine: FrozenEngine | undefined;
}

/** Starts what the settings ask for, and says what it is. */
export async function startEngines(settings: TrainSettings, { output }: ActionContext): Promise<Engines> {
  const engine = await startEngine(settings.engine, output);
  // Where everything is trained, nothing is left for another engine than the one that trains.
  const preferred = settings.unfreeze === "all" ? "tfjs" : "onnx";
  return { engine, frozenEngine: await startFrozenEngine({ requested: settings.frozenEngine, preferred }, output) };
}

/** `config.json` of what was trained. */
export function configOf(
  settings: TrainSettings,
  { classes }: Pick<Dataset, "classes">,
  { engine, frozenEngine }: Engines,
  { model, sizes }: Pick<TrainedModel, "model" | "sizes">,
): RunConfig {
  return {
    version: 1,
    settings,
    inputSize: sizes.inputSize,
    classes: classes.map(({ name }) => name),
    engine: { name: engine.name, device: engine.device },
    frozenEngine: frozenEngine === undefined ? "tfjs" : "onnx",
    versions,
    model: {
      parameters: sizes.parameters,
      trainableParameters: sizes.trainableParameters,
      multiplyAdds: sizes.multiplyAdds,
      preprocessing: model.contract.mode,
    },
  };
}

/** As files of a run hold it. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Keras's CSVLogger: `epoch`, then the log keys in order. */
function historyCsv({ history, epochs }: FitResult): string {
  const keys = Object.keys(history).sort();
  const rows = Array.from({ length: epochs }, (_, i) => [i, ...keys.map((key) => history[key]![i])].join(","));
  return `${[["epoch", ...keys].join(","), ...rows].join("\n")}\n`;
}
