import type { FrozenPart } from "@cassava/contracts";

/** The frozen part that does nothing: the features of an image are its own pixels, 0-1, `[size * size * 3]`. */
export function rawPixels(size: number): FrozenPart {
  return {
    id: `raw-pixels-${size}`,
    inputSize: [size, size],
    outputShape: [size * size * 3],
    run: async (batch) => Float32Array.from(batch.images, (value) => value / 255),
    dispose() {},
  };
}
