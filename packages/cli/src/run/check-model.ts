import type { Batch, Dataset } from "@cassava/contracts";
import { random, shuffled } from "@cassava/data";
import type { ModelChecks } from "@cassava/metrics/diagnosis";
import type { CassavaClassifier } from "@cassava/models";
import type { FeatureSet } from "@cassava/train";
import { fewImages } from "./few-images.ts";
import { lossOf } from "./loss-of.ts";

/** Images that are looked at. */
const IMAGES = 32;

/**
 * Whether what a model answers depends on what it sees, and on the mode that it is run in: its loss on a few validation images and on as
 * many black ones, and on a few training images in training and in inference mode.
 */
export async function checkModel(
  model: CassavaClassifier,
  dataset: Dataset,
  { train, validation }: { readonly train: readonly string[]; readonly validation: readonly string[] },
  signal: AbortSignal,
): Promise<ModelChecks> {
  // From all over a part, which may be sorted.
  const some = (part: readonly string[]) =>
    fewImages(model, dataset, shuffled(part, random(1, "checks")).slice(0, IMAGES), signal);
  const held = await some(validation);
  const trained = await some(train);
  const black = { ...held, images: new Uint8Array(held.images.length) };
  const loss = async (batch: Batch, mode: "inference" | "training" = "inference") =>
    (await lossOf(model, await featuresOf(model, batch), mode)).loss;
  return {
    images: held.ids.length,
    loss: await loss(held),
    zeroedLoss: await loss(black),
    trainingModeLoss: await loss(trained, "training"),
    trainingImagesLoss: await loss(trained),
  };
}

async function featuresOf(model: CassavaClassifier, batch: Batch): Promise<FeatureSet> {
  const features = await model.frozen.run(batch);
  const shape = model.frozen.outputShape;
  const { ids, labels } = batch;
  const width = features.length / ids.length;
  return { classes: model.classes, ids, features, shape, width, cached: 0, ...(labels && { labels }) };
}
