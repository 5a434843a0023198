import type { ClassificationSummary, Verdict } from "@cassava/metrics";
import type { DataObservations, Diagnosis, History, SplitCounts } from "@cassava/metrics/diagnosis";

/** Answers for the images of one part of a split. */
export interface ReportPredictions {
  /** `[n]` names of the images. */
  readonly ids: readonly string[];
  /** `[n]` true class indices. */
  readonly labels: ArrayLike<number>;
  /** `[n, classes]`, row-major, each row adding up to 1. */
  readonly probabilities: ArrayLike<number>;
}

/** An image as the model is given it. */
export interface SeenImage {
  readonly id: string;
  /** Such as "plain" or "view 2". */
  readonly label: string;
  /** A `data:` address of an image. */
  readonly uri: string;
}

/** Names and values, with a heading. */
export interface Facts {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

/** What a report is made of; plain values. What is absent has no section. */
export interface ReportInput {
  readonly title: string;
  /** One line: backbone, data, when. */
  readonly about: string;
  /** At least 2 names, in the order of their indices. */
  readonly classes: readonly string[];
  /** The part of the split that the verdict is about, such as "test". */
  readonly part: string;
  readonly verdict: Verdict;
  readonly summary: ClassificationSummary;
  /** Answers for `part`. */
  readonly predictions: ReportPredictions;
  /** Answers for held-out images that `part` does not hold: a temperature is fitted on them. */
  readonly validation?: ReportPredictions;
  readonly diagnosis?: Diagnosis;
  /** What was tested by experiments, in words. */
  readonly experiments?: readonly string[];
  readonly history?: History;
  /** From 1; null or absent: the last. */
  readonly keptEpoch?: number | null;
  readonly splitCounts?: SplitCounts;
  readonly data?: DataObservations;
  /** What an audit of the data set has to say beyond that. */
  readonly audit?: readonly Facts[];
  /** Photographs by name, as `data:` addresses: those that {@link reportPhotographs} asks for, or some of them. */
  readonly photographs?: ReadonlyMap<string, string>;
  readonly seen?: { readonly about: string; readonly images: readonly SeenImage[] };
  /** Settings, environment and the like. */
  readonly facts?: readonly Facts[];
  /** Command lines that make the run again. */
  readonly reproduce?: readonly string[];
}
