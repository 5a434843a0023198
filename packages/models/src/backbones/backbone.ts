import type { PreprocessingContract } from "@cassava/contracts";
import type { Graph } from "../graph/graph.ts";

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
  /** Address of the official ImageNet weights of Keras Applications, without top; absent where there are none. */
  readonly imagenet?: string;
  /** The layers below the pooling, in Keras's structure; the graph's output is [h, w, features]. */
  readonly build: () => Graph;
}
