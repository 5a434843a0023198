import { TrainError } from "../errors.ts";

/** Learning rate of a step: `step` from 0, of `steps` in the whole run. */
export type Schedule = (step: number, steps: number) => number;

/** The same rate throughout. */
export function constantSchedule(learningRate: number): Schedule {
  checkRate(learningRate);
  return () => learningRate;
}

/** Options of {@link stepSchedule}. */
export interface StepScheduleOptions {
  /** Shares of the run at which the rate falls, rising, in (0, 1); default [0.5, 0.75]. */
  readonly at?: readonly number[];
  /** What the rate is multiplied by each time, (0, 1); default 0.1. */
  readonly factor?: number;
}

/** A rate that falls by a factor at given shares of the run: Keras's `PiecewiseConstantDecay`. */
export function stepSchedule(learningRate: number, options: StepScheduleOptions = {}): Schedule {
  const { at = [0.5, 0.75], factor = 0.1 } = options;
  checkRate(learningRate);
  checkShare("factor", factor);
  for (const share of at) checkShare("at", share);
  return (step, steps) => learningRate * factor ** at.filter((share) => step >= share * steps).length;
}

/** Options of {@link exponentialSchedule}. */
export interface ExponentialScheduleOptions {
  /** The factor over `decaySteps`, (0, 1]; default 0.96. */
  readonly decayRate?: number;
  /** Steps; default: those of an epoch are not known here, so a tenth of the run. */
  readonly decaySteps?: number;
  /** Falls in stairs of `decaySteps`; default false. */
  readonly staircase?: boolean;
}

/** rate * decayRate^(step / decaySteps): Keras's `ExponentialDecay`. */
export function exponentialSchedule(learningRate: number, options: ExponentialScheduleOptions = {}): Schedule {
  const { decayRate = 0.96, decaySteps, staircase = false } = options;
  checkRate(learningRate);
  if (decaySteps !== undefined) checkRate(decaySteps, "decaySteps");
  if (!(decayRate > 0 && decayRate <= 1))
    throw new TrainError("OPTION_INVALID", `decayRate must be in (0, 1]; got ${decayRate}`);
  return (step, steps) => {
    const times = step / (decaySteps ?? Math.max(1, steps / 10));
    return learningRate * decayRate ** (staircase ? Math.floor(times) : times);
  };
}

/** Options of {@link polynomialSchedule}. */
export interface PolynomialScheduleOptions {
  /** Default 1: linear. */
  readonly power?: number;
  /** Rate at the end; default 1e-4, Keras's. */
  readonly final?: number;
  /** Steps after which the rate stays at `final`; default: those of the run. */
  readonly decaySteps?: number;
}

/** (rate - final) (1 - step / decaySteps)^power + final: Keras's `PolynomialDecay`. */
export function polynomialSchedule(learningRate: number, options: PolynomialScheduleOptions = {}): Schedule {
  const { power = 1, final = 1e-4, decaySteps } = options;
  checkRate(learningRate);
  checkRate(power, "power");
  return (step, steps) => {
    const progress = Math.min(1, step / (decaySteps ?? steps));
    return (learningRate - final) * (1 - progress) ** power + final;
  };
}

/** Throws a TrainError (OPTION_INVALID) unless `value` is a positive number. */
export function checkRate(value: number, name = "the learning rate"): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new TrainError("OPTION_INVALID", `${name} must be a positive number; got ${value}`);
}

/** Throws a TrainError (OPTION_INVALID) unless `value` is in (0, 1). */
export function checkShare(name: string, value: number): void {
  if (value > 0 && value < 1) return;
  throw new TrainError("OPTION_INVALID", `${name} must be in (0, 1); got ${value}`);
}
