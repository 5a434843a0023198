import type { Callback } from "@cassava/contracts";
import {
  type DiagnoseOptions,
  type DiagnosisInput,
  diagnose,
  type Finding,
  type Severity,
} from "@cassava/metrics/diagnosis";
import type { TrainingObserver } from "./observe-training.ts";

/** Options of {@link diagnoseTraining}. */
export interface DiagnoseTrainingOptions extends DiagnoseOptions {
  /** What is known beside the history: class counts, the split, the setup. */
  readonly known?: Omit<DiagnosisInput, "history">;
  /** Whose observations are taken in. */
  readonly observer?: TrainingObserver;
  /**
   * Told once of every rule that finds an `error`, or a `warning` in two epochs running: what one epoch shows may be noise. Once more where
   * a warning becomes an error, or comes back in a later stage. Epochs and stages count from 0, epochs within their stage.
   */
  readonly onFinding?: (finding: Finding, epoch: number, stage: number) => void;
  /** Stops the run where what `onFinding` would be told is that grave and that sure; default: never. */
  readonly stopOn?: { readonly severity: "error" | "warning"; readonly confidence?: number };
}

/**
 * Diagnoses a run after every epoch: tells of what is wrong while there is time to stop, or stops by itself. The stages of a fine-tuning
 * share one such callback, which takes each of their runs for the next stage: a stage begins with what the one before it has reached.
 */
export function diagnoseTraining(options: DiagnoseTrainingOptions = {}): Callback {
  const { known = {}, observer, onFinding, stopOn, thresholds, rules } = options;
  /** Logs of all stages, each with the number of its own. */
  const history: Record<string, number>[] = [];
  /** Severities of what was told, by rule. */
  const told = new Map<string, Severity>();
  /** Severities of what was found after the epoch before, by rule. */
  let last = new Map<string, Severity>();
  let stage = -1;
  return {
    name: "diagnoseTraining",
    onRunStart() {
      stage++;
      for (const rule of told.keys()) if (!last.has(rule)) told.delete(rule);
    },
    onEpochEnd({ epoch, logs }) {
      history.push({ ...logs, stage });
      const watched = observer && { batches: { ...known.batches, ...observer.batches }, weights: observer.weights };
      const found = diagnose(
        { ...known, ...watched, history },
        { ...(thresholds && { thresholds }), ...(rules && { rules }) },
      ).findings.filter(({ severity }) => severity !== "info");
      const standing = found.filter(({ severity, rule }) => severity === "error" || last.has(rule));
      last = new Map(found.map(({ rule, severity }) => [rule, severity]));
      for (const finding of standing) {
        const before = told.get(finding.rule);
        if (before === "error" || before === finding.severity) continue;
        told.set(finding.rule, finding.severity);
        onFinding?.(finding, epoch, stage);
      }
      const grave = standing.find(
        ({ severity, confidence }) =>
          (severity === "error" || severity === stopOn?.severity) && confidence >= (stopOn?.confidence ?? 0.9),
      );
      return stopOn !== undefined && grave !== undefined ? { stop: `${grave.rule}: ${grave.title}` } : undefined;
    },
    save: () => ({ json: { history, told: [...told], last: [...last] } }),
    restore({ json }) {
      const state = json as { history: Record<string, number | null>[]; told: Entries; last: Entries };
      const numbers = (logs: Record<string, number | null>) =>
        Object.fromEntries(Object.entries(logs).map(([key, value]) => [key, value ?? Number.NaN]));
      history.splice(0, history.length, ...state.history.map(numbers));
      told.clear();
      for (const [rule, severity] of state.told) told.set(rule, severity);
      last = new Map(state.last);
    },
  };
}

type Entries = readonly (readonly [string, Severity])[];
