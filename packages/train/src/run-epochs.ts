import type { Callback, CallbackResult, Classifier, EpochLogs, TrainingRun } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { type EpochSums, loadCheckpoint, type RunPosition, saveCheckpoint } from "./checkpoint/run-state.ts";
import { TrainError } from "./errors.ts";
import { historyOf, type TrainEvent } from "./events.ts";
import type { FitOptions, FitResult } from "./fit.ts";
import type { Loss } from "./losses/loss.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { evaluateLoss, type StepResult, trainingStep } from "./step.ts";

/** Milliseconds of computing after which timers and signals get their turn. */
const BREATH = 50;
const NO_SUMS: EpochSums = { seen: 0, loss: 0, correct: 0, learningRate: 0 };

/** The options of `fit` with its defaults filled in. */
export interface RunOptions extends FitOptions {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly schedule: Schedule;
}

/** The run itself: epochs of steps, validation, callbacks, checkpoints. */
export async function runEpochs(
  model: Classifier,
  options: RunOptions,
  push: (event: TrainEvent) => void,
): Promise<FitResult> {
  const {
    train,
    validation,
    epochs,
    optimizer,
    loss,
    schedule,
    callbacks = [],
    seed = 42,
    signal,
    checkpoints,
  } = options;
  const { clip, groups, accumulate, ema, evaluateTrain = false, maxSeconds = Number.POSITIVE_INFINITY } = options;
  const run: TrainingRun = { epochs, weights: model.weights, learningRateScale: 1 };
  const step = trainingStep(model, { optimizer, loss, seed, clip, groups, accumulate, ema });
  const { updates } = step;
  const batches = Math.ceil(train.size / train.batchSize);
  const settings = {
    frozen: model.frozen.id,
    identity: checkpoints?.identity ?? null,
    ...{
      epochs,
      batches,
      batchSize: train.batchSize,
      images: train.size,
      seed,
      optimizer: optimizer.name,
      loss: loss.name,
    },
    ...{ clip: clip ?? null, accumulate: accumulate ?? 1, ema: ema ?? null },
  };
  const parts = { run, tensors: updates.tensors, callbacks, settings };
  const deadline = Date.now() + 1000 * maxSeconds;
  const logs: EpochLogs[] = [];
  let stop: string | undefined;
  let breath = Date.now();

  const save = async (position: Pick<RunPosition, "epoch" | "batch" | "sums" | "reason">) => {
    if (checkpoints === undefined) return;
    const { learningRateScale } = run;
    await saveCheckpoint(checkpoints.store, parts, { ...position, ...updates.counts, learningRateScale, logs });
    push({ type: "checkpoint", epoch: position.epoch, batch: position.batch });
  };

  /** The rest of an epoch; undefined where the run stops within it. What an abort cuts short is saved where it is. */
  async function trainEpoch(epoch: number, from: number, before: EpochSums): Promise<EpochSums | undefined> {
    let [batch, sums] = [from, before];
    try {
      for await (const images of train.batches(epoch, signal, from)) {
        signal?.throwIfAborted();
        const spent = Date.now() >= deadline;
        if (spent) stop = `the budget of ${maxSeconds} s is spent`;
        else {
          const learningRate = schedule(epoch * batches + batch, epochs * batches) * run.learningRateScale;
          const made = await step.run(images, learningRate);
          sums = addTo(sums, made, images.ids.length, learningRate);
          const event = { epoch, batch: batch++, loss: made.loss, learningRate, run };
          push({ type: "batch", epoch, batch: event.batch, batches, loss: sums.loss / sums.seen });
          stop = reasonOf(await all(callbacks, (callback) => callback.onBatchEnd?.(event)));
        }
        if (stop !== undefined) {
          // More time is all that a spent budget lacks; what a callback has stopped is over.
          await save({ epoch, batch, sums, ...(!spent && { reason: stop }) });
          return undefined;
        }
        if (checkpoints?.everyBatches && batch % checkpoints.everyBatches === 0 && batch < batches) {
          await save({ epoch, batch, sums });
        }
        if (Date.now() - breath > BREATH) {
          await new Promise((resolve) => setTimeout(resolve, 0));
          breath = Date.now();
        }
      }
      return sums;
    } catch (error) {
      if (signal?.aborted) await save({ epoch, batch, sums });
      throw error;
    }
  }

  /** Logs of an epoch, measured with the weights that are evaluated: the averages, where there are some. */
  async function measure({ loss: total, correct, seen, learningRate }: EpochSums): Promise<EpochLogs> {
    const measured: Record<string, number> = {
      loss: total / seen,
      accuracy: correct / seen,
      learning_rate: learningRate,
    };
    for (const [prefix, source] of [
      ["train_", evaluateTrain ? train : undefined] as const,
      ["val_", validation] as const,
    ]) {
      if (source === undefined) continue;
      const found = await evaluateLoss(model, source, loss, signal);
      measured[`${prefix}loss`] = found.loss;
      measured[`${prefix}accuracy`] = found.accuracy;
    }
    return measured;
  }

  async function epochsFrom({
    epoch: first,
    batch,
    sums,
  }: Pick<RunPosition, "epoch" | "batch" | "sums">): Promise<void> {
    let [from, before] = [batch, sums];
    for (let epoch = first; epoch < epochs; epoch++) {
      const [started, held] = [Date.now(), tf.memory().numTensors];
      if (from === 0) await all(callbacks, (callback) => callback.onEpochStart?.({ epoch, run }));
      const trained = await trainEpoch(epoch, from, before);
      if (trained === undefined) return;
      updates.swapAverages();
      const measured = await measure(trained).catch(async (error: unknown) => {
        updates.swapAverages();
        if (signal?.aborted) await save({ epoch, batch: batches, sums: trained });
        throw error;
      });
      const leaked = tf.memory().numTensors - held;
      if (options.checkLeaks && leaked !== 0) {
        throw new TrainError(
          "TENSORS_LEAKED",
          `epoch ${epoch + 1} left ${leaked} tensors behind: something does not dispose of them`,
        );
      }
      logs.push(measured);
      push({ type: "epoch", epoch, epochs, logs: measured, seconds: (Date.now() - started) / 1000 });
      stop = reasonOf(await all(callbacks, (callback) => callback.onEpochEnd?.({ epoch, logs: measured, run })));
      updates.swapAverages();
      [from, before] = [0, NO_SUMS];
      const over = stop !== undefined || epoch === epochs - 1;
      if (over || (epoch + 1) % (checkpoints?.everyEpochs ?? 1) === 0) {
        await save({ epoch: epoch + 1, batch: 0, sums: NO_SUMS, ...(over && { reason: stop ?? "completed" }) });
      }
      if (stop !== undefined) return;
    }
  }

  try {
    await all(callbacks, (callback) => callback.onRunStart?.(run));
    const resumed = checkpoints?.resume ? await loadCheckpoint(checkpoints.store, parts) : undefined;
    if (resumed !== undefined) {
      Object.assign(updates.counts, { steps: resumed.steps, updates: resumed.updates });
      run.learningRateScale = resumed.learningRateScale;
      logs.push(...resumed.logs);
      push({ type: "resume", epoch: resumed.epoch, batch: resumed.batch });
    }
    if (resumed?.reason === undefined) await epochsFrom(resumed ?? { epoch: 0, batch: 0, sums: NO_SUMS });
    else if (resumed.reason !== "completed") stop = resumed.reason;
    updates.swapAverages();
  } finally {
    step.dispose();
    await all(callbacks, (callback) => callback.onRunEnd?.(run));
  }
  const reason = stop ?? "completed";
  push({ type: "stop", reason });
  return { history: historyOf(logs), epochs: logs.length, reason };
}

/** Calls a hook of every callback, one after the other. */
async function all<T>(callbacks: readonly Callback[], hook: (callback: Callback) => T | Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (const callback of callbacks) answers.push(await hook(callback));
  return answers;
}

function addTo(sums: EpochSums, { loss, correct }: StepResult, n: number, learningRate: number): EpochSums {
  return { seen: sums.seen + n, loss: sums.loss + loss * n, correct: sums.correct + correct, learningRate };
}

function reasonOf(answers: readonly CallbackResult[]): string | undefined {
  const stops = answers.flatMap((answer) => (answer ? [answer.stop] : []));
  return stops.length > 0 ? stops.join("; ") : undefined;
}
