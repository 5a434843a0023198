import type { NamedWeight } from "./classifier.ts";

/** Keras's log keys: `loss`, `accuracy`, `val_loss`, `val_accuracy`, `learning_rate`. */
export type EpochLogs = Readonly<Record<string, number>>;

/** What a callback may see and do of a run. */
export interface TrainingRun {
  readonly epochs: number;
  readonly weights: readonly NamedWeight[];
  /** Factor on the schedule's learning rate, from the next step on; 1 until a callback sets it. It survives a resumption. */
  learningRateScale: number;
}

export interface EpochStartEvent {
  /** From 0. */
  readonly epoch: number;
  readonly run: TrainingRun;
}

export interface BatchEndEvent {
  /** From 0. */
  readonly epoch: number;
  /** From 0, in the epoch. */
  readonly batch: number;
  /** Mean loss of this batch, before its step. */
  readonly loss: number;
  readonly learningRate: number;
  readonly run: TrainingRun;
}

export interface EpochEvent {
  /** From 0. */
  readonly epoch: number;
  readonly logs: EpochLogs;
  readonly run: TrainingRun;
}

/** `stop` ends the run, after this epoch or, from `onBatchEnd`, after this step; its text is the reason. */
export type CallbackResult = undefined | { readonly stop: string };

/** What a callback needs to go on where it was. */
export interface CallbackState {
  /** Plain JSON. Numbers that are not finite become null. */
  readonly json: unknown;
  /** Tensors outside of any engine. */
  readonly arrays?: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>;
}

/** A plain object; every hook is optional and awaited. Create a new one for each run, unless it says otherwise: callbacks hold state. */
export interface Callback {
  /** Key of its state in checkpoints, unique in a run; needed beside `save`. */
  readonly name?: string;
  onRunStart?(run: TrainingRun): void | Promise<void>;
  onEpochStart?(event: EpochStartEvent): void | Promise<void>;
  onBatchEnd?(event: BatchEndEvent): CallbackResult | Promise<CallbackResult>;
  onEpochEnd?(event: EpochEvent): CallbackResult | Promise<CallbackResult>;
  /** Called once, also after an error or an abort: the place to release what the callback holds. */
  onRunEnd?(run: TrainingRun): void | Promise<void>;
  /** Its state, for a checkpoint. */
  save?(): CallbackState | Promise<CallbackState>;
  /** Takes back what `save` gave, after `onRunStart` of a resumed run. */
  restore?(state: CallbackState): void;
}
