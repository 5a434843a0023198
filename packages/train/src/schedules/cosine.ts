import { TrainError } from "../errors.ts";
import { checkRate, checkShare, type Schedule } from "./schedule.ts";

/** Options of {@link cosineSchedule}. */
export interface CosineScheduleOptions {
  /** Share of the steps in which the rate rises linearly from 0, [0, 1); default 0.05. */
  readonly warmup?: number;
  /** Rate at the end, as a share of the highest; default 0. */
  readonly final?: number;
  /** How often the rate jumps back up; default 0. */
  readonly restarts?: number;
  /** Each period is so many times as long as the one before; default 1. Keras's `t_mul`. */
  readonly periodFactor?: number;
  /** Each restart begins at so much of the rate before; default 1. Keras's `m_mul`. */
  readonly restartFactor?: number;
}

/** Linear warm-up, then half a cosine, once or, with `restarts`, again and again (Loshchilov and Hutter 2017, SGDR). */
export function cosineSchedule(learningRate: number, options: CosineScheduleOptions = {}): Schedule {
  const { warmup = 0.05, final = 0, restarts = 0, periodFactor = 1, restartFactor = 1 } = options;
  checkRate(learningRate);
  checkRate(periodFactor, "periodFactor");
  checkRate(restartFactor, "restartFactor");
  if (!(Number.isInteger(restarts) && restarts >= 0)) {
    throw new TrainError("OPTION_INVALID", `restarts must be a whole number from 0; got ${restarts}`);
  }
  if (!(warmup >= 0 && warmup < 1)) throw new TrainError("OPTION_INVALID", `warmup must be in [0, 1); got ${warmup}`);
  const lengths = Array.from({ length: restarts + 1 }, (_, period) => periodFactor ** period);
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  return (step, steps) => {
    const rising = Math.round(warmup * steps);
    if (step < rising) return (learningRate * (step + 1)) / (rising + 1);
    const progress = Math.min(1, (step - rising) / Math.max(1, steps - rising));
    let [at, period] = [progress * whole, 0];
    while (period < restarts && at >= lengths[period]!) at -= lengths[period++]!;
    const share = Math.min(1, at / lengths[period]!);
    const highest = learningRate * restartFactor ** period;
    return final * learningRate + (highest - final * learningRate) * 0.5 * (1 + Math.cos(Math.PI * share));
  };
}

/** Options of {@link oneCycleSchedule}. */
export interface OneCycleScheduleOptions {
  /** Share of the run in which the rate rises, (0, 1); default 0.3. */
  readonly rising?: number;
  /** The run begins at the highest rate over this; default 25. */
  readonly divide?: number;
  /** It ends at the first rate over this; default 10,000. */
  readonly finalDivide?: number;
}

/** One rise and one fall, each half a cosine (Smith and Topin 2018), as PyTorch's `OneCycleLR`. */
export function oneCycleSchedule(highest: number, options: OneCycleScheduleOptions = {}): Schedule {
  const { rising = 0.3, divide = 25, finalDivide = 1e4 } = options;
  checkRate(highest);
  checkShare("rising", rising);
  const first = highest / divide;
  const last = first / finalDivide;
  const between = (from: number, to: number, share: number) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
  return (step, steps) => {
    const top = rising * steps - 1;
    if (step <= top) return between(first, highest, top > 0 ? step / top : 1);
    return between(highest, last, Math.min(1, (step - top) / Math.max(1, steps - 1 - top)));
  };
}
