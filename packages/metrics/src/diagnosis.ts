export { CAUSES, type CauseId, type CauseVote } from "./diagnosis/cause.ts";
export { type DescribeDiagnosisOptions, describeDiagnosis } from "./diagnosis/describe-diagnosis.ts";
export { type DiagnoseOptions, type Diagnosis, diagnose, type NotEvaluated } from "./diagnosis/diagnose.ts";
export { distinctImages } from "./diagnosis/distinct-images.ts";
export type { Evidence, Finding, Severity } from "./diagnosis/finding.ts";
export type {
  BatchObservations,
  DataObservations,
  DiagnosisInput,
  LeakedPair,
  ModelChecks,
  PixelStatistics,
  Predictions,
  RunSetup,
  SplitCounts,
  WeightObservation,
  WeightObservations,
} from "./diagnosis/input.ts";
export { pixelStatistics } from "./diagnosis/pixel-statistics.ts";
export type { Probe, ProbeOutcome } from "./diagnosis/probe.ts";
export { PROBES, probesFor } from "./diagnosis/probes/index.ts";
export { type CastVote, type RankedCause, rankCauses } from "./diagnosis/rank-causes.ts";
export { type History, type ReadHistoryOptions, readHistory } from "./diagnosis/read-history.ts";
export { defineRule, type Missing, type Pass, type Rule, type RuleGroup, type RuleResult } from "./diagnosis/rule.ts";
export { RULES } from "./diagnosis/rules/index.ts";
