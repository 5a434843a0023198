import type { Callback, Classifier, EpochLogs, TrainingRun } from "@cassava/contracts";
import { TrainError } from "./errors.ts";
import { eventQueue, type History, historyOf, type TrainEvent } from "./events.ts";
import type { FeatureSource } from "./features/feature-source.ts";
import { crossentropy, type Loss } from "./losses.ts";
import { adam } from "./optimizers/adam.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { constantSchedule, type Schedule } from "./schedules.ts";
import { evaluateLoss, trainingStep } from "./step.ts";

/** Milliseconds of computing after which timers and signals get their turn. */
const BREATH = 50;

/** How a run trains. */
export interface FitOptions {
  readonly train: FeatureSource;
  /** Evaluated after every epoch: `val_loss`, `val_accuracy`. */
  readonly validation?: FeatureSource | undefined;
  readonly epochs: number;
  /** Default `adam()`. */
  readonly optimizer?: Optimizer;
  /** Default `crossentropy()`. */
  readonly loss?: Loss;
  /** Default: the optimizer's rate throughout. */
  readonly schedule?: Schedule | undefined;
  readonly callbacks?: readonly Callback[];
  /** Seeds the dropout masks; the order of the images is the source's. Default 42. */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

/** How a run ended. */
export interface FitResult {
  readonly history: History;
  /** Epochs that ran to their end. */
  readonly epochs: number;
  /** `completed`, or why it ended sooner, in words. */
  readonly reason: string;
}

/** A run under way. Iterate for its events, or await its result, or both; abort it by the signal. */
export interface Run extends AsyncIterable<TrainEvent> {
  readonly result: Promise<FitResult>;
}

/**
 * Trains the weights above a classifier's cut. The run starts at once; an error of the data, of a callback or of the signal
 * rejects `result` and ends the events, and no tensor stays behind.
 *
 * @throws {TrainError} `OPTION_INVALID`, at once.
 */
export function fit(model: Classifier, options: FitOptions): Run {
  const { epochs, train } = options;
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new TrainError("OPTION_INVALID", `the number of epochs must be a whole number from 1; got ${epochs}`);
  }
  if (train.size === 0) throw new TrainError("OPTION_INVALID", "there are no images to train on");
  const { push, end, events } = eventQueue<TrainEvent>();
  const result = runEpochs(model, options, push);
  result.then(
    () => end(),
    (error) => end(error),
  );
  return { result, [Symbol.asyncIterator]: () => events[Symbol.asyncIterator]() };
}

async function runEpochs(
  model: Classifier,
  options: FitOptions,
  push: (event: TrainEvent) => void,
): Promise<FitResult> {
  const { train, validation, epochs, callbacks = [], seed = 42, signal } = options;
  const { optimizer = adam(), loss = crossentropy() } = options;
  const { schedule = constantSchedule(optimizer.learningRate) } = options;
  const run: TrainingRun = { epochs, weights: model.weights };
  const step = trainingStep(model, { optimizer, loss, seed });
  const batches = Math.ceil(train.size / train.batchSize);
  const logs: EpochLogs[] = [];
  let reason = "completed";
  let breath = Date.now();

  async function trainEpoch(epoch: number): Promise<EpochLogs> {
    let [seen, total, correct, learningRate, index] = [0, 0, 0, 0, 0];
    for await (const batch of train.batches(epoch, signal)) {
      signal?.throwIfAborted();
      learningRate = schedule(epoch * batches + index, epochs * batches);
      const made = await step.run(batch, learningRate);
      seen += batch.ids.length;
      total += made.loss * batch.ids.length;
      correct += made.correct;
      push({ type: "batch", epoch, batch: index++, batches, loss: total / seen });
      if (Date.now() - breath > BREATH) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        breath = Date.now();
      }
    }
    return { loss: total / seen, accuracy: correct / seen, learning_rate: learningRate };
  }

  try {
    for (const callback of callbacks) await callback.onRunStart?.(run);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const started = Date.now();
      const trained = await trainEpoch(epoch);
      const validated = validation ? await evaluateLoss(model, validation, loss, signal) : undefined;
      const all = validated ? { ...trained, val_loss: validated.loss, val_accuracy: validated.accuracy } : trained;
      logs.push(all);
      push({ type: "epoch", epoch, epochs, logs: all, seconds: (Date.now() - started) / 1000 });
      const stops: string[] = [];
      for (const callback of callbacks) {
        const answer = await callback.onEpochEnd?.({ epoch, logs: all, run });
        if (answer) stops.push(answer.stop);
      }
      if (stops.length > 0) {
        reason = stops.join("; ");
        break;
      }
    }
  } finally {
    step.dispose();
    for (const callback of callbacks) await callback.onRunEnd?.(run);
  }
  push({ type: "stop", reason });
  return { history: historyOf(logs), epochs: logs.length, reason };
}
