import type { Batch, Dataset } from "@cassava/contracts";
import { imageBatches } from "@cassava/data";
import { defaultDecoder } from "@cassava/data/node";
import { logLoss } from "@cassava/metrics";
import type { ModelChecks } from "@cassava/metrics/diagnosis";
import type { CassavaClassifier } from "@cassava/models";
import { type FeatureSource, predict } from "@cassava/train";

/** Images that are looked at. */
const IMAGES = 32;

/** Whether what a model answers depends on what it sees: its loss on a few images, and on as many black ones. */
export async function checkInput(
  model: CassavaClassifier,
  dataset: Dataset,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ModelChecks> {
  // Images from all over the part, which may be sorted.
  const stride = Math.max(1, Math.floor(ids.length / IMAGES));
  const some = ids.filter((_, i) => i % stride === 0).slice(0, IMAGES);
  const size = model.frozen.inputSize;
  const source = imageBatches(dataset, { ids: some, size, batchSize: IMAGES, decode: defaultDecoder() });
  for await (const batch of source.batches(0, signal)) {
    const lossOf = async (images: Batch["images"]) => {
      const features = await model.frozen.run({ ...batch, images });
      const { labels, probabilities } = await predict(model, sourceOf(model, batch, features), signal);
      return logLoss(labels!, probabilities, { classes: model.classes.length });
    };
    const loss = await lossOf(batch.images);
    return { images: some.length, loss, zeroedLoss: await lossOf(new Uint8Array(batch.images.length)) };
  }
  return {};
}

function sourceOf(model: CassavaClassifier, { ids, labels }: Batch, features: Float32Array): FeatureSource {
  return {
    classes: model.classes,
    size: ids.length,
    batchSize: ids.length,
    async *batches() {
      yield { ids, features, shape: model.frozen.outputShape, ...(labels && { labels }) };
    },
  };
}
