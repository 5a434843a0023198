import type { Callback, TrainingRun } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { arrayOf } from "../checkpoint/run-state.ts";
import { monitor } from "./monitor.ts";

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions {
  /** A log key; default `val_loss`. */
  readonly monitor?: string;
  /** Whether less or more of it is better; it is never guessed from the name. Default `min`. */
  readonly mode?: "min" | "max";
  /** Epochs without improvement after which the run stops; default 5. */
  readonly patience?: number;
  /** Smallest change that counts; default 0. */
  readonly minDelta?: number;
  /** Go back to the weights of the best epoch when the run ends, for whatever reason; default true. */
  readonly restoreBestWeights?: boolean;
  /**
   * The monitored value of the weights that the run begins with: where no epoch is better, by `minDelta` or more, they come back. Patience
   * is unaware of it. Not finite: as if absent.
   */
  readonly start?: number | undefined;
}

/** Stops when the monitored value no longer improves. */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { monitor: key = "val_loss", mode = "min", patience = 5, minDelta = 0, restoreBestWeights = true } = options;
  const start = Number.isFinite(options.start) ? options.start : undefined;
  const best = monitor(key, mode, minDelta);
  /** The best weights, by name. */
  const kept = new Map<string, tf.Tensor>();
  let waited = 0;
  const keep = (name: string, tensor: tf.Tensor) => {
    kept.get(name)?.dispose();
    kept.set(name, tensor);
  };
  const keepAll = ({ weights }: TrainingRun) => {
    if (restoreBestWeights) for (const { name, variable } of weights) keep(name, variable.clone());
  };
  /** Whether the best epoch is better than the beginning. */
  const gained = () =>
    start === undefined || (mode === "min" ? best.value < start - minDelta : best.value > start + minDelta);
  return {
    name: `earlyStopping ${key}`,
    onRunStart(run) {
      if (start !== undefined) keepAll(run);
    },
    onEpochEnd({ epoch, logs, run }) {
      if (best.improves(logs)) {
        waited = 0;
        if (gained()) keepAll(run);
        return undefined;
      }
      waited++;
      if (waited < patience) return undefined;
      return { stop: `${key} has not improved for ${waited} epochs (best in epoch ${epoch + 1 - waited})` };
    },
    onRunEnd(run) {
      for (const { name, variable } of run.weights) {
        const tensor = kept.get(name);
        if (tensor !== undefined) variable.assign(tensor);
        tensor?.dispose();
      }
      kept.clear();
    },
    async save() {
      const arrays = await Promise.all([...kept].map(async ([name, tensor]) => [name, await arrayOf(tensor)] as const));
      return { json: { waited, best: best.value }, arrays: Object.fromEntries(arrays) };
    },
    restore({ json, arrays = {} }) {
      const state = json as { waited: number; best: number };
      waited = state.waited;
      best.value = state.best;
      for (const [name, { data, shape }] of Object.entries(arrays)) keep(name, tf.tensor(data, [...shape]));
    },
  };
}
