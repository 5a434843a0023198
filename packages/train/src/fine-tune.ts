import type { Callback, Classifier, Store } from "@cassava/contracts";
import { earlyStopping } from "./callbacks/early-stopping.ts";
import { TrainError } from "./errors.ts";
import { eventQueue, type TrainEvent } from "./events.ts";
import type { FeatureSource } from "./features/feature-source.ts";
import { type CheckpointOptions, type FitOptions, type FitResult, fit } from "./fit.ts";
import { adam } from "./optimizers/adam.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { constantSchedule, type Schedule } from "./schedules/schedule.ts";

/** A classifier whose cut can be moved: @cassava/models' are. */
export interface StagedClassifier extends Classifier {
  freeze(what: "all"): Promise<void>;
  unfreezeFrom(stage: string): Promise<void>;
}

/** One step of a fine-tuning. */
export interface FineTuneStage {
  /** First stage of the backbone that is trained; null: the head alone. */
  readonly unfreeze: string | null;
  readonly epochs: number;
  /** The highest rate of the stage. */
  readonly learningRate: number;
  /** Epochs without a better `val_loss` of the stage after which the next one begins, with the best weights so far; default 5. */
  readonly patience?: number;
}

/** How {@link fineTune} works; the rest as for `fit`. */
export interface FineTuneOptions
  extends Omit<FitOptions, "train" | "validation" | "epochs" | "optimizer" | "schedule" | "checkpoints" | "callbacks"> {
  readonly stages: readonly FineTuneStage[];
  /** What the part above the cut sees of the images: called for every stage, after the cut has moved. */
  readonly sources: (
    model: StagedClassifier,
    stage: FineTuneStage,
  ) => Promise<{ readonly train: FeatureSource; readonly validation: FeatureSource }>;
  /** Default `adam`. */
  readonly optimizer?: (learningRate: number, stage: FineTuneStage) => Optimizer;
  /** Beside the early stopping of every stage; new ones each time, but for those whose state is of the whole run. */
  readonly callbacks?: (stage: FineTuneStage) => readonly Callback[];
  /** Default: constant. */
  readonly schedule?: (learningRate: number, stage: FineTuneStage) => Schedule;
  /** Checkpoints of every stage under keys of its own. */
  readonly checkpoints?: CheckpointOptions | undefined;
}

/** An event of a stage; stages count from 0. */
export type FineTuneEvent = TrainEvent & { readonly stage: number };

/** A fine-tuning under way. */
export interface FineTuneRun extends AsyncIterable<FineTuneEvent> {
  /** How each stage ended. */
  readonly result: Promise<readonly FitResult[]>;
}

/**
 * Stages for a backbone: first the head, then one more stage of it at a time, from the top, each at `falling` times the rate of
 * the one before.
 *
 * @param backbone names of its stages, from the input to the output
 */
export function fineTuneStages(
  backbone: readonly string[],
  options: {
    /** Stages of the backbone to unfreeze, at most all; default 1. */
    readonly depth?: number;
    /** Epochs of the head, then of every stage; default 15 and 10. */
    readonly headEpochs?: number;
    readonly epochs?: number;
    /** Of the head; default 1e-3. */
    readonly headRate?: number;
    /** Of the first stage; default 1e-5 (Adam). */
    readonly rate?: number;
    /** Default 0.3. */
    readonly falling?: number;
    readonly patience?: number;
  } = {},
): FineTuneStage[] {
  const {
    depth = 1,
    headEpochs = 15,
    epochs = 10,
    headRate = 1e-3,
    rate = 1e-5,
    falling = 0.3,
    patience = 5,
  } = options;
  if (!(Number.isInteger(depth) && depth >= 0 && depth <= backbone.length)) {
    throw new TrainError("OPTION_INVALID", `${depth} stages cannot be unfrozen: the backbone has ${backbone.length}`);
  }
  const top = backbone.slice(backbone.length - depth).reverse();
  return [
    { unfreeze: null, epochs: headEpochs, learningRate: headRate, patience },
    ...top.map((unfreeze, i) => ({ unfreeze, epochs, learningRate: rate * falling ** i, patience })),
  ];
}

/**
 * Trains the head first and then unfreezes stages from the top, each with its own rate and early stopping: a head with random weights
 * would pull pretrained stages apart. The optimizer begins anew with every stage. The weights of the best `val_loss` of all stages are
 * kept: a stage without a better one than those before it leaves the weights as it found them.
 *
 * @throws {TrainError} `OPTION_INVALID`, at once
 */
export function fineTune(model: StagedClassifier, options: FineTuneOptions): FineTuneRun {
  const { stages } = options;
  if (stages.length === 0) throw new TrainError("OPTION_INVALID", "a fine-tuning needs a stage");
  const { push, end, events } = eventQueue<FineTuneEvent>();
  const result = runStages(model, options, push);
  result.then(
    () => end(),
    (error) => end(error),
  );
  return { result, [Symbol.asyncIterator]: () => events[Symbol.asyncIterator]() };
}

async function runStages(
  model: StagedClassifier,
  options: FineTuneOptions,
  push: (event: FineTuneEvent) => void,
): Promise<readonly FitResult[]> {
  const { stages, sources, optimizer, schedule, checkpoints, callbacks, ...rest } = options;
  const results: FitResult[] = [];
  for (const [index, stage] of stages.entries()) {
    rest.signal?.throwIfAborted();
    const { unfreeze, epochs, learningRate, patience = 5 } = stage;
    await (unfreeze === null ? model.freeze("all") : model.unfreezeFrom(unfreeze));
    const { train, validation } = await sources(model, stage);
    const run = fit(model, {
      ...rest,
      train,
      validation,
      epochs,
      optimizer: optimizer?.(learningRate, stage) ?? adam({ learningRate }),
      schedule: schedule?.(learningRate, stage) ?? constantSchedule(learningRate),
      callbacks: [...(callbacks?.(stage) ?? []), earlyStopping({ patience, start: bestOf(results) })],
      ...(checkpoints && {
        checkpoints: { ...checkpoints, store: prefixed(checkpoints.store, `stage-${index + 1}/`) },
      }),
    });
    for await (const event of run) push({ ...event, stage: index });
    results.push(await run.result);
  }
  return results;
}

/** The best validation loss of some stages; undefined where there is none. */
function bestOf(results: readonly FitResult[]): number | undefined {
  const losses = results.flatMap(({ history }) => history.val_loss ?? []).filter(Number.isFinite);
  return losses.length > 0 ? Math.min(...losses) : undefined;
}

/** A part of a store, under keys with a prefix. */
function prefixed(store: Store, prefix: string): Store {
  return {
    get: (key) => store.get(prefix + key),
    put: (key, bytes) => store.put(prefix + key, bytes),
    delete: (key) => store.delete(prefix + key),
    async *keys() {
      for await (const key of store.keys()) if (key.startsWith(prefix)) yield key.slice(prefix.length);
    },
  };
}
