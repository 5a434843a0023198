import type { Batch, Dataset } from "@cassava/contracts";
import { imageBatches } from "@cassava/data";
import { defaultDecoder } from "@cassava/data/node";
import type { CassavaClassifier } from "@cassava/models";
import { CliError } from "../errors.ts";

/** These images, a few, decoded as one batch of the model's input size. Throws CliError `NO_IMAGES` where there is none. */
export async function fewImages(
  model: CassavaClassifier,
  dataset: Dataset,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Batch> {
  const size = model.frozen.inputSize;
  const source = imageBatches(dataset, { ids, size, batchSize: Math.max(1, ids.length), decode: defaultDecoder() });
  for await (const batch of source.batches(0, signal)) return batch;
  throw new CliError("NO_IMAGES", "a part of the split has no image to look at");
}
