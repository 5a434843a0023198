import type { Info, WasmBackend } from "../wasm/heap.ts";

/** Attributes of the kernel `Tile`. */
export interface TileAttributes {
  readonly reps: readonly number[];
}

/** The case where the result is the input's data over and over: only leading axes of length 1 are repeated. */
export function isWholeRepeat({ x }: { x: Info }, { reps }: TileAttributes): boolean {
  if (x.dtype !== "float32" && x.dtype !== "int32") return false;
  const first = x.shape.findIndex((length) => length !== 1);
  return first === -1 || reps.slice(first).every((repeats) => repeats === 1);
}

/** `Tile` by doubling copies; the gradient of `batchNorm` tiles a channel vector over a whole image batch. */
export function repeatWhole(backend: WasmBackend, { x }: { x: Info }, { reps }: TileAttributes): Info {
  const shape = x.shape.map((length, axis) => length * reps[axis]!);
  const out = backend.makeOutput(shape, x.dtype);
  const [from, to] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(out)];
  if (to.length === 0) return out;
  to.set(from);
  for (let done = from.length; done < to.length; done *= 2) to.copyWithin(done, 0, Math.min(done, to.length - done));
  return out;
}
