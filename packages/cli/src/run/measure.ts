import {
  type ClassificationSummary,
  evaluateClassification,
  mcnemarTest,
  type Verdict,
  type VerdictScore,
  verdict,
} from "@cassava/metrics";
import type { Predictions } from "@cassava/train";
import { table, withInterval } from "../terminal/format.ts";

/** What a model has to beat: something that answers the same images. */
export interface Baseline {
  readonly name: string;
  /** The class that it takes the image `id` for. */
  readonly answer: (id: string) => number;
}

/** `metrics.json` of a run: the same bytes for the same settings and data. */
export interface RunMetrics {
  readonly version: 1;
  /** The part of the split that the verdict is about. */
  readonly part: "test" | "validation";
  /** The epoch, from 1, whose weights were kept; null where those of the last were. */
  readonly keptEpoch: number | null;
  readonly parts: Readonly<Record<string, ClassificationSummary>>;
  readonly baselines: readonly VerdictScore[];
  readonly verdict: Verdict;
}

/** Metrics of labelled predictions, with intervals. */
export function measure({ labels, probabilities, classes }: Predictions, seed: number): ClassificationSummary {
  return evaluateClassification({ labels: labels!, probabilities, classes: classes.map(({ name }) => name), seed });
}

/** The answer "the most frequent class", by counts of the training images by class. */
export function majorityBaseline(counts: readonly number[]): Baseline {
  const majority = counts.indexOf(Math.max(...counts));
  return { name: "the majority class", answer: () => majority };
}

/** The verdict on a model, and the scores it had to beat: is it better than every baseline, beyond the noise of so many images? */
export function judge(
  name: string,
  { ids, labels, predicted }: Predictions,
  opponents: readonly Baseline[],
): Pick<RunMetrics, "baselines" | "verdict"> {
  const scoreOf = (right: readonly boolean[]) => ({ correct: right.filter(Boolean).length, n: ids.length });
  const own = ids.map((_, i) => predicted[i] === labels![i]);
  const compared = opponents.map((opponent) => {
    const right = ids.map((id, i) => opponent.answer(id) === labels![i]);
    return { name: opponent.name, ...scoreOf(right), paired: mcnemarTest(own, right) };
  });
  return {
    baselines: compared.map(({ paired: _, ...score }) => score),
    verdict: verdict({ model: { name, ...scoreOf(own) }, baselines: compared }),
  };
}

/** One line of `predictions.jsonl` for each image. */
export function predictionLines(part: string, { ids, labels, predicted, probabilities, classes }: Predictions): string {
  return ids
    .map((id, i) => {
      const row = [...probabilities.subarray(i * classes.length, (i + 1) * classes.length)];
      return `${JSON.stringify({ id, part, label: labels?.[i] ?? null, predicted: predicted[i], probabilities: row })}\n`;
    })
    .join("");
}

/** A summary as a table for people. */
export function describeSummary(summary: ClassificationSummary): string {
  const { accuracy, balancedAccuracy, macroF1, logLoss, labelEntropy, perClass, n } = summary;
  const interval = `${Math.round(100 * summary.confidence)} % interval`;
  const overall = table([
    ["metric", `value (${interval})`],
    ["accuracy", withInterval(accuracy)],
    ["balanced accuracy", withInterval(balancedAccuracy)],
    ["macro F1", withInterval(macroF1)],
    ["log loss", `${logLoss.toFixed(3)} nats (label entropy ${labelEntropy.toFixed(3)})`],
  ]);
  const classes = table([
    ["class", "images", "precision", `recall (${interval})`, "F1"],
    ...perClass.map((c) => [c.name, c.support, c.precision.toFixed(3), withInterval(c.recall), c.f1.toFixed(3)]),
  ]);
  return `${n} images\n${overall}\n\n${classes}`;
}
