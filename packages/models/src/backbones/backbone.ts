import type { PreprocessingContract } from "@cassava/contracts";
import type { Graph } from "../graph/graph.ts";

/** A published file of pretrained weights. */
export interface WeightFile {
  readonly url: string;
  /** Of the file; absent where its publisher names none. */
  readonly bytes?: number;
  /** Hexadecimal MD5 of the file; absent where its publisher names none. */
  readonly md5?: string;
  /** SPDX identifier, or a word for it. */
  readonly licence: string;
  /** Who trained the weights, and on what. */
  readonly source: string;
}

/** What is known of an architecture without any weights. */
export interface BackboneSpec {
  /** The name on the command line and in saved models. */
  readonly name: string;
  /** The paper, and the implementation whose layer names are used. */
  readonly source: string;
  readonly preprocessing: PreprocessingContract["mode"];
  /** Pixels. */
  readonly defaultInputSize: number;
  /** Pixels. */
  readonly minimumInputSize: number;
  /** Width of the features after pooling, at width multiplier 1. */
  readonly features: number;
  /** Width multipliers that it can be built with, where it can: the `alpha` of Keras. */
  readonly alphas?: readonly number[];
  /** The official ImageNet weights of Keras Applications without top, by width multiplier; absent where there are none. */
  readonly imagenet?: (alpha: number) => WeightFile;
  /** Width multipliers that there are such weights of; default: every one. */
  readonly imagenetAlphas?: readonly number[];
  /** The layers below the pooling, in Keras's structure; the graph's output is [h, w, features]. */
  readonly build: (alpha: number) => Graph;
}
