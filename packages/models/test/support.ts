import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Batch, ClassInfo, Store } from "@cassava/contracts";
import type { Weights } from "../src/index.ts";

/** The folder of real weights beside the repository, where there is one. */
const folder = fileURLToPath(new URL("../../../../shared/weights/", import.meta.url));
export const sharedWeights = existsSync(folder) ? folder : undefined;

export const fiveClasses: readonly ClassInfo[] = Array.from({ length: 5 }, (_, index) => ({
  index,
  name: `class ${index}`,
}));

/** A repeatable stream of numbers in [-1, 1). */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (2 * state) / 2 ** 32 - 1;
  };
}

/** `n` noise images. */
export function noiseBatch(n: number, size: number, seed = 1): Batch {
  const next = noise(seed);
  const images = Uint8Array.from({ length: n * size * size * 3 }, () => 127.5 + 127.4 * next());
  const ids = Array.from({ length: n }, (_, i) => `noise-${i}`);
  return { ids, images, shape: [n, size, size, 3], views: new Int32Array(n), hashes: ids };
}

/** The same weights with statistics that training could have left: swapped or forgotten ones then show. */
export function withStatistics(weights: Weights, seed = 5): Weights {
  const next = noise(seed);
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      const role = name.split("/")[1]!;
      if (role === "kernel") return [name, { shape, data }];
      const around = role === "gamma" || role === "moving_variance" ? 1 : 0;
      return [name, { shape, data: data.map(() => around + 0.4 * next()) }];
    }),
  );
}

export function mapStore(): Store & { readonly map: Map<string, Uint8Array> } {
  const map = new Map<string, Uint8Array>();
  return {
    map,
    get: async (key) => map.get(key),
    put: async (key, bytes) => void map.set(key, bytes.slice()),
    delete: async (key) => void map.delete(key),
    async *keys() {
      yield* map.keys();
    },
  };
}

/** Largest difference as a share of the largest value. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    difference = Math.max(difference, Math.abs((a[i] ?? Number.NaN) - (b[i] ?? Number.NaN)));
    largest = Math.max(largest, Math.abs(b[i]!));
  }
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / largest;
}
