import type { EpochLogs } from "@cassava/contracts";
import { TrainError } from "../errors.ts";

/**
 * Whether an epoch is the best so far by one log key; the first is, a value that is not finite never is.
 *
 * @throws {TrainError} `MONITOR_UNKNOWN` where the logs lack the key: lists those there are.
 */
export function monitor(key: string, mode: "min" | "max", minDelta = 0): (logs: EpochLogs) => boolean {
  let best = mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return (logs) => {
    const value = logs[key];
    if (value === undefined) {
      const known = Object.keys(logs).join(", ");
      throw new TrainError("MONITOR_UNKNOWN", `the run logs no "${key}" to monitor; it logs ${known}`);
    }
    const improved = Number.isFinite(value) && (mode === "min" ? value < best - minDelta : value > best + minDelta);
    if (improved) best = value;
    return improved;
  };
}
