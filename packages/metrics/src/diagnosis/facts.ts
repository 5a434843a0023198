import { labelEntropy } from "../classification/baseline.ts";
import type { DiagnosisInput, Predictions } from "./input.ts";
import { argMax, mean, median, total } from "./numbers.ts";

/** One key of the history: its values with their epochs, from 1. */
export interface Series {
  readonly epochs: readonly number[];
  readonly values: readonly number[];
}

/**
 * Logs with their epochs, from 1. Of a training in stages those of one stage, since each begins with another rate and other weights: of the
 * one whose weights answer, where the best were kept and there are answers, else of the last.
 */
export function stageLogs({ history = [], predictions, setup }: DiagnosisInput) {
  const logs = history.map((logs, i) => ({ epoch: i + 1, logs }));
  let from = logs.at(-1);
  if (predictions !== undefined && setup?.keptBest === true) {
    const judged = logs.filter(({ logs }) => Number.isFinite(logs.val_loss));
    if (judged.length > 0) from = judged.reduce((best, one) => (one.logs.val_loss! < best.logs.val_loss! ? one : best));
  }
  return logs.filter(({ logs }) => logs.stage === from?.logs.stage);
}

/** The finite values of one key of {@link stageLogs}; empty where it is not logged. */
export function series(input: DiagnosisInput, key: string): Series {
  const known = stageLogs(input).filter(({ logs }) => Number.isFinite(logs[key]));
  return { epochs: known.map(({ epoch }) => epoch), values: known.map(({ logs }) => logs[key]!) };
}

/** The part of the validation split of which a run's size is guessed where only the whole is known: that of a split of 85 to 15. */
const USUAL_SHARE = 0.15;

/** The classes of the images that validation accuracy is measured on. */
export interface Prior {
  readonly counts: readonly number[];
  readonly classes: number;
  /** The most frequent class. */
  readonly majority: number;
  /** Its share. */
  readonly share: number;
  /** Loss of the shares themselves as the answer, in nats. */
  readonly entropy: number;
  /** Loss of equal probabilities as the answer, in nats. */
  readonly uniform: number;
  /** Images of the validation part, or a guess of it. */
  readonly n: number;
  /** Whether counts and size are those of the validation part rather than of the whole data set. */
  readonly exact: boolean;
}

/** What is known of the classes of the validation part; undefined where nothing is. */
export function priorOf({ splitCounts, predictions, classCounts }: DiagnosisInput): Prior | undefined {
  const known = splitCounts?.validation ?? (predictions?.split === "validation" ? labelCounts(predictions) : undefined);
  const counts = known ?? classCounts;
  if (counts === undefined || total(counts) === 0) return undefined;
  const all = total(counts);
  const majority = argMax(counts);
  return {
    counts,
    classes: counts.length,
    majority,
    share: counts[majority]! / all,
    entropy: labelEntropy(counts),
    uniform: Math.log(counts.length),
    n: known === undefined ? Math.max(1, Math.round(USUAL_SHARE * all)) : all,
    exact: known !== undefined,
  };
}

/** How many images have each label. */
export function labelCounts({ labels, classes }: Predictions): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]!++;
  return counts;
}

/** The most probable class of each image. */
export function answers({ labels, probabilities, classes }: Predictions): number[] {
  return Array.from({ length: labels.length }, (_, i) => argMax(rowOf(probabilities, i, classes)));
}

/** How many images are given each class as the answer. */
export function answerCounts(predictions: Predictions): number[] {
  const counts = new Array<number>(predictions.classes).fill(0);
  for (const answer of answers(predictions)) counts[answer]!++;
  return counts;
}

/** How many images of each class are given their own as the answer. */
export function recognizedCounts(predictions: Predictions): number[] {
  const counts = new Array<number>(predictions.classes).fill(0);
  for (const [i, answer] of answers(predictions).entries()) if (answer === predictions.labels[i]) counts[answer]!++;
  return counts;
}

/** `[classes]` probabilities of image `i`, from 0. */
export function rowOf(probabilities: ArrayLike<number>, i: number, classes: number): number[] {
  return Array.from({ length: classes }, (_, c) => probabilities[i * classes + c]!);
}

/** Name of a class. */
export function className({ classes }: DiagnosisInput, index: number): string {
  return classes?.[index] ?? `class ${index}`;
}

/** Half a step of the digits that values were written with: .61 stands for .605 to .615. */
export function rounding(values: readonly number[]): number {
  for (let digits = 1; digits <= 6; digits++) {
    if (values.every((value) => Math.abs(value * 10 ** digits - Math.round(value * 10 ** digits)) < 1e-7)) {
      return 0.5 * 10 ** -digits;
    }
  }
  return 0;
}

/** The last evaluations of a series that stay within `tolerance` of each other. */
export function flatTail({ epochs, values }: Series, tolerance: number): Series {
  let [from, least, most] = [values.length, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  while (from > 0) {
    const value = values[from - 1]!;
    [least, most] = [Math.min(least, value), Math.max(most, value)];
    if (most - least > tolerance) break;
    from--;
  }
  return { epochs: epochs.slice(from), values: values.slice(from) };
}

/** The loss that a run has settled at: of validation where it is logged, else of training; the middle of the last three. */
export function settledLoss(input: DiagnosisInput): { readonly value: number; readonly of: string } | undefined {
  for (const [key, of] of [
    ["val_loss", "validation loss"],
    ["loss", "training loss"],
  ] as const) {
    const { values } = series(input, key);
    if (values.length > 0) return { value: median(values.slice(-3)), of };
  }
  return undefined;
}

/** Whether the validation loss ends below that of the shares of the classes: the images are made use of, whatever accuracy says. */
export function learns(input: DiagnosisInput): boolean {
  const prior = priorOf(input);
  const { values } = series(input, "val_loss");
  return prior !== undefined && values.length > 0 && median(values.slice(-3)) < 0.92 * prior.entropy;
}

/** Way of the balanced accuracy from that of chance to 1, on the answers; undefined without them. */
export function balancedGain({ predictions }: DiagnosisInput): number | undefined {
  if (predictions === undefined || predictions.labels.length === 0) return undefined;
  const right = recognizedCounts(predictions);
  const recalls = labelCounts(predictions).flatMap((count, c) => (count === 0 ? [] : [right[c]! / count]));
  if (recalls.length < 2) return undefined;
  const chance = 1 / recalls.length;
  return (mean(recalls) - chance) / (1 - chance);
}
