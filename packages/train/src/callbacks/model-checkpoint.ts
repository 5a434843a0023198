import type { Callback, EpochLogs } from "@cassava/contracts";
import { TrainError } from "../errors.ts";
import { monitored } from "./monitor.ts";

/** Options of {@link modelCheckpoint}. */
export interface ModelCheckpointOptions {
  /** Saves the model as it is now under a name: with @cassava/models, `(name) => saveClassifier(model, storeOf(name))`. */
  readonly save: (name: string, logs: EpochLogs) => Promise<void>;
  /** Deletes what `save` made under a name; needed with `topK`, to keep no more than that. */
  readonly remove?: (name: string) => Promise<void>;
  /** A log key; default `val_loss`. */
  readonly monitor?: string;
  /** Whether less or more of it is better; default `min`. */
  readonly mode?: "min" | "max";
  /** Also save every epoch as `last`; default false. */
  readonly last?: boolean;
  /** How many of the best are kept: 1 as `best`, more as `epoch-0007`; default 1. */
  readonly topK?: number;
}

interface Kept {
  readonly name: string;
  readonly value: number;
}

/**
 * Saves the best models of a run: Keras's `ModelCheckpoint`. A model whose losses are not finite is never saved, neither as
 * best nor as last.
 */
export function modelCheckpoint(options: ModelCheckpointOptions): Callback {
  const { save, remove, monitor: key = "val_loss", mode = "min", last = false, topK = 1 } = options;
  if (!(Number.isInteger(topK) && topK >= 1)) {
    throw new TrainError("OPTION_INVALID", `topK must be a whole number from 1; got ${topK}`);
  }
  const sign = mode === "min" ? 1 : -1;
  let kept: Kept[] = [];
  return {
    name: `modelCheckpoint ${key}`,
    async onEpochEnd({ epoch, logs }) {
      const value = monitored(logs, key);
      if (![value, logs.loss, logs.val_loss ?? 0].every(Number.isFinite)) return undefined;
      if (last) await save("last", logs);
      const worst = kept.at(-1);
      if (kept.length >= topK && sign * (value - worst!.value) >= 0) return undefined;
      const name = topK === 1 ? "best" : `epoch-${String(epoch + 1).padStart(4, "0")}`;
      await save(name, logs);
      const all = [...kept, { name, value }].sort((a, b) => sign * (a.value - b.value));
      kept = all.slice(0, topK);
      if (topK > 1) for (const { name: old } of all.slice(topK)) await remove?.(old);
      return undefined;
    },
    save: () => ({ json: kept }),
    restore({ json }) {
      kept = json as Kept[];
    },
  };
}
