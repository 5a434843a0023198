import { readFile } from "node:fs/promises";
import type { ClassInfo } from "@cassava/contracts";
import {
  type CassavaClassifier,
  createClassifier,
  denseHead,
  loadBackbone,
  readKerasWeights,
  stagesOf,
  type Weights,
} from "@cassava/models";
import { CliError } from "../errors.ts";
import type { TrainSettings } from "./settings.ts";

/** The classifier that the settings describe, with its initial weights. */
export async function buildModel(settings: TrainSettings, classes: readonly ClassInfo[]): Promise<CassavaClassifier> {
  const { seed, inputSize, unfreeze, head, dropout } = settings;
  const fromScratch = settings.weights === "none";
  const weights = fromScratch ? "none" : await readWeights(settings.weights);
  const backbone = loadBackbone(settings.backbone, {
    weights,
    seed,
    inputSize: inputSize ?? undefined,
    ...(!fromScratch && { file: settings.weights }),
  });
  return createClassifier({
    backbone,
    head: denseHead({ units: head, dropout }),
    classes,
    unfreezeFrom: unfreeze === "all" ? stagesOf(backbone.graph)[0] : (unfreeze ?? undefined),
    seed,
  });
}

async function readWeights(file: string): Promise<Weights> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    const message = `--weights: ${file} cannot be read: pass the .h5 file that Keras wrote, or "none" to train from scratch`;
    throw new CliError("OPTION_INVALID", message, { cause });
  }
  return readKerasWeights(bytes, { file });
}
