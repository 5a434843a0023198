import type { Batch } from "./batch.ts";

/** The frozen prefix of a network: a pure function from pixels to features. */
export interface FrozenPart {
  /** Identifies architecture, weights, cut, input size and preprocessing: equal ids give equal features. */
  readonly id: string;
  /** `[height, width]` of the images that it takes. */
  readonly inputSize: readonly [height: number, width: number];
  /** Shape of one image's features, without the batch dimension. */
  readonly outputShape: readonly number[];
  /** `[n, ...outputShape]`, row-major. */
  run(batch: Batch): Promise<Float32Array>;
  dispose(): void;
}

/** What an engine must know about a frozen graph beside its bytes. */
export interface FrozenSpec {
  readonly id: string;
  readonly inputSize: readonly [height: number, width: number];
  readonly outputShape: readonly number[];
}

/** Whatever executes a frozen graph fastest; injected, so that models knows no runtime and backend knows no model. */
export interface FrozenEngine {
  readonly name: string;
  load(onnx: Uint8Array, spec: FrozenSpec): Promise<FrozenPart>;
}
