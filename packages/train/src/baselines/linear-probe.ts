import type { LinearProbeScore } from "@cassava/contracts";
import { accuracyScore, labelEntropy, logLoss, predictedClasses } from "@cassava/metrics";
import { TrainError } from "../errors.ts";
import type { FeatureSet } from "../features/feature-set.ts";
import { logisticRegression } from "./logistic-regression.ts";

/** Options of {@link linearProbe}. */
export interface LinearProbeOptions {
  /** Share of the images that it is judged by, the last ones of the set; default 0.4. */
  readonly held?: number;
  /** Inverse strength of the penalty; the default, 1e-3, is for some hundred images and a thousand features. */
  readonly c?: number;
}

/**
 * What can be read off features linearly: fits a logistic regression to the first images of a set and judges it by the others. The
 * images must come in an order that has nothing to do with their labels.
 *
 * @throws {TrainError} `LABELS_MISSING`, `OPTION_INVALID` where either part would be empty
 */
export function linearProbe(set: FeatureSet, { held = 0.4, c = 1e-3 }: LinearProbeOptions = {}): LinearProbeScore {
  const { labels, width, ids } = set;
  if (!labels) throw new TrainError("LABELS_MISSING", "a linear probe needs the label of every image");
  const cut = Math.round((1 - held) * ids.length);
  if (!(cut >= 1 && cut < ids.length)) {
    throw new TrainError("OPTION_INVALID", `a linear probe cannot hold out ${held} of ${ids.length} images`);
  }
  const part = (from: number, to: number): FeatureSet => ({
    ...set,
    ids: ids.slice(from, to),
    features: set.features.slice(from * width, to * width),
    labels: labels.slice(from, to),
  });
  const judged = part(cut, ids.length);
  const classes = set.classes.length;
  const probabilities = logisticRegression(part(0, cut), { c, tolerance: 1e-4 }).predict(judged);
  const counts = new Array<number>(classes).fill(0);
  for (const label of judged.labels!) counts[label]!++;
  return {
    accuracy: accuracyScore(judged.labels!, predictedClasses(probabilities, classes), {
      classes,
    }),
    logLoss: logLoss(judged.labels!, probabilities, { classes, sumTolerance: 1e-2 }),
    entropy: labelEntropy(counts),
    images: judged.ids.length,
  };
}
