import { ModelsError } from "../errors.ts";
import { FLOAT16_MAX, fromFloat16, toFloat16 } from "../weights/float16.ts";
import { elementCount, type WeightArray, type Weights } from "../weights/weights.ts";
import { PREPROCESSING } from "./layers-topology.ts";

/** One weight in the manifest of a tfjs `model.json`; little-endian, in the order of the manifest, nothing between them. */
export interface LayersWeight {
  /** `layer/variable`, in the words of tfjs's layers: `expanded_conv_depthwise/depthwise_kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32";
  /** Stored as halves, to be widened on loading. */
  readonly quantization?: { readonly dtype: "float16"; readonly original_dtype: "float32" };
}

/** Bytes of a shard but for the last: tfjs's own default, small enough for the HTTP cache of every browser. */
const SHARD_BYTES = 4 * 2 ** 20;

/**
 * How each weight is stored. As float16 go the kernels of the network only: biases and batch normalization are a hundredth of the
 * bytes and may be larger than a half can hold, and preprocessing is exact.
 */
export function layersManifest(weights: Weights, options: { readonly float16: boolean }): LayersWeight[] {
  const quantization = { dtype: "float16", original_dtype: "float32" } as const;
  return [...weights].map(([name, { shape, data }]) => {
    const isKernel = shape.length > 1 && !name.startsWith(`${PREPROCESSING}/`);
    const halves = options.float16 && isKernel && data.every((value) => Math.abs(value) <= FLOAT16_MAX);
    return { name, shape, dtype: "float32", ...(halves && { quantization }) };
  });
}

/** How many shards {@link encodeShards} makes. */
export function shardCount(manifest: readonly LayersWeight[]): number {
  return Math.ceil(manifest.reduce((sum, weight) => sum + byteLength(weight), 0) / SHARD_BYTES);
}

/**
 * File name of a shard: `group1-0a1b2c3d-shard1of2.bin`. It has a hash of the content, so that the shards of a new model never
 * replace those of an old one.
 *
 * @param index from 0.
 * @param hash SHA-256 of its bytes, hexadecimal.
 */
export function shardName(index: number, count: number, hash: string): string {
  return `group1-${hash.slice(0, 8)}-shard${index + 1}of${count}.bin`;
}

/** Whether a file is a shard of this format, of whatever model; also by the name that tfjs gives it, without a hash. */
export function isShardName(name: string): boolean {
  return /^group1-(?:[0-9a-f]{8}-)?shard\d+of\d+\.bin$/.test(name);
}

/** The bytes of the shards, one after the other, so that never more than one is held beside the weights. */
export function* encodeShards(weights: Weights, manifest: readonly LayersWeight[]): Generator<Uint8Array> {
  let left = manifest.reduce((sum, weight) => sum + byteLength(weight), 0);
  let shard = new Uint8Array(Math.min(left, SHARD_BYTES));
  let filled = 0;
  for (const { name, quantization } of manifest) {
    const { data } = weights.get(name)!;
    const stored = quantization === undefined ? data : toFloat16(data, name);
    let bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
    while (bytes.length > 0) {
      const part = bytes.subarray(0, shard.length - filled);
      shard.set(part, filled);
      filled += part.length;
      left -= part.length;
      bytes = bytes.subarray(part.length);
      if (filled < shard.length) continue;
      yield shard;
      shard = new Uint8Array(Math.min(left, SHARD_BYTES));
      filled = 0;
    }
  }
}

/**
 * The weights of a manifest, from the bytes of its shards in their order, one shard at a time.
 *
 * @throws {ModelsError} `MODEL_CORRUPT`: the shards hold more or fewer bytes than the manifest describes.
 */
export async function decodeShards(
  manifest: readonly LayersWeight[],
  shards: AsyncIterable<Uint8Array>,
): Promise<Map<string, WeightArray>> {
  const weights = new Map<string, WeightArray>();
  const targets = manifest.map((weight) => ({ ...weight, bytes: new Uint8Array(byteLength(weight)) }));
  let at = 0;
  let filled = 0;
  /** Decodes every weight that is whole; those of no elements are so from the start. */
  const finish = () => {
    for (let target = targets[at]; target !== undefined && filled === target.bytes.length; target = targets[at]) {
      weights.set(target.name, { shape: target.shape, data: decode(target, target.bytes) });
      at += 1;
      filled = 0;
    }
  };
  finish();
  for await (const shard of shards) {
    for (let bytes = shard; bytes.length > 0; finish()) {
      const target = targets[at];
      if (target === undefined) throw wrongLength("more");
      const part = bytes.subarray(0, target.bytes.length - filled);
      target.bytes.set(part, filled);
      filled += part.length;
      bytes = bytes.subarray(part.length);
    }
  }
  if (at < targets.length) throw wrongLength("fewer");
  return weights;
}

function wrongLength(what: string): ModelsError {
  const message = `the files of the weights hold ${what} bytes than it describes; copy the whole folder again`;
  return new ModelsError("MODEL_CORRUPT", message, { file: "model.json" });
}

function byteLength({ shape, quantization }: LayersWeight): number {
  return elementCount(shape) * (quantization === undefined ? 4 : 2);
}

function decode({ quantization }: LayersWeight, { buffer }: Uint8Array<ArrayBuffer>): Float32Array {
  return quantization === undefined ? new Float32Array(buffer) : fromFloat16(new Uint16Array(buffer));
}
