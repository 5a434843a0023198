import type { ProbeOutcome } from "./probe.ts";

/** Class counts of the parts of a split; index = class. */
export interface SplitCounts {
  readonly train?: readonly number[];
  readonly validation?: readonly number[];
  readonly test?: readonly number[];
}

/** Answers of the trained model, in inference mode. */
export interface Predictions {
  /** Which images: `out-of-fold` are those of a cross-validation. */
  readonly split: "train" | "validation" | "test" | "out-of-fold";
  /** `[n]` true class indices. */
  readonly labels: ArrayLike<number>;
  /** `[n, classes]`, row-major, each row adding up to 1. */
  readonly probabilities: ArrayLike<number>;
  readonly classes: number;
  /** Names of the images, for lists to review. */
  readonly ids?: readonly string[];
}

/** How the run was set up; what is not known is absent. */
export interface RunSetup {
  readonly optimizer?: string;
  /** Of the first step after a warm-up. */
  readonly learningRate?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  /** Share of units that are dropped, the largest of the head's layers. */
  readonly dropout?: number;
  /** Widths of the hidden layers of the head. */
  readonly headUnits?: readonly number[];
  readonly hiddenActivation?: string;
  /** Units of the last layer. */
  readonly outputs?: number;
  /** Activation of the last layer: `linear` or `softmax`. */
  readonly outputActivation?: string;
  /** What the loss takes. */
  readonly lossInput?: "logits" | "probabilities";
  /** `focal` and the like; absent: plain crossentropy. */
  readonly loss?: string;
  readonly labelSmoothing?: number;
  /** Augmented views whose answers are averaged with the plain one's. */
  readonly testViews?: number;
  /** Whether training images are shuffled one by one, over all of them, in every epoch. */
  readonly shuffled?: boolean;
  /** Whether classes are weighted or sampled evenly. */
  readonly balanced?: boolean;
  readonly augmented?: boolean;
  /** `imagenet`, an address or a file; `none` for random weights. */
  readonly weights?: string;
  /** Whether a part of the network is frozen. */
  readonly frozen?: boolean;
  /** Mode of batch normalization below the cut. */
  readonly batchNormMode?: "inference" | "training";
  /** Bias of the last layer before training, by class. */
  readonly lastBias?: readonly number[];
  /** Pixels, height and width, that the network is given. */
  readonly inputSize?: readonly [number, number];
  /** Pixels, height and width, that its weights were trained on. */
  readonly pretrainedSize?: readonly [number, number];
  /** Median height and width of the photographs. */
  readonly imageSize?: readonly [number, number];
  /** Whether the weights of the best epoch were kept rather than those of the last. */
  readonly keptBest?: boolean;
}

/** Statistics of pixels as the model is given them. */
export interface PixelStatistics {
  readonly min: number;
  readonly max: number;
  /** Mean of each channel. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel over pixels and images. */
  readonly std: readonly number[];
}

/** What was seen of batches while training, or in a pass before it. */
export interface BatchObservations {
  readonly pixels?: PixelStatistics;
  /** What the backbone declares: the range of RGB pixels that it takes. */
  readonly inputRange?: readonly [number, number];
  /** How many of so many images, decoded, differ from one another. */
  readonly distinct?: { readonly images: number; readonly of: number };
  /** Shape of a batch, `[n, height, width, channels]`. */
  readonly shape?: readonly number[];
  /** Labels of each batch of one epoch, in order. */
  readonly labels?: readonly ArrayLike<number>[];
  /** A hash of the order of the images, one for each epoch. */
  readonly orderHashes?: readonly string[];
  /** Loss of each step, in order. */
  readonly losses?: readonly number[];
  /** Share of the time in which training waited for its images, 0 to 1. */
  readonly inputWait?: number;
}

/** One weight of the model, over a stretch of steps. */
export interface WeightObservation {
  readonly name: string;
  readonly trainable: boolean;
  /** Whether it changed at all over three steps or more. */
  readonly changed?: boolean;
  /** log10(norm of the update / norm of the weight), the largest of some of the first steps. */
  readonly logUpdateRatio?: number;
  /** Whether a frozen weight still equals what its initializer gave. */
  readonly initial?: boolean;
}

/** What was seen of the weights. */
export interface WeightObservations {
  readonly weights?: readonly WeightObservation[];
  /** Names that the file of weights lacks. */
  readonly missing?: readonly string[];
}

/** Two images that are equal or look alike, on both sides of a split. */
export interface LeakedPair {
  readonly trained: string;
  readonly held: string;
}

/** What an audit of the data set found. */
export interface DataObservations {
  /** Images of the validation or test part with a twin in the training part. */
  readonly leaked?: readonly LeakedPair[];
  /** Class counts of each shard. */
  readonly shards?: readonly (readonly number[])[];
  /** Images of poor quality, by kind. */
  readonly quality?: readonly {
    readonly kind: "dark" | "light" | "blurry" | "low-information" | "odd-aspect" | "unreadable";
    readonly ids: readonly string[];
  }[];
  /** Images that were looked at. */
  readonly images?: number;
}

/** Losses of the trained model on the same few images under different conditions, in nats. */
export interface ModelChecks {
  /** In inference mode. */
  readonly loss?: number;
  /** In inference mode, with every pixel zero. */
  readonly zeroedLoss?: number;
  /** Of training images, in training mode: batch normalization by the statistics of the batch, and dropout. */
  readonly trainingModeLoss?: number;
  /** Of the same training images, in inference mode. */
  readonly trainingImagesLoss?: number;
  /** Images that were looked at. */
  readonly images?: number;
}

/** All that a diagnosis may know of a run. Everything is optional: a rule without its inputs says so. */
export interface DiagnosisInput {
  /**
   * Logs of the epochs, in order, under Keras's keys: `loss`, `accuracy`, `val_loss`, `val_accuracy`, `learning_rate`; of train metrics
   * in inference mode, without augmentation: `train_loss`, `train_accuracy`. Losses in nats. Values may be NaN or infinite.
   */
  readonly history?: readonly Readonly<Record<string, number>>[];
  /** Names of the classes. */
  readonly classes?: readonly string[];
  /** Class counts of the whole data set. */
  readonly classCounts?: readonly number[];
  readonly splitCounts?: SplitCounts;
  readonly predictions?: Predictions;
  readonly setup?: RunSetup;
  readonly batches?: BatchObservations;
  readonly weights?: WeightObservations;
  readonly data?: DataObservations;
  readonly checks?: ModelChecks;
  /** What probes gave. */
  readonly probes?: readonly ProbeOutcome[];
}
