import type {
  ClassInfo,
  Classifier,
  FrozenEngine,
  FrozenPart,
  NamedWeight,
  PreprocessingContract,
} from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import type { Backbone } from "./backbones/load-backbone.ts";
import { ModelsError } from "./errors.ts";
import { type FrozenThreads, frozenPart } from "./frozen-part.ts";
import { cutGraph } from "./graph/cut.ts";
import { type Graph, stagesOf } from "./graph/graph.ts";
import { runGraph } from "./graph/run-graph.ts";
import { tensorShapes, weightSpecs } from "./graph/shapes.ts";
import { HEAD_STAGE, type HeadSpec, LOGITS, priorBias, withHead } from "./head.ts";
import { initialWeights, seedOf } from "./initializers.ts";
import { batchNormStep } from "./normalize.ts";
import type { WeightArray, Weights } from "./weights/weights.ts";

/** What a classifier is made of; all of it but the engine is saved with the model. */
export interface ClassifierOptions {
  readonly backbone: Backbone;
  readonly head: HeadSpec;
  readonly classes: readonly ClassInfo[];
  /** The first stage of the backbone that is trained; default: none, the whole backbone is frozen. */
  readonly unfreezeFrom?: string | undefined;
  /**
   * Batch normalizations of the backbone above the cut. `frozen`: an affine step by pretrained statistics, none of it trained.
   * `training`: by the statistics of the batch. Default: `frozen` for pretrained weights, `training` from scratch. Those of the
   * head are always trained.
   */
  readonly batchNorm?: "frozen" | "training" | undefined;
  /** Runs the part below the cut, as an ONNX graph; default: fused tfjs operations on the current engine. */
  readonly frozenEngine?: FrozenEngine | undefined;
  /** Where the part below the cut runs if no `frozenEngine` does; default: in this thread. */
  readonly frozenThreads?: FrozenThreads | undefined;
  /** Training images of each class: the head then begins with the bias log(share) in place of 0. */
  readonly classCounts?: readonly number[] | undefined;
  /**
   * What pixels are multiplied by before the backbone's own preprocessing; default 1. Anything else is not what pretrained weights expect:
   * 1 / 255 repeats the mistake that freezes a run at the share of its largest class.
   */
  readonly rescale?: number | undefined;
  /** For the head's initial weights. Default 42. */
  readonly seed?: number;
  /** Weights of the head and above the cut, by name, instead of the initial ones: how a saved model is restored. */
  readonly restore?: Weights;
}

/** A classifier of this package: what the contract asks for, a cut that can be moved, and what saving it needs. */
export interface CassavaClassifier extends Classifier {
  readonly backbone: Backbone;
  readonly head: HeadSpec;
  /** Backbone and head, up to the logits. */
  readonly graph: Graph;
  /** The first stage of the backbone above the cut; undefined where only the head is trained. */
  readonly cut: string | undefined;
  readonly batchNorm: "frozen" | "training";
  /** Moves the cut to above the whole backbone. What was trained stays as it is. */
  freeze(what: "all"): Promise<void>;
  /** Moves the cut to below `stage`: it and all later ones are trained from now on. `weights` and `frozen` change. */
  unfreezeFrom(stage: string): Promise<void>;
  /** Unfreezes the last `count` stages of the backbone; 0 freezes all. */
  unfreezeLast(count: number): Promise<void>;
  /** Every weight as it is now, by name, below the cut and above it. */
  weightValues(): Promise<Weights>;
  /** Releases every tensor and variable. */
  dispose(): void;
}

/**
 * A backbone and a head with one cut: below it a frozen part, above it variables on the gradient tape.
 *
 * @throws {ModelsError} `STAGE_UNKNOWN`, `OPTION_INVALID`
 */
export async function createClassifier(options: ClassifierOptions): Promise<CassavaClassifier> {
  const {
    backbone,
    head,
    classes,
    frozenEngine,
    frozenThreads,
    classCounts,
    seed = 42,
    rescale = 1,
    restore,
  } = options;
  const { batchNorm = backbone.pretrained ? "frozen" : "training" } = options;
  const size = [backbone.inputSize, backbone.inputSize] as const;
  const contract: PreprocessingContract = {
    mode: backbone.spec.preprocessing,
    ...(rescale !== 1 && { rescale }),
    inputRange: [0, 255],
    inputSize: size,
    resize: "antialiased-bilinear",
  };
  if (!(rescale > 0 && Number.isFinite(rescale))) {
    throw new ModelsError("OPTION_INVALID", `rescale must be a positive number; got ${rescale}`);
  }
  if (classCounts !== undefined && classCounts.length !== classes.length) {
    throw new ModelsError(
      "OPTION_INVALID",
      `classCounts has ${classCounts.length} numbers for ${classes.length} classes`,
    );
  }
  const features = tensorShapes(backbone.graph, [...size, 3]).get(backbone.graph.output)!;
  const graph = withHead(backbone.graph, head, features, classes.length);
  const specs = weightSpecs(graph, [...size, 3]);
  const headSpecs = specs.filter(({ stage }) => stage === HEAD_STAGE);
  const stages = stagesOf(backbone.graph);

  /** Weights outside of any engine: all that lie below the cut, and those above it until they become variables. */
  const values = new Map<string, WeightArray>([...backbone.weights, ...initialWeights(headSpecs, seed)]);
  if (classCounts !== undefined)
    values.set(`${LOGITS}/bias`, { shape: [classes.length], data: priorBias(classCounts) });
  const variables = new Map<string, tf.Variable>();
  const weight = (name: string): tf.Tensor => variables.get(name)!;
  const isLive = (stage: string) => batchNorm === "training" || stage === HEAD_STAGE;

  let cut: string | undefined;
  let frozen: FrozenPart;
  let above: Graph;
  let normalization: ReturnType<typeof batchNormStep>;
  let weights: readonly NamedWeight[] = [];

  /** Moves the cut; what crosses it upwards becomes a variable, what crosses it downwards an array again. */
  async function moveCut(to: string | undefined): Promise<void> {
    const parts = cutGraph(graph, to ?? HEAD_STAGE);
    const upper = new Set(parts.above.nodes.map(({ name }) => name));
    const sinking = [...variables].filter(([name]) => !upper.has(name.split("/")[0]!));
    for (const [name, variable] of sinking) values.set(name, await arrayOf(variable));
    const below = new Map(specs.filter(({ node }) => !upper.has(node)).map(({ name }) => [name, values.get(name)!]));
    const next = await frozenPart({ graph: parts.below, weights: below }, contract, frozenEngine, frozenThreads);
    // Nothing fails from here on: until now the old cut was whole.
    for (const [name, variable] of sinking) {
      variable.dispose();
      variables.delete(name);
    }
    weights = specs
      .filter(({ node }) => upper.has(node))
      .map(({ name, role, stage }) => {
        const isStatistic = role.startsWith("moving_");
        const isNorm = isStatistic || role === "gamma" || role === "beta";
        const trainable = !isStatistic && (!isNorm || batchNorm === "training" || stage === HEAD_STAGE);
        const variable = variables.get(name) ?? variableOf(values.get(name)!, trainable);
        variables.set(name, variable);
        return { name, trainable, variable };
      });
    frozen?.dispose();
    [frozen, above, cut] = [next, parts.above, to];
    normalization = batchNormStep(above, weight, isLive);
  }

  const start = stageOf(options.unfreezeFrom);
  if (restore !== undefined) {
    const { above: upper } = cutGraph(graph, start ?? HEAD_STAGE);
    const names = new Set(upper.nodes.map(({ name }) => name));
    for (const { name, node, shape } of specs) if (names.has(node)) values.set(name, restored(name, shape, restore));
  }
  await moveCut(start);

  function stageOf(stage: string | undefined): string | undefined {
    if (stage !== undefined && !stages.includes(stage)) {
      const message = `there is no stage "${stage}" to unfreeze from; choose one of ${stages.join(", ")}`;
      throw new ModelsError("STAGE_UNKNOWN", message);
    }
    return stage;
  }

  return {
    get frozen() {
      return frozen;
    },
    get weights() {
      return weights;
    },
    get cut() {
      return cut;
    },
    classes,
    contract,
    backbone,
    head,
    graph,
    batchNorm,
    logits: (input, mode, stepSeed = 0) =>
      tf.tidy(() => {
        const training = mode === "training";
        return runGraph(above, input, {
          weight,
          ...normalization(training),
          dropout: training ? (x, node) => tf.dropout(x, node.rate, undefined, seedOf(node.name, stepSeed)) : undefined,
          release: false,
        });
      }),
    freeze: () => moveCut(undefined),
    unfreezeFrom: (stage) => moveCut(stageOf(stage)),
    unfreezeLast(count) {
      if (!Number.isInteger(count) || count < 0 || count > stages.length) {
        const message = `${backbone.spec.name} has ${stages.length} stages; ${count} of them cannot be unfrozen`;
        throw new ModelsError("OPTION_INVALID", message);
      }
      return moveCut(stages[stages.length - count]);
    },
    async weightValues() {
      const current = new Map(values);
      for (const [name, variable] of variables) current.set(name, await arrayOf(variable));
      return current;
    },
    dispose() {
      frozen.dispose();
      for (const variable of variables.values()) variable.dispose();
      variables.clear();
    },
  };
}

/** A saved weight; a saved model must have every one, in its shape. */
function restored(name: string, shape: readonly number[], saved: Weights): WeightArray {
  const found = saved.get(name);
  if (found?.shape.join() === shape.join()) return found;
  const what = found === undefined ? "is missing" : `is [${found.shape}] instead of [${shape}]`;
  throw new ModelsError("MODEL_CORRUPT", `${name} ${what} in the saved model; train or copy the model again`);
}

async function arrayOf(variable: tf.Variable): Promise<WeightArray> {
  return { shape: variable.shape, data: (await variable.data()) as Float32Array };
}

function variableOf({ data, shape }: WeightArray, trainable: boolean): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(data, [...shape], "float32"), trainable));
}
