import type { Interval, SummaryInterval, VerdictLevel } from "@cassava/metrics";
import type { History } from "@cassava/metrics/diagnosis";
import type { Facts } from "./report-input.ts";

/** How a model of a survey compares with the first one on the same images. */
export interface SurveyDifference {
  /** Accuracy of the first minus that of this one, with its paired bootstrap interval. */
  readonly accuracy: Omit<Interval, "n">;
  /** Images that only the first, and only this one, got right. */
  readonly onlyFirst: number;
  readonly onlyThis: number;
  /** McNemar's exact test, adjusted for the number of comparisons (Holm). */
  readonly adjustedP: number;
}

/** One model of a survey. */
export interface SurveyModel {
  readonly name: string;
  /** What its frozen weights are, in words: that random ones are random is said here. */
  readonly weights: string;
  readonly accuracy: SummaryInterval;
  readonly balancedAccuracy: SummaryInterval;
  readonly macroF1: SummaryInterval;
  /** In nats. */
  readonly logLoss: number;
  readonly verdict: VerdictLevel;
  /** Absent for the first. */
  readonly difference?: SurveyDifference;
  /** From the data to the saved run. */
  readonly seconds: number;
  readonly parameters: number;
  readonly trainableParameters: number;
  readonly history?: History;
  /** What its diagnosis comes to, in one line. */
  readonly finding?: string;
  /** Address of its own report, relative to the file of the survey. */
  readonly href?: string;
}

/** What a survey's report is made of. */
export interface SurveyInput {
  readonly title: string;
  readonly about: string;
  /** Images that all are judged by, of which part of the split. */
  readonly images: number;
  readonly part: string;
  /** Accuracy of always answering the largest class; absent where no model was trained. */
  readonly majority?: Interval;
  /** The best first. */
  readonly models: readonly SurveyModel[];
  /** Models that could not be trained, and why. */
  readonly failed?: readonly { readonly name: string; readonly reason: string }[];
  readonly facts?: readonly Facts[];
  readonly reproduce?: readonly string[];
}
