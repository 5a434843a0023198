import type { CauseVote } from "./cause.ts";
import type { Finding } from "./finding.ts";
import type { DiagnosisInput } from "./input.ts";

/** The symptom is not there; `refutes` are causes that this speaks against. */
export interface Pass {
  readonly refutes?: readonly CauseVote[];
}

/** The rule was not evaluated, because it lacks inputs; in plain words, such as "validation accuracy of 3 epochs". */
export interface Missing {
  readonly missing: readonly string[];
}

/** What a rule says of a run. */
export type RuleResult = { readonly finding: Omit<Finding, "rule"> } | { readonly pass: Pass } | Missing;

/** Groups of rules, as in the catalogue. */
export type RuleGroup = "collapse" | "loss" | "weights" | "setup" | "data" | "calibration";

/** One symptom. `Options` are its thresholds, each with a default. */
export interface Rule<Options extends object = object> {
  /** Kebab-case, unique. */
  readonly id: string;
  readonly group: RuleGroup;
  /** Whether it can be evaluated before the first step. */
  readonly preflight?: boolean;
  /** Where the rule and its thresholds come from. */
  readonly source: string;
  readonly defaults: Options;
  evaluate(input: DiagnosisInput, options: Options): RuleResult;
}

/** A rule with its options' type inferred from the defaults. */
export function defineRule<Options extends object>(rule: Rule<Options>): Rule<Options> {
  return rule;
}

/** What `rule` finds in a run by its default thresholds; undefined where it finds nothing, or was not evaluated. */
export function findingOf<Options extends object>(
  rule: Rule<Options>,
  input: DiagnosisInput,
): Omit<Finding, "rule"> | undefined {
  const result = rule.evaluate(input, rule.defaults);
  return "finding" in result ? result.finding : undefined;
}
