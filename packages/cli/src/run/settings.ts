import type { FrozenEngineName } from "./frozen-engine.ts";
import type { RecipeName } from "./recipes.ts";

/** Every setting of a training run that has an effect; `config.json` holds them all, so that a run can be repeated. */
export interface TrainSettings {
  /** Paths of the data set, absolute. */
  readonly dataset: readonly string[];
  readonly backbone: string;
  /** `imagenet`, an http(s) address or an absolute path of a file of weights, or `none`: trained from scratch. */
  readonly weights: string;
  /** A split file to replay, absolute; null: split anew by `ratios` and `seed`. */
  readonly split: string | null;
  readonly ratios: readonly number[];
  /** Pixels; null: the backbone's default. */
  readonly inputSize: number | null;
  /** Width multiplier of the backbone; 1 where it has none. */
  readonly alpha: number;
  readonly pooling: "avg" | "max" | "none";
  /** `own`: what the weights ask for; `unit`: pixels divided by 255 before, a mistake with any weights of this family. */
  readonly preprocessing: "own" | "unit";
  /** First stage that is trained; `all`, or null for none. */
  readonly unfreeze: string | null;
  /** Widths of the hidden layers of the head. */
  readonly head: readonly number[];
  readonly dropout: number;
  readonly headBatchNorm: boolean;
  readonly headActivation: "relu" | "elu" | "tanh" | "swish" | "linear";
  /** Whether the head begins with the shares of the training classes as its answer. */
  readonly priorBias: boolean;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: "adam" | "adamW" | "rmsprop" | "sgd";
  readonly learningRate: number;
  readonly schedule: "constant" | "step" | "exponential" | "polynomial" | "cosine" | "one-cycle";
  readonly loss: "crossentropy" | "focal";
  /** Epochs without a better validation loss after which the rate falls to a tenth; 0: never. */
  readonly plateau: number;
  /** Largest norm of all gradients together; null: they are not clipped. */
  readonly clipNorm: number | null;
  /** Steps whose gradients are averaged before the weights change. */
  readonly accumulate: number;
  /** Decay of an average of the weights, which is evaluated and kept; null: none. */
  readonly ema: number | null;
  /** Random changes of the training images, as `--augment` takes them; `none`. */
  readonly augment: string;
  /** Views of each image that are kept as features. */
  readonly views: number;
  /** How features of the frozen part are kept, in memory and in the cache. */
  readonly featurePrecision: "float32" | "float16";
  /** Both parameters of mixup's Beta distribution; 0: nothing is mixed. */
  readonly mixUp: number;
  readonly labelSmoothing: number;
  readonly classWeights: "none" | "balanced";
  /** Epochs without a better validation loss after which training stops; 0: never. */
  readonly patience: number;
  /** Stages of the backbone that are trained after the head, from the top; `all`: all of them at once; 0: none. */
  readonly fineTune: number | "all";
  /** Most epochs of each of these stages; 0 where there are none, as is the rate. */
  readonly fineTuneEpochs: number;
  /** The highest rate of the first of these stages. */
  readonly fineTuneRate: number;
  readonly fineTuneOptimizer: "adam" | "adamW" | "rmsprop" | "sgd";
  /** Augmented views of an image whose predictions are averaged with that of the plain image. */
  readonly testViews: number;
  /** Where settings came from that no option gave. */
  readonly recipe: RecipeName | null;
  readonly seed: number;
  /** `auto` or the name of an engine. */
  readonly engine: string;
  readonly frozenEngine: "auto" | FrozenEngineName;
}

/** Whether `--weights` names a file rather than an address or a word. */
export function isWeightsPath(weights: string): boolean {
  return weights !== "none" && weights !== "imagenet" && !/^https?:\/\//i.test(weights);
}

/** `config.json` of a run. */
export interface RunConfig {
  readonly version: 1;
  readonly settings: TrainSettings;
  readonly inputSize: number;
  readonly classes: readonly string[];
  readonly engine: { readonly name: string; readonly device: string };
  /** What ran the frozen part. */
  readonly frozenEngine: FrozenEngineName;
  /** Trained in spite of what was found before the first step. */
  readonly forced?: true;
  readonly versions: Readonly<Record<string, string>>;
  readonly model: {
    readonly parameters: number;
    readonly trainableParameters: number;
    readonly multiplyAdds: number;
    readonly preprocessing: string;
  };
}
