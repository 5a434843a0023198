import { TrainError } from "../errors.ts";
import type { TensorArray, TensorArrays } from "./arrays.ts";

/** Bytes before the header: its length, u64 little-endian. */
const PREFIX = 8;
const METADATA = "__metadata__";

/** A file's tensors and its note. */
export interface TensorFile {
  readonly tensors: TensorArrays;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** float32 tensors in the safetensors format (github.com/huggingface/safetensors), which Python and Rust read too; by name. */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, Entry | TensorFile["metadata"]> = { [METADATA]: metadata };
  const names = Object.keys(tensors).sort();
  const starts = new Map<string, number>();
  let size = 0;
  for (const name of names) {
    const { shape, data } = tensors[name]!;
    starts.set(name, size);
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
    const { data } = tensors[name]!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + starts.get(name)!);
  }
  return bytes;
}

/**
 * The float32 tensors of a safetensors file.
 *
 * @throws {TrainError} `CHECKPOINT_INVALID`
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): TensorFile {
  const invalid = (what: string) => new TrainError("CHECKPOINT_INVALID", `${name} ${what}: delete it to start anew`);
  if (bytes.length < PREFIX) throw invalid("is truncated");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = PREFIX + Number(view.getBigUint64(0, true));
  if (start > bytes.length) throw invalid("is truncated or no safetensors file");
  let header: Record<string, Entry | TensorFile["metadata"]>;
  try {
    header = { ...JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, start))) };
  } catch {
    throw invalid("has a damaged header");
  }
  const { [METADATA]: metadata = {}, ...entries } = header;
  const tensors: Record<string, TensorArray> = {};
  for (const [key, entry] of Object.entries(entries as Record<string, Entry>)) {
    const [from, to] = Array.isArray(entry.data_offsets) ? entry.data_offsets : [0, -1];
    const size = Array.isArray(entry.shape) ? entry.shape.reduce((product, n) => product * n, 1) : -1;
    if (entry.dtype !== "F32" || to - from !== 4 * size || from < 0 || start + to > bytes.length) {
      throw invalid(`has no room for ${key}`);
    }
    tensors[key] = { shape: entry.shape, data: new Float32Array(bytes.slice(start + from, start + to).buffer) };
  }
  return { tensors, metadata: metadata as TensorFile["metadata"] };
}
