import type { Callback, Classifier, Store } from "@cassava/contracts";
import { TrainError } from "./errors.ts";
import { eventQueue, type History, type TrainEvent } from "./events.ts";
import type { FeatureSource } from "./features/feature-source.ts";
import { firstBatches } from "./features/first-batches.ts";
import { crossentropy } from "./losses/crossentropy.ts";
import type { Loss } from "./losses/loss.ts";
import { adam } from "./optimizers/adam.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { checkUpdateOptions, type WeightUpdateOptions } from "./optimizers/weight-updates.ts";
import { runEpochs } from "./run-epochs.ts";
import { constantSchedule, type Schedule } from "./schedules/schedule.ts";

/** Where a run leaves checkpoints, and how often. */
export interface CheckpointOptions {
  /** One run, one store: its checkpoint has one key and is replaced as a whole. */
  readonly store: Store;
  /** Default 1. The last epoch leaves one in any case, and so do an abort and a spent budget. */
  readonly everyEpochs?: number;
  /** Also within an epoch; default: never. */
  readonly everyBatches?: number | undefined;
  /** Go on from the store's checkpoint, where there is one; default false: start anew. */
  readonly resume?: boolean;
  /**
   * What else must be the same for a run to go on, as plain JSON: names and labels of the images, or a hash of them. The frozen part,
   * the number of images and the options that decide the result are compared in any case.
   */
  readonly identity?: unknown;
}

/** How a run trains. */
export interface FitOptions extends Omit<WeightUpdateOptions, "optimizer"> {
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
  /**
   * Evaluate the training images in inference mode, too, after every epoch: `train_loss` and `train_accuracy` compare fairly with
   * validation, where `loss` and `accuracy` are means over steps under dropout while the weights still moved. Default false.
   */
  readonly evaluateTrain?: boolean;
  /** Seeds the dropout masks; the order of the images is the source's. Default 42. */
  readonly seed?: number;
  readonly checkpoints?: CheckpointOptions | undefined;
  /** Wall-clock budget in seconds: no step begins after it. */
  readonly maxSeconds?: number | undefined;
  /** One step and one validation batch in one epoch: does everything fit together? Default false. */
  readonly fastDevRun?: boolean;
  /** Train and validate on the first so many batches only: a network that cannot remember them has a fault. */
  readonly overfitBatches?: number | undefined;
  /**
   * Fail where an epoch leaves tensors behind (`TENSORS_LEAKED`). Only where nothing else makes tensors meanwhile. Default false.
   */
  readonly checkLeaks?: boolean;
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
 * With `checkpoints.resume` and the same model, data, options and engine, a run that was cut short ends with the same weights,
 * bit for bit, as one that was not.
 *
 * @throws {TrainError} `OPTION_INVALID`, `WEIGHTS_MISMATCH`, at once; in `result` also `CHECKPOINT_INVALID`, `LABELS_MISSING`.
 */
export function fit(model: Classifier, options: FitOptions): Run {
  const { epochs, fastDevRun = false, overfitBatches } = options;
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new TrainError("OPTION_INVALID", `the number of epochs must be a whole number from 1; got ${epochs}`);
  }
  if (options.train.size === 0) throw new TrainError("OPTION_INVALID", "there are no images to train on");
  if (!model.weights.some(({ trainable }) => trainable)) {
    throw new TrainError("WEIGHTS_MISMATCH", "the model has no trainable weight");
  }
  checkUpdateOptions(options);
  checkNames(options.callbacks ?? []);
  const { optimizer = adam() } = options;
  const only = fastDevRun ? 1 : overfitBatches;
  const train = only === undefined ? options.train : firstBatches(options.train, only);
  const validation = only === undefined || fastDevRun ? options.validation : train;
  const { push, end, events } = eventQueue<TrainEvent>();
  const result = runEpochs(
    model,
    {
      ...options,
      train,
      validation: fastDevRun && validation ? firstBatches(validation, 1) : validation,
      epochs: fastDevRun ? 1 : epochs,
      // A trial must not take the place of what a real run has saved.
      checkpoints: fastDevRun ? undefined : options.checkpoints,
      optimizer,
      loss: options.loss ?? crossentropy(),
      schedule: options.schedule ?? constantSchedule(optimizer.learningRate),
    },
    push,
  );
  result.then(
    () => end(),
    (error) => end(error),
  );
  return { result, [Symbol.asyncIterator]: () => events[Symbol.asyncIterator]() };
}

/** Callbacks that bring state to checkpoints need names, and different ones. */
function checkNames(callbacks: readonly Callback[]): void {
  const names = callbacks.filter(({ save }) => save !== undefined).map(({ name }) => name);
  const bad = names.find((name, i) => name === undefined || names.indexOf(name) !== i);
  if (names.length === new Set(names).size && !names.includes(undefined)) return;
  const what = bad === undefined ? "one has no name" : `two are called "${bad}"`;
  throw new TrainError("OPTION_INVALID", `callbacks that save their state need a name each: ${what}`);
}
