import type { BatchSource, EncodedBatch, FrozenPart, Store } from "@cassava/contracts";
import type { FeaturePrecision, FeatureValues } from "./feature-set.ts";
import { isFiniteHalf } from "./half-floats.ts";

/** Features of single images in a store. */
export interface FeatureCache {
  /** Those of image `i` of a batch; undefined where they are not there, or are not what was put. */
  get(batch: EncodedBatch, i: number): Promise<FeatureValues | undefined>;
  put(batch: EncodedBatch, i: number, values: FeatureValues): Promise<void>;
}

/** Keeps features in `store` by content hash, frozen part, pixels, view and precision; above view 0 also by augmentation and id. */
export function featureCache(
  store: Store,
  frozen: FrozenPart,
  source: BatchSource,
  width: number,
  precision: FeaturePrecision,
): FeatureCache {
  const keyOf = (batch: EncodedBatch, i: number) => {
    const [hash, view] = [batch.hashes[i]!, batch.views[i]!];
    const suffix = precision === "float32" ? "" : `-${precision}`;
    const plain = `${frozen.id}/${source.pixels}/${hash}-${view}${suffix}`;
    // A view above 0 is drawn for the image's name: two images of the same bytes differ in it.
    return view === 0 ? plain : `${plain}/${source.augmentation ?? ""}/${batch.ids[i]}`;
  };
  return {
    async get(batch, i) {
      const bytes = await store.get(keyOf(batch, i));
      // Copied, since a store may return a view at any offset.
      if (precision === "float16") {
        if (bytes?.length !== 2 * width) return undefined;
        const halves = new Uint16Array(bytes.slice().buffer);
        return halves.every(isFiniteHalf) ? halves : undefined;
      }
      if (bytes?.length !== 4 * width) return undefined;
      const numbers = new Float32Array(bytes.slice().buffer);
      return numbers.every(Number.isFinite) ? numbers : undefined;
    },
    put: (batch, i, { buffer, byteOffset, byteLength }) =>
      store.put(keyOf(batch, i), new Uint8Array(buffer, byteOffset, byteLength)),
  };
}
