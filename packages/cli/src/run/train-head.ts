import type { Callback, EpochLogs } from "@cassava/contracts";
import type { Split } from "@cassava/data";
import type { CassavaClassifier } from "@cassava/models";
import {
  adam,
  adamW,
  balancedClassWeights,
  constantSchedule,
  cosineSchedule,
  crossentropy,
  earlyStopping,
  exponentialSchedule,
  type FitOptions,
  type FitResult,
  fit,
  focalCrossentropy,
  oneCycleSchedule,
  polynomialSchedule,
  rmsprop,
  sgd,
  stepSchedule,
  terminateOnNaN,
} from "@cassava/train";
import type { ActionContext } from "../context.ts";
import { percent } from "../terminal/format.ts";
import type { TrainSettings } from "./settings.ts";

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

/** Trains what lies above the cut as the settings say, and tells how it goes. */
export async function trainHead(
  model: CassavaClassifier,
  { train, validation, checkpoints }: Pick<FitOptions, "train" | "validation" | "checkpoints">,
  settings: TrainSettings,
  split: Split,
  { output, signal }: ActionContext,
): Promise<FitResult> {
  const { epochs, learningRate, patience, labelSmoothing, seed } = settings;
  const optimizer = OPTIMIZERS[settings.optimizer]({ learningRate });
  const schedule = SCHEDULES[settings.schedule](learningRate);
  const classWeights = settings.classWeights === "balanced" ? balancedClassWeights(split.counts.train) : undefined;
  const callbacks: Callback[] = [terminateOnNaN(), ...(patience > 0 ? [earlyStopping({ patience })] : [])];
  const loss = LOSSES[settings.loss]({ labelSmoothing, classWeights });
  const run = fit(model, {
    train,
    validation,
    epochs,
    optimizer,
    schedule,
    loss,
    callbacks,
    seed,
    signal,
    checkpoints,
    ...(settings.clipNorm !== null && { clip: { globalNorm: settings.clipNorm } }),
    ...(settings.ema !== null && { ema: { decay: settings.ema } }),
    accumulate: settings.accumulate,
  });
  const batches = Math.ceil(train.size / train.batchSize);
  const progress = output.progress("training", epochs * batches);
  for await (const event of run) {
    if (event.type === "batch") {
      progress.update(
        event.epoch * batches + event.batch + 1,
        `epoch ${event.epoch + 1}, loss ${event.loss.toFixed(3)}`,
      );
    } else if (event.type === "resume") {
      const where = `in epoch ${event.epoch + 1}, after ${event.batch} of ${batches} steps of it`;
      output.info(`resumed ${event.epoch < epochs ? where : "after the last epoch"}: times are those since then`);
    } else if (event.type === "epoch") {
      output.info(epochLine(event.epoch, event.epochs, event.logs, event.seconds));
    } else if (event.type === "stop" && event.reason !== "completed") {
      output.info(`stopped: ${event.reason}`);
    }
  }
  progress.end();
  return run.result;
}

function epochLine(epoch: number, epochs: number, logs: EpochLogs, seconds: number): string {
  const number = String(epoch + 1).padStart(String(epochs).length);
  const part = (prefix: string) =>
    `loss ${logs[`${prefix}loss`]!.toFixed(3)}, accuracy ${percent(logs[`${prefix}accuracy`]!)}`;
  return `epoch ${number}/${epochs}: ${part("")}; validation ${part("val_")} (${seconds.toFixed(1)} s)`;
}
