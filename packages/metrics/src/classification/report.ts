import { checkLength } from "../validate.ts";
import { type AveragedScores, averagedScores, classScores, type PrecisionRecallBase } from "./precision-recall.ts";
import { type ScoreArguments, scoreInput } from "./score-input.ts";

/** Options of {@link classificationReport}. */
export interface ClassificationReportOptions extends Pick<PrecisionRecallBase, "zeroDivision" | "labels" | "absent"> {
  /** One name for each reported class; its index where left out. */
  readonly names?: readonly string[];
}

/** One class of a report. */
export interface ClassificationReportRow {
  readonly name: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Number (or weight) of true samples. */
  readonly support: number;
}

/** Scores of every class and their averages. */
export interface ClassificationReport {
  readonly rows: readonly ClassificationReportRow[];
  /** The micro average; it is the accuracy, and printed so, where every label that occurs is reported. */
  readonly micro: AveragedScores;
  readonly microIsAccuracy: boolean;
  readonly macro: AveragedScores;
  readonly weighted: AveragedScores;
}

/** The scores of every class and their averages, as scikit-learn's `classification_report`. Throws EMPTY, LENGTH_MISMATCH, LABEL_OUT_OF_RANGE. */
export const classificationReport = (...args: ScoreArguments<ClassificationReportOptions>): ClassificationReport => {
  const { matrix, sums, options } = scoreInput(args);
  const labels = options.labels ?? Array.from({ length: matrix.classes }, (_, c) => c);
  const names = options.names ?? labels.map(String);
  checkLength("names", names.length, labels.length, "the report");
  const each = classScores(sums, options);
  return {
    rows: names.map((name, i) => ({
      name,
      precision: each.precision[i]!,
      recall: each.recall[i]!,
      f1: each.fscore[i]!,
      support: each.support[i]!,
    })),
    micro: averagedScores(sums, "micro", options),
    microIsAccuracy: sums.trueSums.every((n, c) => n + sums.predSums[c]! === 0 || labels.includes(c)),
    macro: averagedScores(sums, "macro", options),
    weighted: averagedScores(sums, "weighted", options),
  };
};

/** Options of {@link formatReport}. */
export interface FormatReportOptions {
  /** Decimals, 0 to 20. */
  readonly digits?: number;
}

/** A report as text, letter for letter as scikit-learn prints it. */
export const formatReport = (report: ClassificationReport, { digits = 2 }: FormatReportOptions = {}): string => {
  const width = Math.max(...report.rows.map(({ name }) => [...name].length), "weighted avg".length, digits);
  const cell = (text: string) => ` ${text.padStart(9)}`;
  const line = (name: string, cells: readonly string[]) =>
    `${" ".repeat(Math.max(0, width - [...name].length))}${name} ${cells.map(cell).join("")}\n`;
  const number = (value: number) => toFixedHalfEven(value, digits);
  const average = (name: string, { precision, recall, fscore, support }: AveragedScores) =>
    line(name, [number(precision), number(recall), number(fscore), String(support)]);
  const { micro, microIsAccuracy, macro, weighted } = report;
  return [
    `${" ".repeat(width)} ${["precision", "recall", "f1-score", "support"].map(cell).join("")}\n\n`,
    ...report.rows.map((row) =>
      line(row.name, [number(row.precision), number(row.recall), number(row.f1), String(row.support)]),
    ),
    "\n",
    microIsAccuracy
      ? line("accuracy", ["", "", number(micro.fscore), String(micro.support)])
      : average("micro avg", micro),
    average("macro avg", macro),
    average("weighted avg", weighted),
  ].join("");
};

/** `toFixed` rounds an exact tie up, Python's format to the even digit: 0.125 is 0.12 there and 0.13 here. */
const toFixedHalfEven = (value: number, digits: number): string => {
  if (Number.isNaN(value)) return "nan";
  const exact = value.toFixed(Math.min(100, digits + 60));
  const kept = exact.slice(0, exact.indexOf(".") + 1 + digits).replace(/\.$/, "");
  const isTie = /^\.?50*$/.test(exact.slice(kept.length));
  return isTie && Number(kept.at(-1)) % 2 === 0 ? kept : value.toFixed(digits);
};
