import { TrainError } from "./errors.ts";
import type { Predictions } from "./predict.ts";

/** One fold: image names. */
export interface Fold {
  readonly train: readonly string[];
  readonly validation: readonly string[];
}

/**
 * Trains once for every fold and puts the predictions of the held-out images together: every image is judged by a model that has
 * not seen it.
 *
 * @param folds `validation` of all folds together names each image once, and never one of the fold's `train`
 * @param run trains on a fold's `train` and predicts its `validation`
 * @returns the out-of-fold predictions, in the order of the folds
 * @throws {TrainError} `OPTION_INVALID` where folds overlap, or `run` predicts other images
 */
export async function crossValidate<F extends Fold>(
  folds: readonly F[],
  run: (fold: F, index: number) => Promise<Predictions>,
): Promise<Predictions> {
  checkFolds(folds);
  const parts: Predictions[] = [];
  for (const [index, fold] of folds.entries()) {
    const predictions = await run(fold, index);
    const wanted = new Set(fold.validation);
    if (predictions.ids.length !== wanted.size || !predictions.ids.every((id) => wanted.has(id))) {
      throw new TrainError("OPTION_INVALID", `fold ${index + 1} predicts other images than it holds out`);
    }
    parts.push(predictions);
  }
  return concatPredictions(parts);
}

function checkFolds(folds: readonly Fold[]): void {
  if (folds.length < 2) throw new TrainError("OPTION_INVALID", `cross-validation needs 2 folds; got ${folds.length}`);
  const seen = new Set<string>();
  for (const [index, { train, validation }] of folds.entries()) {
    const trained = new Set(train);
    for (const id of validation) {
      if (trained.has(id))
        throw new TrainError("OPTION_INVALID", `fold ${index + 1} trains on ${id}, which it holds out`);
      if (seen.has(id)) throw new TrainError("OPTION_INVALID", `${id} is held out by two folds`);
      seen.add(id);
    }
  }
}

function concatPredictions(parts: readonly Predictions[]): Predictions {
  const labels = parts.flatMap((part) => [...(part.labels ?? [])]);
  const ids = parts.flatMap((part) => part.ids);
  return {
    classes: parts[0]!.classes,
    ids,
    logits: floats(parts.map((part) => part.logits)),
    probabilities: floats(parts.map((part) => part.probabilities)),
    predicted: Int32Array.from(parts.flatMap((part) => [...part.predicted])),
    ...(labels.length === ids.length && { labels: Int32Array.from(labels) }),
  };
}

function floats(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Test-time augmentation: the mean of the probabilities of several views of the same images.
 *
 * @param views predictions of the same images in the same order
 * @returns `logits` are the logarithms of the mean probabilities
 * @throws {TrainError} `OPTION_INVALID`
 */
export function averagePredictions(views: readonly Predictions[]): Predictions {
  const [first, ...others] = views;
  if (first === undefined) throw new TrainError("OPTION_INVALID", "there are no predictions to average");
  for (const { ids } of others) {
    if (ids.length !== first.ids.length || ids.some((id, i) => id !== first.ids[i])) {
      throw new TrainError("OPTION_INVALID", "predictions to average must be of the same images in the same order");
    }
  }
  const probabilities = first.probabilities.map(
    (_, i) => views.reduce((sum, view) => sum + view.probabilities[i]!, 0) / views.length,
  );
  const classes = first.classes.length;
  const predicted = first.predicted.map((_, i) => {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
  return { ...first, probabilities, logits: probabilities.map((p) => Math.log(p)), predicted };
}
