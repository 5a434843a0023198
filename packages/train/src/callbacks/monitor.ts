import type { EpochLogs } from "@cassava/contracts";
import { TrainError } from "../errors.ts";

/** The best value so far of one log key. */
export interface Monitor {
  value: number;
  /** Whether an epoch is the best so far, which is then remembered; the first is, a value that is not finite never is. */
  improves(logs: EpochLogs): boolean;
}

/**
 * Watches one log key.
 *
 * @throws {TrainError} `MONITOR_UNKNOWN` from `improves` where the logs lack the key: lists those there are.
 */
export function monitor(key: string, mode: "min" | "max", minDelta = 0): Monitor {
  const state: Monitor = {
    value: mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    improves(logs) {
      const value = monitored(logs, key);
      const { value: best } = state;
      const improved = Number.isFinite(value) && (mode === "min" ? value < best - minDelta : value > best + minDelta);
      if (improved) state.value = value;
      return improved;
    },
  };
  return state;
}

/** The value of a log key. @throws {TrainError} `MONITOR_UNKNOWN` */
export function monitored(logs: EpochLogs, key: string): number {
  const value = logs[key];
  if (value !== undefined) return value;
  const known = Object.keys(logs).join(", ");
  throw new TrainError("MONITOR_UNKNOWN", `the run logs no "${key}" to monitor; it logs ${known}`);
}
