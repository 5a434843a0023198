import { TrainError } from "./errors.ts";

/** Learning rate of a step: `step` from 0, of `steps` in the whole run. */
export type Schedule = (step: number, steps: number) => number;

/** The same rate throughout. */
export function constantSchedule(learningRate: number): Schedule {
  checkRate(learningRate);
  return () => learningRate;
}

/** Options of {@link cosineSchedule}. */
export interface CosineScheduleOptions {
  /** Share of the steps in which the rate rises linearly from 0, [0, 1); default 0.05. */
  readonly warmup?: number;
  /** Rate at the end, as a share of the highest; default 0. */
  readonly final?: number;
}

/** Linear warm-up, then half a cosine (Loshchilov and Hutter 2017, without restarts). */
export function cosineSchedule(
  learningRate: number,
  { warmup = 0.05, final = 0 }: CosineScheduleOptions = {},
): Schedule {
  checkRate(learningRate);
  return (step, steps) => {
    const rising = Math.round(warmup * steps);
    if (step < rising) return (learningRate * (step + 1)) / (rising + 1);
    const progress = Math.min(1, (step - rising) / Math.max(1, steps - rising));
    return learningRate * (final + (1 - final) * 0.5 * (1 + Math.cos(Math.PI * progress)));
  };
}

function checkRate(learningRate: number): void {
  if (learningRate > 0 && Number.isFinite(learningRate)) return;
  throw new TrainError("OPTION_INVALID", `the learning rate must be a positive number; got ${learningRate}`);
}
