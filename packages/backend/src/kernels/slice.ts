import * as tf from "@tensorflow/tfjs";
import { floatsOf, type Info, type WasmBackend } from "../wasm/heap.ts";

/** Attributes of the kernel `Slice`. */
export interface SliceAttributes {
  readonly begin: number | number[];
  readonly size: number | number[];
}

/** The case where the engine's kernel walks element by element: floats, cut in the last axis (the gradient of `concat`). */
export function isChannelSlice({ x }: { x: Info }, { begin, size }: SliceAttributes): boolean {
  if (x.dtype !== "float32" || x.shape.length < 2) return false;
  const [, sizes] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size);
  return sizes.every((length, axis) =>
    axis === sizes.length - 1 ? length < x.shape[axis]! : length === x.shape[axis],
  );
}

/** `Slice` of the last axis, row by row. */
export function channelSlice(backend: WasmBackend, { x }: { x: Info }, { begin, size }: SliceAttributes): Info {
  const [begins, sizes] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size);
  const last = sizes.length - 1;
  const out = backend.makeOutput(sizes, "float32");
  const [from, to] = [floatsOf(backend, x), floatsOf(backend, out)];
  const [width, stride, first] = [sizes[last]!, x.shape[last]!, begins[last]!];
  let at = 0;
  for (let row = first; row < from.length; row += stride) {
    for (let k = 0; k < width; k++) to[at++] = from[row + k]!;
  }
  return out;
}
