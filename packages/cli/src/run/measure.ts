import { type ClassificationSummary, evaluateClassification, type Verdict, verdict } from "@cassava/metrics";
import type { Predictions } from "@cassava/train";
import { table, withInterval } from "../terminal/format.ts";

/** A score to beat, on the same images as the model's. */
export interface Baseline {
  readonly name: string;
  readonly correct: number;
  readonly n: number;
}

/** `metrics.json` of a run: the same bytes for the same settings and data. */
export interface RunMetrics {
  readonly version: 1;
  /** The part of the split that the verdict is about. */
  readonly part: "test" | "validation";
  /** The epoch, from 1, whose weights were kept; null where those of the last were. */
  readonly keptEpoch: number | null;
  readonly parts: Readonly<Record<string, ClassificationSummary>>;
  readonly baselines: readonly Baseline[];
  readonly verdict: Verdict;
}

/** Metrics of labelled predictions, with intervals. */
export function measure({ labels, probabilities, classes }: Predictions, seed: number): ClassificationSummary {
  return evaluateClassification({ labels: labels!, probabilities, classes: classes.map(({ name }) => name), seed });
}

/** How often the answer "the most frequent class of `train`" is right on `test`; arguments are counts by class. */
export function majorityBaseline(train: readonly number[], test: readonly number[]): Baseline {
  const majority = train.indexOf(Math.max(...train));
  return { name: "the majority class", correct: test[majority]!, n: test.reduce((sum, count) => sum + count, 0) };
}

/** Images that predictions got right. */
function correctOf({ labels, predicted }: Predictions): number {
  return predicted.reduce((sum, answer, i) => sum + (answer === labels![i] ? 1 : 0), 0);
}

/** The verdict on a model: is it better than every baseline, beyond the noise of so many images? */
export function judge(name: string, predictions: Predictions, baselines: readonly Baseline[]): Verdict {
  const model = { name, correct: correctOf(predictions), n: predictions.ids.length };
  return verdict({ model, baselines });
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
