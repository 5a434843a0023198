import type { ClassInfo, Classifier, NamedWeight, PreprocessingContract } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import type { Backbone } from "./backbones/load-backbone.ts";
import { ModelsError } from "./errors.ts";
import { inferenceBatchNorm, tfjsFrozenPart } from "./frozen-part.ts";
import { batchNormTraining } from "./graph/batch-norm.ts";
import { cutGraph } from "./graph/cut.ts";
import type { BatchNormNode, Graph } from "./graph/graph.ts";
import { runGraph } from "./graph/run-graph.ts";
import { weightSpecs } from "./graph/shapes.ts";
import { type HeadSpec, initialHeadWeights, runHead } from "./head.ts";
import type { WeightArray, Weights } from "./weights/weights.ts";

/** What a classifier is made of; all of it is saved with the model. */
export interface ClassifierOptions {
  readonly backbone: Backbone;
  readonly head: HeadSpec;
  readonly classes: readonly ClassInfo[];
  /** The first stage of the backbone that is trained; default: none, the whole backbone is frozen. */
  readonly unfreezeFrom?: string | undefined;
  /**
   * Batch normalizations above the cut. `frozen`: an affine step by pretrained statistics, none of it trained. `training`: by
   * the statistics of the batch. Default: `frozen` for pretrained weights, `training` from scratch.
   */
  readonly batchNorm?: "frozen" | "training" | undefined;
  /** For the head's initial weights. Default 42. */
  readonly seed?: number;
  /** Weights above the cut, by name, instead of the backbone's and the initial ones: how a saved model is restored. */
  readonly restore?: Weights;
}

/** A classifier of this package: what the contract asks for, and what saving it needs. */
export interface CassavaClassifier extends Classifier {
  readonly backbone: Backbone;
  readonly head: HeadSpec;
  readonly unfreezeFrom: string | undefined;
  readonly batchNorm: "frozen" | "training";
  /** Releases every tensor and variable. */
  dispose(): void;
}

/**
 * A backbone and a head with one cut: below it a frozen part, above it variables on the gradient tape.
 *
 * @throws {ModelsError} `STAGE_UNKNOWN`
 */
export async function createClassifier(options: ClassifierOptions): Promise<CassavaClassifier> {
  const { backbone, head, classes, unfreezeFrom, seed = 42, restore } = options;
  const { batchNorm = backbone.pretrained ? "frozen" : "training" } = options;
  const contract: PreprocessingContract = {
    mode: backbone.spec.preprocessing,
    inputRange: [0, 255],
    inputSize: [backbone.inputSize, backbone.inputSize],
    resize: "antialiased-bilinear",
  };
  const { below, above } = cutGraph(backbone.graph, unfreezeFrom);
  const frozenWeights = pick(backbone.weights, below, backbone.inputSize);
  const frozen = await tfjsFrozenPart({ graph: below, weights: frozenWeights }, contract);

  const initial = new Map([
    ...[...backbone.weights].filter(([name]) => !frozenWeights.has(name)),
    ...initialHeadWeights(head, backbone.spec.features, classes.length, seed),
  ]);
  const normalizations = new Set(above.nodes.filter((node) => node.op === "batchNorm").map((node) => node.name));
  const weights: NamedWeight[] = [...initial].map(([name, value]) => {
    const trainable = isTrainable(name, normalizations, batchNorm);
    return { name, trainable, variable: variableOf(restored(name, value, restore), trainable) };
  });
  const byName = new Map(weights.map((weight) => [weight.name, weight.variable]));
  const weight = (name: string): tf.Variable => byName.get(name)!;

  return {
    frozen,
    classes,
    contract,
    weights,
    backbone,
    head,
    unfreezeFrom,
    batchNorm,
    logits: (features, mode, stepSeed = 0) =>
      tf.tidy(() => {
        const normalize = (x: tf.Tensor4D, node: BatchNormNode) =>
          mode === "training" && batchNorm === "training"
            ? trainingBatchNorm(x, node, weight)
            : inferenceBatchNorm(x, node, weight);
        const pooled = runGraph(above, features, { weight, batchNorm: normalize, release: false });
        const dropoutSeed = mode === "training" ? stepSeed : undefined;
        return runHead(head, pooled as tf.Tensor2D, { weight, dropoutSeed });
      }),
    dispose() {
      frozen.dispose();
      for (const { variable } of weights) variable.dispose();
    },
  };
}

/** A normalization by the statistics of the batch, which moves the moving ones on. */
function trainingBatchNorm(x: tf.Tensor4D, node: BatchNormNode, weight: (name: string) => tf.Variable): tf.Tensor4D {
  const [gamma, beta] = [weight(`${node.name}/gamma`), weight(`${node.name}/beta`)] as unknown as tf.Tensor1D[];
  const { y, mean, variance } = batchNormTraining(x, gamma!, beta!, node.epsilon);
  for (const [role, value] of [["moving_mean", mean] as const, ["moving_variance", variance] as const]) {
    const moving = weight(`${node.name}/${role}`);
    moving.assign(moving.mul(node.momentum).add(value.mul(1 - node.momentum)));
  }
  return y;
}

/** The weight to begin with; a saved model must have every one, in its shape. */
function restored(name: string, initial: WeightArray, saved: Weights | undefined): WeightArray {
  if (saved === undefined) return initial;
  const found = saved.get(name);
  if (found?.shape.join() === initial.shape.join()) return found;
  const what = found === undefined ? "is missing" : `is [${found.shape}] instead of [${initial.shape}]`;
  throw new ModelsError("MODEL_CORRUPT", `${name} ${what} in the saved model; train or copy the model again`);
}

function isTrainable(name: string, normalizations: ReadonlySet<string>, batchNorm: "frozen" | "training"): boolean {
  const [node = "", role = ""] = name.split("/");
  return !normalizations.has(node) || (batchNorm === "training" && !role.startsWith("moving_"));
}

function variableOf({ data, shape }: WeightArray, trainable: boolean): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(data, [...shape], "float32"), trainable));
}

/** The weights that the nodes of `graph` own. */
function pick(weights: Weights, graph: Graph, inputSize: number): Weights {
  return new Map(weightSpecs(graph, [inputSize, inputSize, 3]).map(({ name }) => [name, weights.get(name)!]));
}
