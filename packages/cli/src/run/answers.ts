import type { CassavaClassifier } from "@cassava/models";
import { averagePredictions, type FeatureSource, type Predictions, predict } from "@cassava/train";
import { augmentationFlag } from "./augmentation.ts";
import type { FeatureSupply } from "./features.ts";
import type { TrainSettings } from "./settings.ts";

/** What {@link answersFor} judges. */
export interface AnswersRequest {
  /** For progress. */
  readonly label: string;
  readonly ids: readonly string[];
  /** The plain images as the trained part sees them, where that is there already. */
  readonly plain?: FeatureSource | undefined;
}

/** What a model answers as its settings say: for the plain image, or by the mean over that and some augmented views. */
export async function answersFor(
  model: CassavaClassifier,
  supply: FeatureSupply,
  { label, ids, plain }: AnswersRequest,
  { batchSize, testViews, augment, seed }: TrainSettings,
  signal: AbortSignal,
): Promise<Predictions> {
  const made = [await predict(model, plain ?? (await supply(label, { ids, batchSize })), signal)];
  const policy = augmentationFlag(augment);
  for (let only = 1; only <= testViews; only++) {
    const source = await supply(label, { ids, batchSize, augment: { policy, seed, only } });
    made.push(await predict(model, source, signal));
  }
  return made.length === 1 ? made[0]! : averagePredictions(made);
}
