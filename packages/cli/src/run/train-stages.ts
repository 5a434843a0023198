import { type CassavaClassifier, stagesOf } from "@cassava/models";
import {
  type FineTuneOptions,
  type FineTuneStage,
  type FitOptions,
  type FitResult,
  fineTune,
  fineTuneStages,
} from "@cassava/train";
import type { ActionContext } from "../context.ts";
import type { TrainSettings } from "./settings.ts";
import { callbacksOf, commonOptions, liveDiagnosis, optimizerOf, scheduleOf, type Watched } from "./train-head.ts";
import { watchTraining } from "./watch-training.ts";

/** How a staged training ended: the histories of its stages one after the other, with the number of the stage, from 0, as `stage`. */
export interface StagedResult extends FitResult {
  readonly stages: readonly { readonly name: string; readonly epochs: number }[];
}

/** Trains the head and then stages of the backbone from the top, as the settings say, and tells how it goes. */
export async function trainStages(
  model: CassavaClassifier,
  sources: FineTuneOptions["sources"],
  settings: TrainSettings,
  trainCounts: readonly number[],
  {
    checkpoints,
    context: { output, signal },
    ...watched
  }: Pick<FitOptions, "checkpoints"> & Watched & { readonly context: ActionContext },
): Promise<StagedResult> {
  const stages = stagesFor(model, settings);
  const trained = ({ unfreeze }: FineTuneStage) => (unfreeze === null ? "the head" : `from ${unfreeze} up`);
  const watch = watchTraining(output);
  /** Epochs of each stage so far. */
  const done: number[] = [];
  const before = (stage: FineTuneStage) => () =>
    done.slice(0, stages.indexOf(stage)).reduce((sum, epochs) => sum + epochs, 0);
  const diagnosis = liveDiagnosis(watched, output);
  const run = fineTune(model, {
    ...commonOptions(settings, trainCounts, signal),
    stages,
    optimizer: (rate, { unfreeze }) =>
      optimizerOf(unfreeze === null ? settings.optimizer : settings.fineTuneOptimizer, rate),
    schedule: (rate) => scheduleOf(settings, rate),
    callbacks: (stage) => callbacksOf(settings, watched, diagnosis, before(stage)),
    async sources(staged, stage) {
      const made = await sources(staged, stage);
      const weights = staged.weights.filter(({ trainable }) => trainable);
      const count = weights.reduce((sum, { variable }) => sum + variable.size, 0).toLocaleString("en");
      output.info(
        `stage ${stages.indexOf(stage) + 1} of ${stages.length}: ${trained(stage)}, ${count} weights trained`,
      );
      watch.start({ epochs: stage.epochs, train: made.train });
      return made;
    },
    checkpoints,
  });
  for await (const event of run) {
    if (event.type === "epoch") done[event.stage] = event.epoch + 1;
    if (event.type === "resume") done[event.stage] = event.epoch;
    watch.see(event);
  }
  watch.end();
  const results = await run.result;
  for (const [index, stage] of stages.entries()) {
    const before = lowest(results.slice(0, index));
    if (before === Number.POSITIVE_INFINITY || lowest([results[index]!]) < before) continue;
    output.warn(
      `no epoch of stage ${index + 1} (${trained(stage)}) had a better validation loss than those before it: its weights are not kept; try another --fine-tune-rate, or more --fine-tune-epochs`,
    );
  }
  const keys = [...new Set(results.flatMap(({ history }) => Object.keys(history)))];
  const history = Object.fromEntries(keys.map((key) => [key, results.flatMap((part) => part.history[key] ?? [])]));
  history.stage = results.flatMap(({ epochs }, stage) => new Array<number>(epochs).fill(stage));
  const epochs = results.reduce((sum, part) => sum + part.epochs, 0);
  const names = stages.map((stage, at) => ({ name: trained(stage), epochs: results[at]!.epochs }));
  return { ...results.at(-1)!, history, epochs, stages: names };
}

/** The best validation loss of some stages; infinite where there is none. */
function lowest(results: readonly FitResult[]): number {
  return Math.min(...results.flatMap(({ history }) => history.val_loss!).filter(Number.isFinite));
}

/** The head, then the backbone: all of it at once, or one more stage at a time. */
function stagesFor({ backbone }: CassavaClassifier, settings: TrainSettings): FineTuneStage[] {
  const {
    fineTune: depth,
    epochs: headEpochs,
    learningRate: headRate,
    fineTuneEpochs: epochs,
    fineTuneRate: rate,
  } = settings;
  const names = stagesOf(backbone.graph);
  // Without early stopping a stage still ends with its best weights: the next one builds on them.
  const patience = settings.patience > 0 ? settings.patience : Math.max(headEpochs, epochs);
  if (depth === "all") {
    const [head] = fineTuneStages(names, { depth: 0, headEpochs, headRate, patience });
    return [head!, { unfreeze: names[0]!, epochs, learningRate: rate, patience }];
  }
  return fineTuneStages(names, { depth, headEpochs, headRate, epochs, rate, patience });
}
