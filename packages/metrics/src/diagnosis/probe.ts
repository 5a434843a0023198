import type { ProbeHost } from "@cassava/contracts";
import type { CauseId, CauseVote } from "./cause.ts";
import type { Evidence } from "./finding.ts";
import type { DiagnosisInput } from "./input.ts";

/** What a probe gave. */
export interface ProbeOutcome {
  /** Id of the probe. */
  readonly probe: string;
  readonly confirms: readonly CauseVote[];
  readonly refutes: readonly CauseVote[];
  readonly evidence: readonly Evidence[];
  /** Plain words, with the numbers. */
  readonly explanation: string;
}

/** An experiment on the live model that tells causes apart. */
export interface Probe {
  readonly id: string;
  /** What it does, in one line. */
  readonly title: string;
  /** Causes that it can confirm or refute. */
  readonly tests: readonly CauseId[];
  /** About how long it will take, in seconds, where the host can tell; asked before it runs. */
  estimate(host: ProbeHost): Promise<number | undefined>;
  run(host: ProbeHost, input: DiagnosisInput, signal?: AbortSignal): Promise<ProbeOutcome>;
}

/** The outcome of a probe that the host cannot run; `what` it cannot give. */
export function untested(probe: string, what: string): ProbeOutcome {
  return { probe, confirms: [], refutes: [], evidence: [], explanation: `it cannot be run here: there is no ${what}.` };
}

/** The outcome of a probe that got numbers that are none: they say nothing of what it tests, only that something overflows. */
export function overflown(probe: string, what: string): ProbeOutcome {
  return {
    probe,
    confirms: [{ cause: "numeric-overflow", weight: 0.5 }],
    refutes: [],
    evidence: [],
    explanation: `it says nothing: ${what} is not a finite number.`,
  };
}
