import type { Callback } from "@cassava/contracts";
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
}

/** Stops when the monitored value no longer improves. */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { monitor: key = "val_loss", mode = "min", patience = 5, minDelta = 0, restoreBestWeights = true } = options;
  const best = monitor(key, mode, minDelta);
  /** The best epoch's weights, by name. */
  const kept = new Map<string, tf.Tensor>();
  let waited = 0;
  const keep = (name: string, tensor: tf.Tensor) => {
    kept.get(name)?.dispose();
    kept.set(name, tensor);
  };
  return {
    name: `earlyStopping ${key}`,
    onEpochEnd({ epoch, logs, run }) {
      if (best.improves(logs)) {
        waited = 0;
        if (restoreBestWeights) for (const { name, variable } of run.weights) keep(name, variable.clone());
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
