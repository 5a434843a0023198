import { CAUSES, type CauseId } from "./cause.ts";
import type { Finding } from "./finding.ts";
import type { ProbeOutcome } from "./probe.ts";

/** Something that may be wrong, with what speaks for and against it. */
export interface RankedCause {
  readonly cause: CauseId;
  readonly title: string;
  readonly remedy: string;
  /** In [0, 1]: how much of what was seen it explains; not a probability over all causes. */
  readonly confidence: number;
  /** Rules and probes that speak for it, the strongest first. */
  readonly because: readonly string[];
  /** Rules and probes that speak against it. */
  readonly against: readonly string[];
}

/** A vote with the rule or probe that gave it. */
export interface CastVote {
  readonly by: string;
  readonly cause: CauseId;
  readonly weight: number;
}

/** Below it a cause is not listed. */
const LEAST = 0.05;

/** A vote from here on was measured directly: that something else looks as it should does not speak against it. */
const DIRECT = 0.75;

/**
 * Joins the votes on each cause as independent evidence: 1 - Π(1 - for), times Π(1 - against) (noisy or, with
 * inhibitors: Pearl, Probabilistic Reasoning in Intelligent Systems, 1988, 4.3.2). A finding's vote counts by its confidence. Rules that
 * passed speak against what was inferred and not against what was measured; experiments against both, against what was measured with half
 * of their weight: they look at a new head, and not at what happened in the run. The most confident cause first;
 * of equals the one that {@link CAUSES} has first.
 */
export function rankCauses(
  findings: readonly Finding[],
  refutations: readonly CastVote[] = [],
  probes: readonly ProbeOutcome[] = [],
): RankedCause[] {
  const votes: CastVote[] = findings.flatMap(({ rule, confidence, causes }) =>
    causes.map(({ cause, weight }) => ({ by: rule, cause, weight: weight * confidence })),
  );
  for (const { probe, confirms } of probes) votes.push(...confirms.map((vote) => ({ by: probe, ...vote })));
  const experiments = probes.flatMap(({ probe, refutes }) => refutes.map((vote) => ({ by: probe, ...vote })));
  const ranked = (Object.keys(CAUSES) as CauseId[]).map((cause): RankedCause => {
    const pro = votes.filter((vote) => vote.cause === cause).sort((a, b) => b.weight - a.weight);
    const passes = refutations.filter((vote) => vote.cause === cause);
    const tests = experiments.filter((vote) => vote.cause === cause);
    const contra = [...tests, ...passes].sort((a, b) => b.weight - a.weight);
    const direct = pro.filter(({ weight }) => weight >= DIRECT);
    const inferred = pro.filter(({ weight }) => weight < DIRECT);
    const halved = (list: readonly CastVote[]) => list.map((vote) => ({ ...vote, weight: vote.weight / 2 }));
    const left = (list: readonly CastVote[]) => list.reduce((product, { weight }) => product * (1 - weight), 1);
    return {
      cause,
      ...CAUSES[cause],
      confidence:
        1 - (1 - (1 - left(direct)) * left(halved(tests))) * (1 - (1 - left(inferred)) * left([...passes, ...tests])),
      because: pro.map(({ by }) => by),
      against: contra.map(({ by }) => by),
    };
  });
  // Array.sort is stable: equals stay in the order of CAUSES.
  return ranked.filter(({ confidence }) => confidence >= LEAST).sort((a, b) => b.confidence - a.confidence);
}
