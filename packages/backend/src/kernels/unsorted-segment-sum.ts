import { floatsOf, type Info, type WasmBackend, zeros } from "../wasm/heap.ts";

/** `UnsortedSegmentSum` for the WASM backend, which has none: rows of `x` added up by segment (the gradient of `gather`). */
export function unsortedSegmentSum(
  backend: WasmBackend,
  { x, segmentIds }: { x: Info; segmentIds: Info },
  { numSegments }: { readonly numSegments: number },
): Info {
  const rest = x.shape.slice(segmentIds.shape.length);
  const out = zeros(backend, [numSegments, ...rest]);
  const size = rest.reduce((product, length) => product * length, 1);
  const ids = backend.typedArrayFromHeap(segmentIds);
  const [values, sums] = [floatsOf(backend, x), floatsOf(backend, out)];
  for (let row = 0; row < ids.length; row++) {
    const segment = ids[row]!;
    // TensorFlow drops negative segments; one past the end is dropped as well, as the cpu backend does.
    if (segment < 0 || segment >= numSegments) continue;
    for (let k = 0; k < size; k++) sums[segment * size + k]! += values[row * size + k]!;
  }
  return out;
}
