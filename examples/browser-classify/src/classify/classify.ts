import { imageBatches, isDataError } from "@cassava/data";
import type { CassavaClassifier } from "@cassava/models";
import { imageFeatures, predict } from "@cassava/train";
import { decoder, type Photo, photoDataset } from "../photos.ts";
import { politePart } from "../polite-part.ts";

/** Photographs whose answers appear together. */
const AT_A_TIME = 4;

/** What a model says of a photograph, or why it could not be read. */
export type Answer =
  | { readonly photo: Photo; readonly probabilities: Float32Array }
  | { readonly photo: Photo; readonly error: Error };

/** Classifies photographs in their order, a few at a time; the pixels are those that Node would see. */
export async function* classify(
  model: CassavaClassifier,
  photos: readonly Photo[],
  signal: AbortSignal,
): AsyncGenerator<Answer[]> {
  const classes = model.classes.map(({ name }) => name);
  const frozen = politePart(model.frozen);
  for (let from = 0; from < photos.length; from += AT_A_TIME) {
    signal.throwIfAborted();
    const some = photos.slice(from, from + AT_A_TIME);
    const errors = new Map<string, Error>();
    const images = imageBatches(photoDataset(classes, some), {
      size: model.contract.inputSize,
      batchSize: AT_A_TIME,
      decode: decoder,
      onUnreadable: "skip",
      onSkip: ({ id, error }) => errors.set(id, error),
    });
    const { ids, probabilities } = await predict(model, imageFeatures(frozen, images, AT_A_TIME)).catch(nothingRead);
    // Given up meanwhile: the list belongs to another call by now.
    signal.throwIfAborted();
    yield some.map((photo): Answer => {
      const row = ids.indexOf(photo.id);
      const error = errors.get(photo.id);
      if (row < 0) return { photo, error: error ?? new Error(`${photo.id} was not read`) };
      return { photo, probabilities: probabilities.subarray(row * classes.length, (row + 1) * classes.length) };
    });
  }
}

/** That none of a few photographs can be read is told of each of them. */
function nothingRead(error: unknown): { readonly ids: readonly string[]; readonly probabilities: Float32Array } {
  if (isDataError(error, "NO_IMAGES")) return { ids: [], probabilities: new Float32Array(0) };
  throw error;
}
