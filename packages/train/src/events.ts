import type { EpochLogs } from "@cassava/contracts";

/** After every training step. */
export interface BatchEvent {
  readonly type: "batch";
  /** From 0. */
  readonly epoch: number;
  /** From 0, of `batches` in the epoch. */
  readonly batch: number;
  readonly batches: number;
  /** Mean loss of the epoch so far. */
  readonly loss: number;
}

/** After every epoch, validated. */
export interface EpochEndEvent {
  readonly type: "epoch";
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
  readonly logs: EpochLogs;
  /** Wall-clock time of the epoch with its validation. */
  readonly seconds: number;
}

/** After a checkpoint was written. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  /** Where a resumed run will begin: epoch and batch, from 0. */
  readonly epoch: number;
  readonly batch: number;
}

/** Once, first, where a run goes on from a checkpoint. */
export interface ResumeEvent {
  readonly type: "resume";
  /** Where it begins, from 0. */
  readonly epoch: number;
  readonly batch: number;
}

/** Once, last. */
export interface StopEvent {
  readonly type: "stop";
  /** `completed`, or why it ended sooner, in words. */
  readonly reason: string;
}

export type TrainEvent = BatchEvent | EpochEndEvent | CheckpointEvent | ResumeEvent | StopEvent;

/** Logs of every epoch, by key: Keras's `History.history`. */
export type History = Readonly<Record<string, readonly number[]>>;

/** Logs of epochs, in order, turned into columns. */
export function historyOf(epochs: readonly EpochLogs[]): History {
  const keys = [...new Set(epochs.flatMap((logs) => Object.keys(logs)))];
  return Object.fromEntries(keys.map((key) => [key, epochs.map((logs) => logs[key] ?? Number.NaN)]));
}

/** Events that wait for a consumer that has not begun to iterate; of more than these the older half is forgotten. */
const UNREAD = 20_000;

/**
 * Events that a producer pushes and one consumer iterates over. What it has not read yet waits; where nobody iterates at all, as where
 * only a run's `result` is awaited, memory stays bounded.
 */
export function eventQueue<T>(): { push(event: T): void; end(error?: unknown): void; events: AsyncIterable<T> } {
  const waiting: T[] = [];
  let [ended, read] = [false, false];
  let failure: { error: unknown } | undefined;
  let wake = () => {};
  return {
    push(event) {
      if (!read && waiting.length >= UNREAD) waiting.splice(0, UNREAD / 2);
      waiting.push(event);
      wake();
    },
    end(error) {
      ended = true;
      if (error !== undefined) failure = { error };
      wake();
    },
    events: {
      async *[Symbol.asyncIterator]() {
        read = true;
        while (true) {
          while (waiting.length > 0) yield waiting.shift()!;
          if (failure) throw failure.error;
          if (ended) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
    },
  };
}
