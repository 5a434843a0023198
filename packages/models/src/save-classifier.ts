import type { ClassInfo, PreprocessingContract, Store } from "@cassava/contracts";
import { loadBackbone, POOLING } from "./backbones/load-backbone.ts";
import { type CassavaClassifier, createClassifier } from "./classifier.ts";
import { ModelsError } from "./errors.ts";
import type { HeadSpec } from "./head.ts";
import { decodeSafetensors, encodeSafetensors } from "./weights/safetensors.ts";
import { hashWeights, type WeightArray, type Weights } from "./weights/weights.ts";

const DESCRIPTION = "cassava.json";
const WEIGHTS = "weights.safetensors";
const FORMAT = "cassava-classifier";

/** What `cassava.json` of a saved model says. */
interface Description {
  readonly format: typeof FORMAT;
  readonly version: 1;
  readonly backbone: {
    readonly name: string;
    readonly inputSize: number;
    readonly pooling: typeof POOLING;
    readonly pretrained: boolean;
    readonly file: string | null;
  };
  readonly unfreezeFrom: string | null;
  readonly batchNorm: "frozen" | "training";
  readonly head: HeadSpec;
  readonly classes: readonly ClassInfo[];
  readonly contract: PreprocessingContract;
  /** Hash of all weights and of this description but for itself: what is damaged, edited or exchanged is noticed. */
  readonly sha256: string;
}

/**
 * Saves a classifier, whole: `weights.safetensors` (backbone and head) and `cassava.json` (architecture, classes, preprocessing
 * contract), the latter last, so that a model without it was never finished.
 */
export async function saveClassifier(model: CassavaClassifier, store: Store): Promise<void> {
  const weights = new Map<string, WeightArray>(model.backbone.weights);
  for (const { name, variable } of model.weights) {
    weights.set(name, { shape: variable.shape, data: (await variable.data()) as Float32Array });
  }
  const { backbone } = model;
  const description: Omit<Description, "sha256"> = {
    format: FORMAT,
    version: 1,
    backbone: {
      name: backbone.spec.name,
      inputSize: backbone.inputSize,
      pooling: POOLING,
      pretrained: backbone.pretrained,
      file: backbone.file ?? null,
    },
    unfreezeFrom: model.unfreezeFrom ?? null,
    batchNorm: model.batchNorm,
    head: model.head,
    classes: model.classes,
    contract: model.contract,
  };
  const sealed: Description = { ...description, sha256: await hashWeights(weights, JSON.stringify(description)) };
  await store.put(WEIGHTS, encodeSafetensors(weights));
  await store.put(DESCRIPTION, new TextEncoder().encode(`${JSON.stringify(sealed, null, 2)}\n`));
}

/**
 * The classifier that {@link saveClassifier} put into `store`.
 *
 * @throws {ModelsError} `MODEL_MISSING`, `MODEL_CORRUPT`
 */
export async function loadClassifier(store: Store): Promise<CassavaClassifier> {
  const json = await store.get(DESCRIPTION);
  const bytes = await store.get(WEIGHTS);
  if (json === undefined || bytes === undefined) {
    const message = `holds no model: ${json === undefined ? DESCRIPTION : WEIGHTS} is missing; pass the folder of a finished run`;
    throw new ModelsError("MODEL_MISSING", message);
  }
  const { sha256, ...description } = parseDescription(json);
  const weights = decodeSafetensors(bytes);
  if ((await hashWeights(weights, JSON.stringify(description))) !== sha256) {
    const message = `and ${DESCRIPTION} do not belong together, or one of them was changed; train or copy the model again`;
    throw new ModelsError("MODEL_CORRUPT", message, { file: WEIGHTS });
  }
  const isHead = (name: string) => name.startsWith("head_");
  const entries = [...weights];
  const backboneWeights: Weights = new Map(entries.filter(([name]) => !isHead(name)));
  const { name, inputSize, pretrained, file } = description.backbone;
  const loaded = loadBackbone(name, { weights: backboneWeights, inputSize, ...(file !== null && { file }) });
  return createClassifier({
    backbone: { ...loaded, pretrained },
    head: description.head,
    classes: description.classes,
    unfreezeFrom: description.unfreezeFrom ?? undefined,
    batchNorm: description.batchNorm,
    restore: weights,
  });
}

function parseDescription(json: Uint8Array): Description {
  try {
    const description = JSON.parse(new TextDecoder().decode(json)) as Partial<Description> | null;
    if (description?.format === FORMAT && description.version === 1) return description as Description;
  } catch (cause) {
    throw new ModelsError("MODEL_CORRUPT", "is not JSON; train or copy the model again", { file: DESCRIPTION, cause });
  }
  const message = "was written by a newer or another program; update @cassava/models";
  throw new ModelsError("MODEL_CORRUPT", message, { file: DESCRIPTION });
}
