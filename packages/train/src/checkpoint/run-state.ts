import type { Callback, EpochLogs, NamedWeight, Store, TrainingRun } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { TrainError } from "../errors.ts";
import type { TensorArray } from "./arrays.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/** The key of a run's checkpoint in its store. */
export const CHECKPOINT = "checkpoint.safetensors";

/** Where a run is, in numbers. */
export interface RunPosition {
  /** The epoch under way, from 0. */
  readonly epoch: number;
  /** Steps of it that are done. */
  readonly batch: number;
  /** Steps and changes of the weights in the whole run so far. */
  readonly steps: number;
  readonly updates: number;
  /** Sums over the steps of this epoch. */
  readonly sums: EpochSums;
  readonly learningRateScale: number;
  /** Of the epochs that are over. */
  readonly logs: readonly EpochLogs[];
  /** Why the run is over; absent while it is not. */
  readonly reason?: string;
}

/** What an epoch's training logs are made of. */
export interface EpochSums {
  readonly seen: number;
  readonly loss: number;
  readonly correct: number;
  readonly learningRate: number;
}

interface Document {
  readonly format: "cassava-checkpoint";
  readonly version: 1;
  /** What must be the same for a run to go on as if nothing had happened. */
  readonly settings: unknown;
  readonly position: RunPosition;
  readonly callbacks: Readonly<Record<string, unknown>>;
}

/** Everything that a checkpoint is made of, as it lies in memory. */
export interface RunParts {
  readonly run: TrainingRun;
  /** The state of the optimizer, by name. */
  readonly tensors: ReadonlyMap<string, tf.Variable>;
  readonly callbacks: readonly Callback[];
  readonly settings: unknown;
}

/** Writes a checkpoint: one file, put as a whole, so that there is the old one or the new one and never a part. */
export async function saveCheckpoint(store: Store, parts: RunParts, position: RunPosition): Promise<void> {
  const tensors: Record<string, TensorArray> = {};
  for (const [key, variable] of variablesOf(parts)) tensors[key] = await arrayOf(variable);
  const states: Record<string, unknown> = {};
  for (const callback of parts.callbacks) {
    const state = await callback.save?.();
    if (state === undefined) continue;
    const name = nameOf(callback);
    states[name] = state.json;
    for (const [key, array] of Object.entries(state.arrays ?? {})) tensors[`callback/${name}/${key}`] = array;
  }
  const { settings } = parts;
  const document: Document = { format: "cassava-checkpoint", version: 1, settings, position, callbacks: states };
  await store.put(CHECKPOINT, encodeSafetensors({ tensors, metadata: { cassava: encodeJson(document) } }));
}

/**
 * Takes the checkpoint of a store back into the parts of a run that was prepared with the same settings; undefined where there is none.
 *
 * @throws {TrainError} `CHECKPOINT_INVALID` where it is damaged or that of another run.
 */
export async function loadCheckpoint(store: Store, parts: RunParts): Promise<RunPosition | undefined> {
  const bytes = await store.get(CHECKPOINT);
  if (bytes === undefined) return undefined;
  const { tensors, metadata } = decodeSafetensors(bytes, CHECKPOINT);
  const document = decodeJson(metadata.cassava);
  const [mine, theirs] = [encodeJson(parts.settings), encodeJson(document.settings)];
  if (mine !== theirs) {
    const message = `${CHECKPOINT} is of a run with other settings (${theirs}, now ${mine}): repeat them, or delete it to start anew`;
    throw new TrainError("CHECKPOINT_INVALID", message);
  }
  const variables = variablesOf(parts);
  for (const [key, variable] of variables) {
    const found = tensors[key];
    if (found?.shape.join() !== variable.shape.join()) {
      const message = `${CHECKPOINT} has no ${key} of shape [${variable.shape}]: it is of another model; delete it to start anew`;
      throw new TrainError("CHECKPOINT_INVALID", message);
    }
  }
  for (const [key, variable] of variables) {
    const { data, shape } = tensors[key]!;
    tf.tidy(() => variable.assign(tf.tensor(data, [...shape])));
  }
  for (const callback of parts.callbacks) {
    if (callback.restore === undefined) continue;
    if (!(nameOf(callback) in document.callbacks)) {
      const message = `${CHECKPOINT} knows no callback "${nameOf(callback)}": repeat the run with the same callbacks, or delete it to start anew`;
      throw new TrainError("CHECKPOINT_INVALID", message);
    }
    const prefix = `callback/${nameOf(callback)}/`;
    const own = Object.entries(tensors).filter(([key]) => key.startsWith(prefix));
    const arrays = Object.fromEntries(own.map(([key, array]) => [key.slice(prefix.length), array]));
    callback.restore({ json: document.callbacks[nameOf(callback)], arrays });
  }
  return document.position;
}

function variablesOf({ run, tensors }: RunParts): Map<string, tf.Variable> {
  const weights = run.weights.map(({ name, variable }: NamedWeight) => [`weight/${name}`, variable] as const);
  return new Map([...weights, ...[...tensors].map(([key, variable]) => [`state/${key}`, variable] as const)]);
}

function nameOf({ name }: Callback): string {
  if (name !== undefined) return name;
  throw new TrainError("OPTION_INVALID", "a callback that saves its state needs a name for it");
}

/** A variable's values outside of any engine. */
export async function arrayOf(variable: tf.Tensor): Promise<TensorArray> {
  return { shape: variable.shape, data: (await variable.data()) as Float32Array };
}

/** JSON with the numbers that it lacks: a diverged run has losses of NaN. */
function encodeJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "number" && !Number.isFinite(item) ? { $number: String(item) } : item,
  );
}

function decodeJson(text: string | undefined): Document {
  try {
    const document = JSON.parse(text ?? "", (_, item: { $number?: string } | null) =>
      typeof item?.$number === "string" ? Number(item.$number) : item,
    ) as Partial<Document> | null;
    if (document?.format === "cassava-checkpoint" && document.version === 1) return document as Document;
  } catch {
    // Said below.
  }
  const message = `${CHECKPOINT} was written by another program or version: delete it to start anew`;
  throw new TrainError("CHECKPOINT_INVALID", message);
}
