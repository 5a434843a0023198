import type { PreprocessingContract } from "@cassava/contracts";
import type { Graph } from "../graph/graph.ts";

/** Where a file of pretrained weights comes from. */
export interface WeightsSource {
  readonly address: string;
  readonly bytes: number;
  readonly md5: string;
  readonly licence: string;
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
  /** Width of the features after pooling. */
  readonly features: number;
  /** The official file of Keras Applications, without top; absent where there is none. */
  readonly imagenet?: WeightsSource;
  /** The layers below the pooling, in Keras's structure; the graph's output is [h, w, features]. */
  readonly build: () => Graph;
}
