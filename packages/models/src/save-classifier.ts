import type { ClassInfo, FrozenEngine, PreprocessingContract, Store } from "@cassava/contracts";
import type { WeightFile } from "./backbones/backbone.ts";
import { loadBackbone, type Pooling } from "./backbones/load-backbone.ts";
import { type CassavaClassifier, createClassifier } from "./classifier.ts";
import { ModelsError } from "./errors.ts";
import {
  DESCRIPTION,
  deleteOtherShards,
  type ExportLayersModelOptions,
  type FileHashes,
  graphWeights,
  type WeightsGroup,
  writeLayersModel,
} from "./export/layers-model.ts";
import type { Json } from "./export/layers-topology.ts";
import { decodeShards } from "./export/layers-weights.ts";
import type { FrozenThreads } from "./frozen-part.ts";
import { HEAD_STAGE, type HeadSpec } from "./head.ts";
import { sha256, type Weights } from "./weights/weights.ts";

const FORMAT = "cassava-classifier";

/** What `cassava.json` of a saved model says. */
export interface ClassifierDescription {
  readonly format: typeof FORMAT;
  readonly version: 3;
  readonly backbone: {
    readonly name: string;
    /** Width multiplier. */
    readonly alpha: number;
    readonly pooling: Pooling;
    /** Height and width of the images, in pixels. */
    readonly inputSize: number;
    readonly pretrained: boolean;
    /** Where the pretrained weights came from. */
    readonly file: string | null;
    /** The published file that they were: its licence, checksum and source; absent for any other weights. */
    readonly published?: WeightFile;
  };
  /** The first stage that was trained; null where only the head was. */
  readonly cut: string | null;
  readonly batchNorm: "frozen" | "training";
  readonly head: HeadSpec;
  readonly classes: readonly ClassInfo[];
  readonly contract: PreprocessingContract;
  /** How the kernels are stored. */
  readonly dtype: "float32" | "float16";
  /** What the caller told of the training. */
  readonly training: Json;
  /** SHA-256 of every other file of the model. */
  readonly files: FileHashes;
  /** Where the weights lie, as in `model.json`, which is for others: it may be of a newer model whose saving was stopped. */
  readonly weights: WeightsGroup;
  /** SHA-256 of all of this but for itself, as JSON without spaces. */
  readonly sha256: string;
}

/** How {@link saveClassifier} writes a model. */
export interface SaveClassifierOptions extends ExportLayersModelOptions {
  /** A record of the training, kept in `cassava.json`; default: null. */
  readonly training?: Json;
}

/** How {@link loadClassifier} prepares a model. */
export interface LoadClassifierOptions {
  /** Runs the part below the cut; default: fused tfjs operations on the current engine. */
  readonly frozenEngine?: FrozenEngine | undefined;
  /** As in `createClassifier`. */
  readonly frozenThreads?: FrozenThreads | undefined;
}

/**
 * Saves a classifier, whole, as a tfjs LayersModel (see `exportLayersModel`) with `cassava.json` beside it: architecture, cut,
 * classes, preprocessing contract, training record, where the weights lie and the hashes of the files. Beside the weights
 * themselves no more than 4 MiB are held.
 *
 * A model that the store holds already stays whole until the new one is: the new shards have other names, then come `model.json`
 * and `cassava.json`, then the old shards are deleted. Whoever stops in between leaves the old model or the new one, for
 * `loadClassifier`, which needs no `model.json`, and for plain tfjs alike (between the last two puts: the old and the new one).
 *
 * With `float16` kernels are rounded to 11 significant bits: with ImageNet weights and random heads
 * the probabilities of four images moved by up to 5e-4 (ResNet50) and 4e-3 (MobileNetV2).
 */
export async function saveClassifier(
  model: CassavaClassifier,
  store: Store,
  options: SaveClassifierOptions = {},
): Promise<void> {
  const { float16 = false, training = null } = options;
  const { files, weights } = await writeLayersModel(model, store, { float16 });
  const { backbone } = model;
  const description: Omit<ClassifierDescription, "sha256"> = {
    format: FORMAT,
    version: 3,
    backbone: {
      name: backbone.spec.name,
      alpha: backbone.alpha,
      pooling: backbone.pooling,
      inputSize: backbone.inputSize,
      pretrained: backbone.pretrained,
      file: backbone.file ?? null,
      ...(backbone.published !== undefined && { published: backbone.published }),
    },
    cut: model.cut ?? null,
    batchNorm: model.batchNorm,
    head: model.head,
    classes: model.classes,
    contract: model.contract,
    dtype: float16 ? "float16" : "float32",
    training,
    files,
    weights,
  };
  const sealed: ClassifierDescription = { ...description, sha256: await seal(description) };
  await store.put(DESCRIPTION, new TextEncoder().encode(`${legible(sealed)}\n`));
  await deleteOtherShards(store, weights.paths);
}

/**
 * The classifier that {@link saveClassifier} put into `store`, bit for bit, but for the rounding of `float16`.
 *
 * @throws {ModelsError} `MODEL_MISSING` (a file), `MODEL_CORRUPT` (a file that is damaged, or of another model): names it.
 */
export async function loadClassifier(store: Store, options: LoadClassifierOptions = {}): Promise<CassavaClassifier> {
  const description = await describeClassifier(store);
  const weights = graphWeights(await readWeights(store, description));
  const { name, alpha, pooling, inputSize, pretrained, file, published } = description.backbone;
  const loaded = await loadBackbone(name, {
    weights: new Map([...weights].filter(([weight]) => !weight.startsWith(`${HEAD_STAGE}_`))),
    inputSize,
    pooling,
    alpha,
    ...(file !== null && { file }),
  });
  // The contract of the file, whatever this version of the package knows of the architecture.
  const spec = { ...loaded.spec, preprocessing: description.contract.mode };
  return createClassifier({
    backbone: { ...loaded, spec, pretrained, ...(published !== undefined && { published }) },
    head: description.head,
    classes: description.classes,
    unfreezeFrom: description.cut ?? undefined,
    batchNorm: description.batchNorm,
    frozenEngine: options.frozenEngine,
    frozenThreads: options.frozenThreads,
    rescale: description.contract.rescale,
    restore: weights,
  });
}

/**
 * What is known of a saved classifier, without its weights.
 *
 * @throws {ModelsError} `MODEL_MISSING`, `MODEL_CORRUPT`
 */
export async function describeClassifier(store: Store): Promise<ClassifierDescription> {
  const bytes = await store.get(DESCRIPTION);
  if (bytes === undefined) {
    const message = `holds no model: ${DESCRIPTION} is missing; pass the folder that saveClassifier wrote to its end`;
    throw new ModelsError("MODEL_MISSING", message);
  }
  const json = parse(DESCRIPTION, bytes) as Partial<ClassifierDescription> | null;
  if (json?.format !== FORMAT || json.version !== 3) {
    const message =
      "was written by another version of @cassava/models, or another program; train again, or use that version";
    throw new ModelsError("MODEL_CORRUPT", message, { file: DESCRIPTION });
  }
  const { sha256: sealed, ...description } = json as ClassifierDescription;
  if ((await seal(description)) !== sealed) {
    throw new ModelsError("MODEL_CORRUPT", "was changed after it was written; train or copy the model again", {
      file: DESCRIPTION,
    });
  }
  return json as ClassifierDescription;
}

function seal(description: Omit<ClassifierDescription, "sha256">): Promise<string> {
  return sha256(new TextEncoder().encode(JSON.stringify(description)));
}

/** JSON with a line for each field, but lists of numbers, the shapes of a few hundred weights, on one. No string has a raw newline. */
function legible(description: ClassifierDescription): string {
  return JSON.stringify(description, null, 2).replace(/\[\n[\d\s,]+\]/g, (list) => list.replace(/\s+/g, ""));
}

async function readWeights(store: Store, { files, weights }: ClassifierDescription): Promise<Weights> {
  async function* shards() {
    for (const path of weights.paths) yield await readFile(store, path, files);
  }
  return decodeShards(weights.weights, shards());
}

/** A file that `cassava.json` vouches for. */
async function readFile(store: Store, name: string, files: FileHashes): Promise<Uint8Array> {
  const bytes = await store.get(name);
  if (bytes === undefined) {
    throw new ModelsError("MODEL_MISSING", "is missing; copy the whole folder of the model again", { file: name });
  }
  if ((await sha256(bytes)) === files[name]) return bytes;
  const message = `is damaged, or does not belong to this ${DESCRIPTION}; train or copy the model again`;
  throw new ModelsError("MODEL_CORRUPT", message, { file: name });
}

function parse(file: string, bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const what = /^\s*</.test(text)
      ? "is an HTML page; check the address"
      : "is not JSON; train or copy the model again";
    throw new ModelsError("MODEL_CORRUPT", what, { file, cause });
  }
}
