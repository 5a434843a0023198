import type { Callback } from "@cassava/contracts";
import { type DiagnoseOptions, type DiagnosisInput, diagnose, type Finding } from "@cassava/metrics/diagnosis";
import type { TrainingObserver } from "./observe-training.ts";

/** Options of {@link diagnoseTraining}. */
export interface DiagnoseTrainingOptions extends DiagnoseOptions {
  /** What is known beside the history: class counts, the split, the setup. */
  readonly known?: Omit<DiagnosisInput, "history">;
  /** Whose observations are taken in. */
  readonly observer?: TrainingObserver;
  /** Told of every finding of severity `error` or `warning`, once for each rule, in the epoch in which it appears. */
  readonly onFinding?: (finding: Finding, epoch: number) => void;
  /** Stops the run where a finding is that grave and that sure; default: never. */
  readonly stopOn?: { readonly severity: "error" | "warning"; readonly confidence?: number };
}

/** Diagnoses a run after every epoch: tells of what is wrong while there is time to stop, or stops by itself. */
export function diagnoseTraining(options: DiagnoseTrainingOptions = {}): Callback {
  const { known = {}, observer, onFinding, stopOn, thresholds, rules } = options;
  const history: Record<string, number>[] = [];
  const told = new Set<string>();
  return {
    name: "diagnoseTraining",
    onEpochEnd({ epoch, logs }) {
      history.push({ ...logs });
      const watched = observer && { batches: { ...known.batches, ...observer.batches }, weights: observer.weights };
      const { findings } = diagnose(
        { ...known, ...watched, history },
        { ...(thresholds && { thresholds }), ...(rules && { rules }) },
      );
      for (const finding of findings) {
        if (finding.severity === "info" || told.has(finding.rule)) continue;
        told.add(finding.rule);
        onFinding?.(finding, epoch);
      }
      const grave = findings.find(
        ({ severity, confidence }) =>
          (severity === "error" || severity === stopOn?.severity) && confidence >= (stopOn?.confidence ?? 0.9),
      );
      return stopOn !== undefined && grave !== undefined ? { stop: `${grave.rule}: ${grave.title}` } : undefined;
    },
    save: () => ({ json: { history, told: [...told] } }),
    restore({ json }) {
      const state = json as { history: Record<string, number | null>[]; told: string[] };
      history.splice(
        0,
        history.length,
        ...state.history.map((logs) =>
          Object.fromEntries(Object.entries(logs).map(([key, value]) => [key, value ?? Number.NaN])),
        ),
      );
      told.clear();
      for (const rule of state.told) told.add(rule);
    },
  };
}
