import { ModelsError } from "../errors.ts";
import type { WeightArray, Weights } from "./weights.ts";

/** Bytes before the header: its length, u64 little-endian. */
const PREFIX = 8;

interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** float32 weights in the safetensors format (github.com/huggingface/safetensors), which Python and Rust read too; sorted by name. */
export function encodeSafetensors(weights: Weights): Uint8Array {
  const header: Record<string, TensorEntry> = {};
  const names = [...weights.keys()].sort();
  let size = 0;
  for (const name of names) {
    const { shape, data } = weights.get(name)!;
    header[name] = { dtype: "F32", shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces after the JSON keep the numbers aligned, as the format recommends.
  const start = PREFIX + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + size).fill(0x20, PREFIX, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - PREFIX), true);
  bytes.set(json, PREFIX);
  for (const name of names) {
    const { data } = weights.get(name)!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + header[name]!.data_offsets[0]);
  }
  return bytes;
}

/**
 * The float32 weights of a safetensors file.
 *
 * @throws {ModelsError} `MODEL_CORRUPT`
 */
export function decodeSafetensors(bytes: Uint8Array, file = "weights.safetensors"): Weights {
  const corrupt = (what: string, cause?: unknown) => new ModelsError("MODEL_CORRUPT", what, { file, cause });
  if (bytes.length < PREFIX) throw corrupt("is truncated; train or copy the model again");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = PREFIX + Number(view.getBigUint64(0, true));
  if (start > bytes.length) throw corrupt("is truncated or no safetensors file; train or copy the model again");
  let header: Record<string, TensorEntry>;
  try {
    header = { ...JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, start))) };
  } catch (cause) {
    throw corrupt("has a damaged header; train or copy the model again", cause);
  }
  const weights = new Map<string, WeightArray>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    if (!Array.isArray(entry?.shape) || !Array.isArray(entry.data_offsets))
      throw corrupt(`describes ${name} without shape and place`);
    const { dtype, shape, data_offsets: offsets } = entry;
    const [from, to] = offsets;
    if (dtype !== "F32") throw corrupt(`holds ${name} as ${dtype}; only F32 is read`);
    if (to - from !== 4 * shape.reduce((product, n) => product * n, 1) || start + to > bytes.length) {
      throw corrupt(`has no room for ${name}; it is truncated: train or copy the model again`);
    }
    weights.set(name, { shape, data: new Float32Array(bytes.slice(start + from, start + to).buffer) });
  }
  return weights;
}
