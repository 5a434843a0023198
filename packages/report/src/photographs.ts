import { topLosses } from "@cassava/metrics";
import type { ReportInput } from "./report-input.ts";

/** Kinds of mistakes that are shown, photographs of each, and of the greatest losses. */
const [PAIRS, OF_PAIR, LOSSES] = [4, 6, 12];

/** A photograph that the report shows, and what was made of it. */
export interface ChosenPhotograph {
  readonly id: string;
  /** Name of its class. */
  readonly actual: string;
  /** Name of the class that it was given. */
  readonly predicted: string;
  /** Probability of the class that it was given, in [0, 1]. */
  readonly confidence: number;
  /** Of its own class, in nats. */
  readonly loss: number;
}

/** A kind of mistake with photographs of it, the surest mistakes first. */
export interface ConfusedPhotographs {
  readonly actual: string;
  readonly predicted: string;
  readonly count: number;
  /** Of the true class, in (0, 1]. */
  readonly share: number;
  readonly shown: readonly ChosenPhotograph[];
}

/** What of the answers is shown as photographs. */
export function chosenPhotographs({
  summary,
  predictions,
  classes,
}: Pick<ReportInput, "summary" | "predictions" | "classes">): {
  readonly confused: readonly ConfusedPhotographs[];
  readonly losses: readonly ChosenPhotograph[];
} {
  const { ids, labels, probabilities } = predictions;
  const all = topLosses(labels, probabilities, { classes: classes.length, limit: ids.length }).map(
    ({ index, label, predicted, confidence, loss }): ChosenPhotograph => ({
      id: ids[index]!,
      actual: classes[label]!,
      predicted: classes[predicted]!,
      confidence,
      loss,
    }),
  );
  const confused = summary.mostConfused.slice(0, PAIRS).map((pair) => {
    const those = all.filter(({ actual, predicted }) => actual === pair.actual && predicted === pair.predicted);
    return { ...pair, shown: those.slice(0, OF_PAIR) };
  });
  return { confused, losses: all.slice(0, LOSSES) };
}

/** Names of the photographs that a report shows: give it them as `photographs`. */
export function reportPhotographs(input: Pick<ReportInput, "summary" | "predictions" | "classes">): string[] {
  const { confused, losses } = chosenPhotographs(input);
  return [...new Set([...confused.flatMap(({ shown }) => shown), ...losses].map(({ id }) => id))];
}
