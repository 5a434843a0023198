import type { Callback } from "@cassava/contracts";
import { RULES } from "@cassava/metrics/diagnosis";
import type { CassavaClassifier } from "@cassava/models";
import { tensorBoard } from "@cassava/report/node";
import {
  adam,
  adamW,
  balancedClassWeights,
  constantSchedule,
  cosineSchedule,
  crossentropy,
  diagnoseTraining,
  earlyStopping,
  exponentialSchedule,
  type FitOptions,
  type FitResult,
  fit,
  focalCrossentropy,
  type Optimizer,
  oneCycleSchedule,
  polynomialSchedule,
  reduceLROnPlateau,
  rmsprop,
  type Schedule,
  sgd,
  stepSchedule,
  type TrainingObserver,
  terminateOnNaN,
} from "@cassava/train";
import type { ActionContext } from "../context.ts";
import type { Output } from "../terminal/output.ts";
import type { Knowledge } from "./knowledge.ts";
import { findingLine } from "./preflight.ts";
import type { TrainSettings } from "./settings.ts";
import { watchTraining } from "./watch-training.ts";

const OPTIMIZERS = { adam, adamW, rmsprop, sgd };
const LOSSES = { crossentropy, focal: focalCrossentropy };
const SCHEDULES = {
  constant: constantSchedule,
  step: stepSchedule,
  exponential: exponentialSchedule,
  polynomial: (rate: number) => polynomialSchedule(rate, { final: 0 }),
  cosine: cosineSchedule,
  "one-cycle": oneCycleSchedule,
};

/** The optimizer of a name. */
export function optimizerOf(name: TrainSettings["optimizer"], learningRate: number): Optimizer {
  return OPTIMIZERS[name]({ learningRate });
}

/** The settings' schedule from a highest rate on. */
export function scheduleOf({ schedule }: TrainSettings, learningRate: number): Schedule {
  return SCHEDULES[schedule](learningRate);
}

/** What every stage of a training has in common. */
export function commonOptions(settings: TrainSettings, trainCounts: readonly number[], signal: AbortSignal) {
  const { labelSmoothing } = settings;
  const classWeights = settings.classWeights === "balanced" ? balancedClassWeights(trainCounts) : undefined;
  return {
    loss: LOSSES[settings.loss]({ labelSmoothing, classWeights }),
    seed: settings.seed,
    signal,
    ...(settings.clipNorm !== null && { clip: { globalNorm: settings.clipNorm } }),
    ...(settings.ema !== null && { ema: { decay: settings.ema } }),
    accumulate: settings.accumulate,
  };
}

/** What is known of a run, and who looks at it while it goes on. */
export interface Watched {
  readonly known: Knowledge;
  readonly observer: TrainingObserver;
  /** Folder for TensorBoard's event files. */
  readonly events?: string | undefined;
}

/** Tells findings while a run goes on; the same for all of its stages. */
export function liveDiagnosis({ known, observer }: Watched, output: Output): Callback {
  return diagnoseTraining({
    known,
    observer,
    // The others were asked before the first step.
    rules: RULES.filter(({ preflight }) => preflight !== true),
    onFinding: (finding, epoch, stage) =>
      output.warn(`${stage > 0 ? `stage ${stage + 1}, ` : ""}epoch ${epoch + 1}: ${findingLine(finding)}`),
  });
}

/**
 * Beside early stopping.
 *
 * @param epochsBefore how many epochs of other stages came before
 */
export function callbacksOf(
  { plateau }: TrainSettings,
  { observer, events }: Watched,
  diagnosis: Callback,
  epochsBefore = () => 0,
): Callback[] {
  return [
    terminateOnNaN(),
    ...(events === undefined ? [] : [tensorBoard({ folder: events, firstStep: epochsBefore })]),
    ...(plateau > 0 ? [reduceLROnPlateau({ patience: plateau })] : []),
    observer.callback(),
    diagnosis,
  ];
}

/** Trains what lies above the cut as the settings say, and tells how it goes. */
export async function trainHead(
  model: CassavaClassifier,
  { train, validation, checkpoints, ...watched }: Pick<FitOptions, "train" | "validation" | "checkpoints"> & Watched,
  settings: TrainSettings,
  trainCounts: readonly number[],
  { output, signal }: ActionContext,
): Promise<FitResult> {
  const { epochs, learningRate, patience } = settings;
  const run = fit(model, {
    ...commonOptions(settings, trainCounts, signal),
    train,
    validation,
    epochs,
    optimizer: optimizerOf(settings.optimizer, learningRate),
    schedule: scheduleOf(settings, learningRate),
    callbacks: [
      ...callbacksOf(settings, watched, liveDiagnosis(watched, output)),
      ...(patience > 0 ? [earlyStopping({ patience })] : []),
    ],
    checkpoints,
  });
  const watch = watchTraining(output);
  watch.start({ epochs, train });
  for await (const event of run) watch.see(event);
  watch.end();
  return run.result;
}
