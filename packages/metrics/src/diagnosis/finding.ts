import type { CauseVote } from "./cause.ts";

/** `error`: the run cannot be used; `warning`: something is probably wrong; `info`: worth knowing. */
export type Severity = "error" | "warning" | "info";

/** One number, or a few, that a finding rests on. */
export interface Evidence {
  /** In plain words, such as "validation accuracy". */
  readonly name: string;
  readonly value: number | string;
  /** Such as "nats" or "images"; absent for shares and plain numbers. */
  readonly unit?: string;
  /** Epochs that it was seen in, from 1 as people count them. */
  readonly epochs?: readonly number[];
}

/** What a rule found. */
export interface Finding {
  /** Id of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  /** That the symptom is there, in (0, 1]; the causes are another matter. */
  readonly confidence: number;
  /** One line, such as "validation accuracy stands at the share of the largest class". */
  readonly title: string;
  readonly evidence: readonly Evidence[];
  /** Plain words for somebody who never saw the tool, with the numbers of the run. */
  readonly explanation: string;
  /** What may be behind it, the likeliest first. */
  readonly causes: readonly CauseVote[];
  /** What to try first. */
  readonly remedy: string;
  /** Id of the probe that would tell its causes apart. */
  readonly probe?: string;
  /** When this finding is wrong. */
  readonly falsePositive: string;
}
