import type { Callback } from "@cassava/contracts";
import { TrainError } from "../errors.ts";
import { monitor } from "./monitor.ts";

/** Options of {@link reduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions {
  /** A log key; default `val_loss`. */
  readonly monitor?: string;
  /** Whether less or more of it is better; default `min`. */
  readonly mode?: "min" | "max";
  /** What the rate is multiplied by, (0, 1); default 0.1. */
  readonly factor?: number;
  /** Epochs without improvement after which it falls; default 10. */
  readonly patience?: number;
  /** Smallest change that counts; default 1e-4. */
  readonly minDelta?: number;
  /** Epochs after a fall in which nothing is counted; default 0. */
  readonly cooldown?: number;
  /** The scale never falls below this share of the schedule's rate; default 0. */
  readonly minScale?: number;
}

/** Multiplies the learning rate by a factor when the monitored value no longer improves: Keras's `ReduceLROnPlateau`. */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): Callback {
  const { monitor: key = "val_loss", mode = "min", factor = 0.1, patience = 10, minDelta = 1e-4 } = options;
  const { cooldown = 0, minScale = 0 } = options;
  if (!(factor > 0 && factor < 1)) throw new TrainError("OPTION_INVALID", `factor must be in (0, 1); got ${factor}`);
  const best = monitor(key, mode, minDelta);
  let [waited, cooling] = [0, 0];
  return {
    name: `reduceLROnPlateau ${key}`,
    onEpochEnd({ logs, run }) {
      if (cooling > 0) {
        cooling--;
        waited = 0;
      }
      if (best.improves(logs)) waited = 0;
      else if (cooling === 0 && ++waited >= patience) {
        run.learningRateScale = Math.max(minScale, run.learningRateScale * factor);
        [waited, cooling] = [0, cooldown];
      }
      return undefined;
    },
    save: () => ({ json: { waited, cooling, best: best.value } }),
    restore({ json }) {
      const state = json as { waited: number; cooling: number; best: number };
      [waited, cooling, best.value] = [state.waited, state.cooling, state.best];
    },
  };
}

/**
 * Sets the factor on the schedule's rate before every epoch: with the constant schedule, Keras's `LearningRateScheduler` in relative
 * terms. `scale` gets the epoch, from 0, and the factor so far.
 */
export function learningRateScheduler(scale: (epoch: number, current: number) => number): Callback {
  return {
    onEpochStart({ epoch, run }) {
      const wanted = scale(epoch, run.learningRateScale);
      if (!(wanted >= 0 && Number.isFinite(wanted))) {
        throw new TrainError(
          "OPTION_INVALID",
          `the scale of epoch ${epoch + 1} must be a number from 0; got ${wanted}`,
        );
      }
      run.learningRateScale = wanted;
    },
  };
}
