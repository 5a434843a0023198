import type { WeightSpec } from "./graph/shapes.ts";
import { elementCount, type WeightArray, type Weights } from "./weights/weights.ts";

/** A seed of its own for each weight, whatever the order in which they are made: FNV-1a over the name, mixed with `seed`. */
export function seedOf(name: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * Initial values for training from scratch: He et al.'s normal distribution for the kernels of convolutions, Keras's
 * `glorot_uniform` for those of dense layers, the identity for the rest.
 */
export function initialWeights(specs: readonly WeightSpec[], seed: number): Weights {
  return new Map(specs.map((spec) => [spec.name, initialWeight(spec, seed)]));
}

function initialWeight({ name, node, role, shape }: WeightSpec, seed: number): WeightArray {
  const data = new Float32Array(elementCount(shape));
  if (role === "gamma" || role === "moving_variance") return { shape, data: data.fill(1) };
  if (role !== "kernel") return { shape, data };
  if (shape.length === 2) return { shape, data: glorotUniform(shape as [number, number], seedOf(node, seed)) };
  const [height = 1, width = 1, channels = 1] = shape;
  const normal = truncatedNormals(uniforms(seedOf(name, seed)));
  const deviation = Math.sqrt(2 / (height * width * channels)) / TRUNCATED_DEVIATION;
  return { shape, data: data.map(() => deviation * normal()) };
}

/** Uniform numbers in ±sqrt(6 / (fanIn + fanOut)): Keras's `glorot_uniform`, its default for dense layers. */
function glorotUniform([fanIn, fanOut]: readonly [number, number], seed: number): Float32Array {
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  const uniform = uniforms(seed);
  return new Float32Array(fanIn * fanOut).map(() => limit * (2 * uniform() - 1));
}

/** Standard deviation of a standard normal distribution that is cut off at ±2. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

/** Standard normal numbers within ±2: Marsaglia's polar method, drawn again outside. */
function truncatedNormals(uniform: () => number): () => number {
  return () => {
    while (true) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const value = u * Math.sqrt((-2 * Math.log(square)) / square);
      if (Math.abs(value) <= 2) return value;
    }
  };
}

/** Numbers in [0, 1): the generator mulberry32 (T. Ettinger). Drawn here and not by tfjs, which needs a started engine. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
