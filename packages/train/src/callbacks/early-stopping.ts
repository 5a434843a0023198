import type { Callback, TrainingRun } from "@cassava/contracts";
import type * as tf from "@tensorflow/tfjs";
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
  const better = monitor(key, mode, minDelta);
  let best: tf.Tensor[] = [];
  let waited = 0;
  const forget = () => {
    for (const tensor of best) tensor.dispose();
    best = [];
  };
  return {
    onEpochEnd({ epoch, logs, run }) {
      if (better(logs)) {
        waited = 0;
        if (restoreBestWeights) {
          forget();
          best = run.weights.map(({ variable }) => variable.clone());
        }
        return undefined;
      }
      waited++;
      if (waited < patience) return undefined;
      return { stop: `${key} has not improved for ${waited} epochs (best in epoch ${epoch + 1 - waited})` };
    },
    onRunEnd(run: TrainingRun) {
      for (const [i, tensor] of best.entries()) run.weights[i]!.variable.assign(tensor);
      forget();
    },
  };
}
