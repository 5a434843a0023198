/** A tensor outside of any engine. */
export interface TensorArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

/** Tensors by name. */
export type TensorArrays = Readonly<Record<string, TensorArray>>;
