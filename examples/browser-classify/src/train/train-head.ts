import { imageBatches, kFold, memoryStore } from "@cassava/data";
import { type ClassificationSummary, evaluateClassification } from "@cassava/metrics";
import { type CassavaClassifier, createClassifier, denseHead, type Store, saveClassifier } from "@cassava/models";
import { adam, crossValidate, extractFeatures, type FeatureSet, featureBatches, fit, predict } from "@cassava/train";
import { decoder, type Photo, photoDataset } from "../photos.ts";
import { politePart } from "../polite-part.ts";
import { assign } from "./assign.ts";
import { featureRows } from "./feature-rows.ts";

const EPOCHS = 40;
const BATCH_SIZE = 8;
const LEARNING_RATE = 1e-3;
const MOST_FOLDS = 5;

/** A head and what it is worth. */
export interface TrainedHead {
  /** The model with the head, trained on every photograph, as `saveClassifier` writes it. */
  readonly saved: Store;
  /** Every photograph judged by a head that has not seen it. */
  readonly summary: ClassificationSummary;
  readonly folds: number;
}

/** What {@link trainHead} needs beside the photographs. */
export interface TrainHeadOptions {
  /** Share of the work that is done, 0 to 1, and what is being done. */
  readonly onProgress: (share: number, what: string) => void;
  readonly signal: AbortSignal;
}

/**
 * A head for classes of one's own on the frozen backbone of a model. Each photograph passes through the backbone once. With a handful
 * per class none can be spared for a test: k-fold cross-validation judges each by a head trained on the others, then one head
 * is trained on all.
 *
 * @param photos labelled; at least two of each class
 */
export async function trainHead(
  base: CassavaClassifier,
  classes: readonly string[],
  photos: readonly Photo[],
  { onProgress, signal }: TrainHeadOptions,
): Promise<TrainedHead> {
  const dataset = photoDataset(classes, photos);
  const { backbone, contract } = base;
  // The head is linear: a handful of photographs does not feed more.
  const model = await createClassifier({
    backbone,
    head: denseHead({ units: [], dropout: 0 }),
    classes: dataset.classes,
    rescale: contract.rescale,
  });
  try {
    const images = imageBatches(dataset, { size: contract.inputSize, batchSize: 4, decode: decoder });
    const features = await extractFeatures(politePart(model.frozen), images, {
      signal,
      onProgress: ({ done, total }) => onProgress((0.7 * done) / total, `Looking at photograph ${done} of ${total}`),
    });
    const smallest = Math.min(...classes.map((_, label) => photos.filter((photo) => photo.label === label).length));
    const folds = kFold(dataset, { folds: Math.min(MOST_FOLDS, smallest) });
    const train = await freshHeads(model, signal);
    const judged = await crossValidate(folds, async (fold, i) => {
      onProgress(0.7 + (0.25 * i) / folds.length, `Judging: part ${i + 1} of ${folds.length}`);
      await train(featureRows(features, fold.train));
      return predict(model, featureBatches(featureRows(features, fold.validation), { batchSize: BATCH_SIZE }));
    });
    onProgress(0.95, "Training on all photographs");
    await train(features);
    const summary = evaluateClassification({ labels: judged.labels!, probabilities: judged.probabilities, classes });
    const saved = memoryStore();
    await saveClassifier(model, saved, {
      training: { photographs: photos.length, accuracy: summary.accuracy.estimate },
    });
    return { saved, summary, folds: folds.length };
  } finally {
    model.dispose();
  }
}

/** Trains the head from the same initial weights each time. */
async function freshHeads(model: CassavaClassifier, signal: AbortSignal) {
  const initial = await Promise.all(model.weights.map(async ({ variable }) => variable.data()));
  return async (set: FeatureSet): Promise<void> => {
    for (const [i, { variable }] of model.weights.entries()) assign(variable, initial[i]!);
    await fit(model, {
      train: featureBatches(set, { batchSize: BATCH_SIZE, shuffle: { seed: 42 } }),
      epochs: EPOCHS,
      optimizer: adam({ learningRate: LEARNING_RATE }),
      callbacks: [{ onEpochEnd: breathe }],
      signal,
    }).result;
  };
}

/** Lets the page answer between two epochs. */
async function breathe(): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve));
}
