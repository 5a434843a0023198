import { join } from "node:path";
import type { Dataset } from "@cassava/contracts";
import { type Split, serializeSplit } from "@cassava/data";
import { folderStore } from "@cassava/data/node";
import { saveClassifier, summary } from "@cassava/models";
import { type FeatureSource, type FitResult, mixUpFeatures } from "@cassava/train";
import type { ActionContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { versions } from "../version.ts";
import { answersFor } from "./answers.ts";
import { augmentationFlag } from "./augmentation.ts";
import { buildModel } from "./build-model.ts";
import { startEngine } from "./engine.ts";
import { checkPixels, featureSupply } from "./features.ts";
import { startFrozenEngine } from "./frozen-engine.ts";
import { type Baseline, judge, majorityBaseline, measure, predictionLines, type RunMetrics } from "./measure.ts";
import type { RunFolder } from "./run-folder.ts";
import type { RunConfig, TrainSettings } from "./settings.ts";
import { peakMemory, type Stages } from "./stages.ts";
import { trainHead } from "./train-head.ts";
import { type StagedResult, trainStages } from "./train-stages.ts";
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
  /** Baselines beside the majority class, computed from the same split. */
  readonly baselines?: readonly Baseline[];
}

/** What a run left in its folder. */
export interface TrainRunResult {
  readonly config: RunConfig;
  readonly metrics: RunMetrics;
  readonly fit: FitResult;
  readonly peakMemoryMiB: number;
}

/** Trains, evaluates and saves one model into `folder`, which the caller finishes or abandons. */
export async function trainRun(input: TrainRunInput, context: ActionContext): Promise<TrainRunResult> {
  const { dataset, split, settings, folder, stages } = input;
  const { output, signal } = context;
  const engine = await stages.time("engine", () => startEngine(settings.engine, output));
  // Where everything is trained, nothing is left for another engine than the one that trains.
  const preferred = settings.unfreeze === "all" ? "tfjs" : "onnx";
  const frozenEngine = await startFrozenEngine({ requested: settings.frozenEngine, preferred }, output);
  const model = await stages.time("model", () =>
    buildModel(settings, dataset.classes, split.counts.train, context, frozenEngine),
  );
  try {
    const sizes = summary(model);
    const config: RunConfig = {
      version: 1,
      settings,
      inputSize: sizes.inputSize,
      classes: dataset.classes.map(({ name }) => name),
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
    output.info(
      `model: ${sizes.backbone}, ${sizes.inputSize} px, ${sizes.parameters.toLocaleString("en")} parameters, ${sizes.trainableParameters.toLocaleString("en")} trained`,
    );

    const { batchSize, seed } = settings;
    const policy = augmentationFlag(settings.augment);
    const augment = policy.steps.length > 0 ? { policy, seed, views: settings.views } : undefined;
    const copies = augment ? settings.views : 1;
    const images = copies * split.train.length + split.validation.length + split.test.length;
    await stages.time("features", () => checkPixels(model, dataset, split.train));
    const { train: trained, validation: held, test: judgedBy } = split;
    /** Anew for every place of the cut. */
    const sources = async () => {
      const supply = featureSupply(model, dataset, images, context);
      const train = await supply("train", { ids: trained, batchSize, shuffle: { seed }, augment });
      const validation = await supply("validation", { ids: held, batchSize });
      return { train: mixUpFeatures(train, { alpha: settings.mixUp, seed }), validation };
    };
    const checkpoints = input.unfinished;
    /** Held-out images as the last stage sees them, where they are there already. */
    let plain: { readonly validation?: FeatureSource; readonly test?: FeatureSource } = {};
    const fitted: FitResult & Partial<StagedResult> = await (settings.fineTune === 0 ? trainOnce() : trainInStages());

    async function trainOnce(): Promise<FitResult> {
      const made = await stages.time("features", sources);
      // The test images now, since one that cannot be read is better found before the training than after it.
      const supply = featureSupply(model, dataset, images, context);
      const test = await stages.time("features", () => supply("test", { ids: judgedBy, batchSize }));
      plain = { validation: made.validation, test };
      return stages.time("training", () => trainHead(model, { ...made, checkpoints }, settings, split, context));
    }

    function trainInStages(): Promise<StagedResult> {
      const timed = () => stages.time("features", sources);
      return stages.time("training", () => trainStages(model, timed, settings, split, { checkpoints, context }));
    }
    checkFinite(fitted, settings);
    const part = split.test.length > 0 ? "test" : "validation";
    const supply = featureSupply(model, dataset, images, context);
    const predictions = await stages.time("evaluation", async () => ({
      validation: await answersFor(
        model,
        supply,
        { label: "validation", ids: held, plain: plain.validation },
        settings,
        signal,
      ),
      ...(part === "test" && {
        test: await answersFor(model, supply, { label: "test", ids: judgedBy, plain: plain.test }, settings, signal),
      }),
    }));
    const judged = predictions[part]!;
    const baselines = [majorityBaseline(split.counts.train, split.counts[part]), ...(input.baselines ?? [])];
    const metrics: RunMetrics = {
      version: 1,
      part,
      keptEpoch: keptEpoch(fitted, settings),
      parts: Object.fromEntries(Object.entries(predictions).map(([name, made]) => [name, measure(made, seed)])),
      baselines,
      verdict: judge(settings.backbone, judged, baselines),
    };

    await stages.time("saving", () => saveClassifier(model, folderStore(join(folder.temporary, "model"))));
    const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
    const peakMemoryMiB = Math.round(peakMemory());
    await folder.write("config.json", json(config));
    await folder.write("split.json", serializeSplit(split));
    await folder.write("history.csv", historyCsv(fitted));
    await folder.write("metrics.json", json(metrics));
    await folder.write("timings.json", json({ seconds: stages.seconds, peakMemoryMiB }));
    const lines = Object.entries(predictions).map(([name, made]) => predictionLines(name, made));
    await folder.write("predictions.jsonl", lines.join(""));
    return { config, metrics, fit: fitted, peakMemoryMiB };
  } finally {
    model.dispose();
  }
}

/** Refuses a run whose kept weights had no finite loss: the best ones, or without early stopping the last. */
function checkFinite({ history, reason }: FitResult, { patience }: TrainSettings): void {
  const losses = history.val_loss ?? [];
  if (patience === 0 ? Number.isFinite(losses.at(-1)) : losses.some(Number.isFinite)) return;
  throw new CliError("DIVERGED", `the run diverged and left nothing to evaluate (${reason}): lower --learning-rate`);
}

/** The epoch, from 1, whose weights early stopping restored: of the last stage, which begins with the best of the one before. Null without it. */
function keptEpoch(
  { history, epochs, stages }: FitResult & Partial<StagedResult>,
  { patience }: TrainSettings,
): number | null {
  if (patience === 0 && stages === undefined) return null;
  const first = epochs - (stages?.at(-1)?.epochs ?? epochs);
  const losses = history
    .val_loss!.slice(first, epochs)
    .map((loss) => (Number.isFinite(loss) ? loss : Number.POSITIVE_INFINITY));
  return first + losses.indexOf(Math.min(...losses)) + 1;
}

/** Keras's CSVLogger: `epoch`, then the log keys in order. */
function historyCsv({ history, epochs }: FitResult): string {
  const keys = Object.keys(history).sort();
  const rows = Array.from({ length: epochs }, (_, i) => [i, ...keys.map((key) => history[key]![i])].join(","));
  return `${[["epoch", ...keys].join(","), ...rows].join("\n")}\n`;
}
