import type { Finding, Severity } from "./finding.ts";
import type { DiagnosisInput } from "./input.ts";
import { type CastVote, type RankedCause, rankCauses } from "./rank-causes.ts";
import type { Rule, RuleResult } from "./rule.ts";
import { RULES } from "./rules/index.ts";

/** A rule that could not be evaluated. */
export interface NotEvaluated {
  readonly rule: string;
  /** What it lacks, in plain words. */
  readonly missing: readonly string[];
}

/** What is wrong with a run; plain JSON. */
export interface Diagnosis {
  readonly version: 1;
  /** The gravest first, then by confidence. */
  readonly findings: readonly Finding[];
  /** What may be behind them, the likeliest first. */
  readonly causes: readonly RankedCause[];
  /** Rules that were evaluated and found nothing. */
  readonly passed: readonly string[];
  readonly notEvaluated: readonly NotEvaluated[];
}

/** Thresholds by rule id, and which rules are asked. */
export interface DiagnoseOptions {
  /** Such as `{ overfit: { gap: 0.2 } }`: replaces single defaults. */
  readonly thresholds?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Default: all of them. */
  readonly rules?: readonly Rule[];
}

const ORDER: readonly Severity[] = ["error", "warning", "info"];

/**
 * Asks every rule about a run, and ranks what may be behind the findings. A rule that lacks an input is listed under
 * `notEvaluated`, never as passed. Takes bare logs as well as everything that a live run knows.
 */
export function diagnose(input: DiagnosisInput, { thresholds = {}, rules = RULES }: DiagnoseOptions = {}): Diagnosis {
  const findings: Finding[] = [];
  const passed: string[] = [];
  const notEvaluated: NotEvaluated[] = [];
  const refutations: CastVote[] = [];
  for (const rule of rules) {
    const result: RuleResult = rule.evaluate(input, { ...rule.defaults, ...thresholds[rule.id] });
    if ("finding" in result) findings.push({ rule: rule.id, ...result.finding });
    else if ("missing" in result) notEvaluated.push({ rule: rule.id, missing: result.missing });
    else {
      passed.push(rule.id);
      refutations.push(...(result.pass.refutes ?? []).map((vote) => ({ by: rule.id, ...vote })));
    }
  }
  findings.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || b.confidence - a.confidence);
  const causes = rankCauses(findings, refutations, input.probes);
  return { version: 1, findings, causes, passed, notEvaluated };
}
