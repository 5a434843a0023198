import type { Callback } from "@cassava/contracts";
import { type DiagnoseOptions, type DiagnosisInput, diagnose, type Finding } from "@cassava/metrics/diagnosis";
import type { TrainingObserver } from "./observe-training.ts";

/** Options of {@link diagnoseTraining}. */
export interface DiagnoseTrainingOptions extends DiagnoseOptions {
  /** What is known beside the history: class counts, the split, the setup. */
  readonly known?: Omit<DiagnosisInput, "history">;
  /** Whose observations are taken in. */
  readonly observer?: TrainingObserver;
  /** Told once of every rule that finds an `error`, or a `warning` in two epochs running: what one epoch shows may be noise. */
  readonly onFinding?: (finding: Finding, epoch: number) => void;
  /** Stops the run where what `onFinding` would be told is that grave and that sure; default: never. */
  readonly stopOn?: { readonly severity: "error" | "warning"; readonly confidence?: number };
}

/**
 * Diagnoses a run after every epoch: tells of what is wrong while there is time to stop, or stops by itself. Passed to all stages of a
 * fine-tuning, one such callback takes them for one run: a stage begins with the loss that the one before it has reached.
 */
export function diagnoseTraining(options: DiagnoseTrainingOptions = {}): Callback {
  const { known = {}, observer, onFinding, stopOn, thresholds, rules } = options;
  const history: Record<string, number>[] = [];
  const told = new Set<string>();
  /** Rules that warned after the epoch before. */
  let warned: readonly string[] = [];
  return {
    name: "diagnoseTraining",
    onEpochEnd({ epoch, logs }) {
      history.push({ ...logs });
      const watched = observer && { batches: { ...known.batches, ...observer.batches }, weights: observer.weights };
      const { findings } = diagnose(
        { ...known, ...watched, history },
        { ...(thresholds && { thresholds }), ...(rules && { rules }) },
      );
      const standing = findings.filter(
        ({ severity, rule }) => severity === "error" || (severity === "warning" && warned.includes(rule)),
      );
      warned = findings.filter(({ severity }) => severity === "warning").map(({ rule }) => rule);
      for (const finding of standing) {
        if (told.has(finding.rule)) continue;
        told.add(finding.rule);
        onFinding?.(finding, epoch);
      }
      const grave = standing.find(
        ({ severity, confidence }) =>
          (severity === "error" || severity === stopOn?.severity) && confidence >= (stopOn?.confidence ?? 0.9),
      );
      return stopOn !== undefined && grave !== undefined ? { stop: `${grave.rule}: ${grave.title}` } : undefined;
    },
    save: () => ({ json: { history, told: [...told], warned: [...warned] } }),
    restore({ json }) {
      const state = json as { history: Record<string, number | null>[]; told: string[]; warned: string[] };
      history.splice(
        0,
        history.length,
        ...state.history.map((logs) =>
          Object.fromEntries(Object.entries(logs).map(([key, value]) => [key, value ?? Number.NaN])),
        ),
      );
      told.clear();
      for (const rule of state.told) told.add(rule);
      warned = state.warned;
    },
  };
}
