import type { NamedWeight } from "./classifier.ts";

/** Keras's log keys: `loss`, `accuracy`, `val_loss`, `val_accuracy`, `learning_rate`. */
export type EpochLogs = Readonly<Record<string, number>>;

/** What a callback may see and do of a run. */
export interface TrainingRun {
  readonly epochs: number;
  readonly weights: readonly NamedWeight[];
}

export interface EpochEvent {
  /** From 0. */
  readonly epoch: number;
  readonly logs: EpochLogs;
  readonly run: TrainingRun;
}

/** `stop` ends the run after this epoch; its text is the reason. */
export type CallbackResult = undefined | { readonly stop: string };

/** A plain object; every hook is optional and awaited. Create a new one for each run: callbacks hold state. */
export interface Callback {
  onRunStart?(run: TrainingRun): void | Promise<void>;
  onEpochEnd?(event: EpochEvent): CallbackResult | Promise<CallbackResult>;
  /** Called once, also after an error or an abort: the place to release what the callback holds. */
  onRunEnd?(run: TrainingRun): void | Promise<void>;
}
