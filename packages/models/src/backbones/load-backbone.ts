import { ModelsError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { weightSpecs } from "../graph/shapes.ts";
import { initialWeights } from "../initializers.ts";
import { assignWeights } from "../weights/assign.ts";
import type { TransferOptions } from "../weights/download.ts";
import { fetchPublishedWeights, fetchWeights } from "../weights/fetch-weights.ts";
import type { Weights } from "../weights/weights.ts";
import type { BackboneSpec, WeightFile } from "./backbone.ts";
import { backboneSpec } from "./registry.ts";

/** How the features [h, w, c] of a backbone become one vector; `none` leaves them as they are. Keras's names. */
export type Pooling = "avg" | "max" | "none";

/** How {@link loadBackbone} builds a backbone. */
export interface LoadBackboneOptions extends Omit<TransferOptions, "md5Of"> {
  /**
   * `"imagenet"`: the official weights of Keras Applications, downloaded once into `store`; an http(s) address of a Keras `.h5` file or a
   * tfjs `model.json`; weights by name, as `readKerasWeights` gives them; or `"none"`: random ones, to train from scratch.
   * `loadBackbone` of `@cassava/models/node` takes paths as well.
   */
  readonly weights: "imagenet" | "none" | (string & {}) | URL | Weights;
  /** Height and width of the images, in pixels; default: that of the architecture. */
  readonly inputSize?: number | undefined;
  /** Default `avg`. */
  readonly pooling?: Pooling | undefined;
  /** Width multiplier, for architectures that have one (`mobilenet`). Default 1. */
  readonly alpha?: number | undefined;
  /** For weights `"none"`. Default 42. */
  readonly seed?: number;
  /** Where weights that are passed by name come from, for errors and for the saved model. */
  readonly file?: string;
}

/** A network without a head, up to its features, with its weights; no tensor is allocated yet. */
export interface Backbone {
  readonly spec: BackboneSpec;
  /** From [inputSize, inputSize, 3] to [c], or to [h, w, c] without pooling. */
  readonly graph: Graph;
  readonly inputSize: number;
  readonly pooling: Pooling;
  readonly alpha: number;
  readonly weights: Weights;
  readonly pretrained: boolean;
  /** The path or address that the weights were read from. */
  readonly file?: string;
  /** The published file that they are: its licence and checksum; only for weights `"imagenet"`. */
  readonly published?: WeightFile;
}

/** Reads the weights that a path or an address names. */
export type ReadWeights = (source: string | URL, options: LoadBackboneOptions) => Promise<Weights>;

/**
 * The backbone of this name (`resnet50`, …) with pretrained or random weights. Name, size and alpha are checked before
 * anything is downloaded.
 *
 * @throws {ModelsError} `BACKBONE_UNKNOWN`, `INPUT_SIZE`, `OPTION_INVALID` (alpha; no such weights), `WEIGHTS_MISMATCH` (weights of another
 *   architecture), `WEIGHTS_UNREADABLE` (no file of weights), `DOWNLOAD_FAILED`, `CHECKSUM_MISMATCH`.
 */
export function loadBackbone(name: string, options: LoadBackboneOptions): Promise<Backbone> {
  return loadBackboneWith(name, options, { readWeights });
}

/** What an entry of this package adds to {@link loadBackbone}. */
export interface LoadBackboneParts extends Pick<TransferOptions, "md5Of"> {
  readonly readWeights: ReadWeights;
}

/** {@link loadBackbone}, with another way to read what a string or URL names. */
export async function loadBackboneWith(
  name: string,
  options: LoadBackboneOptions,
  { readWeights, md5Of }: LoadBackboneParts,
): Promise<Backbone> {
  const spec = backboneSpec(name);
  const { weights, seed = 42, inputSize = spec.defaultInputSize, pooling = "avg", alpha = 1 } = options;
  if (!Number.isInteger(inputSize) || inputSize < spec.minimumInputSize) {
    const message = `${spec.name} takes square images of a whole number of pixels, at least ${spec.minimumInputSize}; got ${inputSize}`;
    throw new ModelsError("INPUT_SIZE", message);
  }
  if (!(spec.alphas ?? [1]).includes(alpha)) {
    const message = `${spec.name} can be built with alpha ${(spec.alphas ?? [1]).join(", ")}; got ${alpha}`;
    throw new ModelsError("OPTION_INVALID", message);
  }
  const graph = pooled(spec.build(alpha), pooling);
  const specs = weightSpecs(graph, [inputSize, inputSize, 3]);
  const made = { spec, graph, inputSize, pooling, alpha };
  if (weights === "none") return { ...made, weights: initialWeights(specs, seed), pretrained: false };

  const published = weights === "imagenet" ? publishedWeights(spec, alpha) : undefined;
  const named = typeof weights === "string" || weights instanceof URL ? weights : undefined;
  const file = published?.url ?? named?.toString() ?? options.file;
  let found: Weights;
  if (published !== undefined) found = await fetchPublishedWeights(published, { ...options, md5Of });
  else if (named !== undefined) found = await readWeights(named, options);
  else found = weights as Weights;
  return {
    ...made,
    weights: assignWeights(specs, found, { backbone: spec.name, file }),
    pretrained: true,
    ...(file !== undefined && { file }),
    ...(published !== undefined && { published }),
  };
}

function publishedWeights(spec: BackboneSpec, alpha: number): WeightFile {
  const { imagenet, imagenetAlphas = spec.alphas ?? [1] } = spec;
  if (imagenet !== undefined && imagenetAlphas.includes(alpha)) return imagenet(alpha);
  const width = alpha === 1 ? "" : ` at alpha ${alpha}`;
  const message = `there are no ImageNet weights of ${spec.name}${width}: pass weights "none" to train from scratch, or weights of your own`;
  throw new ModelsError("OPTION_INVALID", message);
}

async function readWeights(source: string | URL, options: LoadBackboneOptions): Promise<Weights> {
  if (isWebAddress(source)) return fetchWeights(new URL(source).href, options);
  const message = `weights "${source}" is neither "imagenet", "none" nor an http(s) address; loadBackbone of @cassava/models/node takes paths`;
  throw new ModelsError("OPTION_INVALID", message);
}

/** Whether this is to be fetched. */
export function isWebAddress(source: string | URL): boolean {
  return /^https?:\/\//i.test(source.toString());
}

/** Pooling belongs to the last stage, since there is nothing in it to train. */
function pooled(graph: Graph, pooling: Pooling): Graph {
  if (pooling === "none") return graph;
  const stage = graph.nodes.at(-1)!.stage;
  const op = pooling === "avg" ? "globalAveragePool" : "globalMaxPool";
  const name = `${pooling}_pool`;
  return { ...graph, output: name, nodes: [...graph.nodes, { op, name, stage, input: graph.output }] };
}
