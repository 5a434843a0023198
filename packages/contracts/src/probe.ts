/**
 * What the first layer of a network is given: what the run gives it, what its weights declare, or what people do to pixels instead.
 */
export type PixelTreatment =
  | "as given"
  | "as declared"
  | "0 to 1"
  | "-1 to 1"
  | "mean and deviation of ImageNet"
  | "blue first";

/** How well a linear model on the frozen features tells the classes apart, on images that it was not fitted on. */
export interface LinearProbeScore {
  readonly accuracy: number;
  /** Nats. */
  readonly logLoss: number;
  /** Nats: log loss of the shares of the classes as the answer. */
  readonly entropy: number;
  /** Images that it was judged by. */
  readonly images: number;
}

/** What a diagnosis may ask of a live run to test a suspicion; implemented by the command line. Nothing of it changes the run. */
export interface ProbeHost {
  /** Seconds that one image takes from its bytes to its features; measured on a few. */
  secondsPerImage(): Promise<number>;
  /** Trains a head with new weights on these few images only, with the optimizer and the rate of the run. */
  overfit(options: {
    readonly images: number;
    readonly steps: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<{
    /** Of the steps, in nats. */
    readonly losses: readonly number[];
    /** Share of the images that it gets wrong in the end. */
    readonly error: number;
  }>;
  /** The learning-rate range test on a head with new weights. */
  learningRates(options: { readonly signal?: AbortSignal | undefined }): Promise<{
    /** Of the run. */
    readonly used: number;
    /** Where the loss falls steepest; null where it never does. */
    readonly suggestion: number | null;
    /** Rate from which on the loss runs away; null where it never does. */
    readonly divergedAt: number | null;
  }>;
  /** Loss, in nats, and accuracy of the trained model on some images of a part. */
  evaluate(options: {
    readonly split: "train" | "validation";
    readonly images: number;
    /** With every pixel zero. */
    readonly zeroed?: boolean;
    /** `training`: batch normalization by the statistics of the images, and dropout. Default `inference`. */
    readonly mode?: "training" | "inference";
    readonly signal?: AbortSignal | undefined;
  }): Promise<{ readonly loss: number; readonly accuracy: number; readonly images: number }>;
  /** Fits a linear model on frozen features of some training images, and judges it by others; undefined where it cannot be had. */
  linearProbe(options: {
    readonly images: number;
    /** Default `as given`. */
    readonly pixels?: PixelTreatment;
    /** `random`: of the same network without its weights. Default `loaded`. */
    readonly weights?: "loaded" | "random";
    readonly signal?: AbortSignal | undefined;
  }): Promise<LinearProbeScore | undefined>;
}
