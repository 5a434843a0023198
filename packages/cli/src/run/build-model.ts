import type { ClassInfo, FrozenEngine } from "@cassava/contracts";
import { type CassavaClassifier, createClassifier, denseHead, stagesOf } from "@cassava/models";
import { cacheFolder, type DownloadProgress, loadBackbone } from "@cassava/models/node";
import type { ActionContext } from "../context.ts";
import { bytes, duration } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";
import type { Progress } from "../terminal/progress.ts";
import { frozenThreads } from "./frozen-threads.ts";
import type { TrainSettings } from "./settings.ts";

/**
 * The classifier that the settings describe, with its initial weights; `classCounts` are those of the training images,
 * `frozenEngine` runs what is not trained.
 */
export async function buildModel(
  settings: TrainSettings,
  classes: readonly ClassInfo[],
  classCounts: readonly number[],
  { output, env, signal }: ActionContext,
  frozenEngine?: FrozenEngine,
): Promise<CassavaClassifier> {
  const { weights, seed, inputSize, unfreeze, head, dropout, alpha, pooling } = settings;
  const download = downloadProgress(output);
  const backbone = await loadBackbone(settings.backbone, {
    weights,
    seed,
    alpha,
    pooling,
    inputSize: inputSize ?? undefined,
    store: cacheFolder({ env }),
    onProgress: download.onProgress,
    signal,
  }).finally(download.end);
  return createClassifier({
    backbone,
    head: denseHead({
      units: head,
      dropout,
      batchNorm: settings.headBatchNorm,
      activation: settings.headActivation,
    }),
    classes,
    unfreezeFrom: unfreeze === "all" ? stagesOf(backbone.graph)[0] : (unfreeze ?? undefined),
    ...(settings.priorBias && { classCounts }),
    seed,
    rescale: settings.preprocessing === "unit" ? 1 / 255 : 1,
    frozenEngine,
    frozenThreads: frozenThreads(output.warn),
  });
}

/** Shows a download, if there is one: a bar in MiB where the size is known, and a line at its end. */
function downloadProgress(output: Output) {
  const started = Date.now();
  const mebibytes = (count: number) => Math.round(count / 2 ** 20);
  let bar: Progress | undefined;
  let last = 0;
  return {
    onProgress({ received, total }: DownloadProgress) {
      last = received;
      if (total === undefined) return;
      bar ??= output.progress("weights, MiB", mebibytes(total));
      bar.update(mebibytes(received));
    },
    end() {
      bar?.end();
      if (last > 0) output.info(`weights: ${bytes(last)} in ${duration((Date.now() - started) / 1000)}`);
    },
  };
}
