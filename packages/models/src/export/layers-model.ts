import type { Store } from "@cassava/contracts";
import type { CassavaClassifier } from "../classifier.ts";
import { ModelsError } from "../errors.ts";
import { preprocessingSteps } from "../preprocessing.ts";
import { sha256, type WeightArray, type Weights } from "../weights/weights.ts";
import { layersTopology, PREPROCESSING } from "./layers-topology.ts";
import {
  encodeShards,
  isShardName,
  type LayersWeight,
  layersManifest,
  shardCount,
  shardName,
} from "./layers-weights.ts";

/** The file that `tf.loadLayersModel` is given. */
const MODEL_JSON = "model.json";
/** What `saveClassifier` puts beside it. */
export const DESCRIPTION = "cassava.json";

/** How {@link exportLayersModel} writes a model. */
export interface ExportLayersModelOptions {
  /**
   * Store the kernels as float16, by the manifest's own quantization: half the bytes, widened on loading. Biases and batch
   * normalization stay float32, and so does a kernel with a value that float16 cannot hold. Default false.
   */
  readonly float16?: boolean;
}

/** SHA-256 of each file that was written, by name, hexadecimal. */
export type FileHashes = Readonly<Record<string, string>>;

/**
 * Writes a classifier as a tfjs LayersModel, for `tf.loadLayersModel` and nothing of this package: `model.json` and
 * `group1-HASH-shardNofM.bin` of at most 4 MiB. It takes [n, height, width, 3] float32 with RGB values 0-255, preprocesses them
 * itself, and gives [n, classes] probabilities. Layers have Keras's names and their weights Keras's parametrization, nothing is
 * folded; `getUserDefinedMetadata()` of the loaded model has the classes and the preprocessing contract.
 *
 * Shards that the store holds of another model are deleted in the end; until `model.json` is put, that model is whole. A store of
 * `saveClassifier` is refused, as what it holds would no longer load. Source: tfjs 4.22, `io/types.ts`, ModelJSON.
 *
 * @throws {ModelsError} `OPTION_INVALID`
 */
export async function exportLayersModel(
  model: CassavaClassifier,
  store: Store,
  options: ExportLayersModelOptions = {},
): Promise<FileHashes> {
  if ((await store.get(DESCRIPTION)) !== undefined) {
    const message = "belongs to a model of saveClassifier, which plain tfjs loads as it is: export to another store";
    throw new ModelsError("OPTION_INVALID", message, { file: DESCRIPTION });
  }
  const { files, weights } = await writeLayersModel(model, store, options);
  await deleteOtherShards(store, weights.paths);
  return files;
}

/** Weights that lie one after the other in the files `paths`: a group of tfjs's `weightsManifest`. */
export interface WeightsGroup {
  readonly paths: readonly string[];
  readonly weights: readonly LayersWeight[];
}

/** As {@link exportLayersModel}, but leaves the shards of other models: new shards first, `model.json` last. */
export async function writeLayersModel(
  model: CassavaClassifier,
  store: Store,
  options: ExportLayersModelOptions,
): Promise<{ readonly files: FileHashes; readonly weights: WeightsGroup }> {
  const { float16 = false } = options;
  const weights = layersWeights(model, await model.weightValues());
  const manifest = layersManifest(weights, { float16 });
  const files: Record<string, string> = {};
  const paths: string[] = [];
  for (const shard of encodeShards(weights, manifest)) {
    const hash = await sha256(shard);
    const name = shardName(paths.length, shardCount(manifest), hash);
    await store.put(name, shard);
    paths.push(name);
    files[name] = hash;
  }
  const trained = new Set(model.weights.filter(({ trainable }) => trainable).map(({ name }) => name.split("/")[0]!));
  const json = {
    format: "layers-model",
    generatedBy: "@cassava/models",
    convertedBy: null,
    userDefinedMetadata: { classes: model.classes, contract: model.contract },
    modelTopology: layersTopology(model.graph, model.contract, { isTrainable: (layer) => trained.has(layer) }),
    weightsManifest: [{ paths, weights: manifest }],
  };
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  await store.put(MODEL_JSON, bytes);
  files[MODEL_JSON] = await sha256(bytes);
  return { files, weights: { paths, weights: manifest } };
}

/** Deletes every shard but those of `paths`. */
export async function deleteOtherShards(store: Store, paths: readonly string[]): Promise<void> {
  const stale: string[] = [];
  for await (const key of store.keys()) if (isShardName(key) && !paths.includes(key)) stale.push(key);
  for (const key of stale) await store.delete(key);
}

/** What a depthwise kernel is called in tfjs's layers, and in Keras 2. */
const DEPTHWISE = "depthwise_kernel";

/** The weights by the names of tfjs's layers, those of the preprocessing first. */
function layersWeights(model: CassavaClassifier, weights: Weights): Weights {
  const { graph, contract } = model;
  const depthwise = new Set(graph.nodes.filter(({ op }) => op === "depthwiseConv2d").map(({ name }) => name));
  const named = new Map<string, WeightArray>(preprocessingWeights(contract));
  for (const [name, weight] of weights) {
    const [layer, variable] = name.split("/");
    const isDepthwise = variable === "kernel" && depthwise.has(layer!);
    named.set(isDepthwise ? `${layer}/${DEPTHWISE}` : name, weight);
  }
  return named;
}

/** The names of a graph's weights again; without those of the preprocessing, which the contract determines. */
export function graphWeights(weights: Weights): Weights {
  const graph = new Map<string, WeightArray>();
  for (const [name, weight] of weights) {
    const [layer, variable] = name.split("/");
    if (layer !== PREPROCESSING) graph.set(variable === DEPTHWISE ? `${layer}/kernel` : name, weight);
  }
  return graph;
}

/** Preprocessing as a 1x1 convolution: kernel [1, 1, in, out]. */
function preprocessingWeights(contract: CassavaClassifier["contract"]): Weights {
  const { reversed, mean, scale } = preprocessingSteps(contract);
  const kernel = new Float32Array(9);
  for (const [channel, factor] of scale.entries()) kernel[(reversed ? 2 - channel : channel) * 3 + channel] = factor;
  const bias = Float32Array.from(mean, (value, channel) => -value * scale[channel]!);
  return new Map([
    [`${PREPROCESSING}/kernel`, { shape: [1, 1, 3, 3], data: kernel }],
    [`${PREPROCESSING}/bias`, { shape: [3], data: bias }],
  ]);
}
