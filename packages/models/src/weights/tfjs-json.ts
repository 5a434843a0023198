import { ModelsError } from "../errors.ts";
import { fromFloat16 } from "./float16.ts";
import { elementCount, type WeightArray, type Weights } from "./weights.ts";

/** A weight in a tfjs manifest: `WeightsManifestEntry` of tfjs-core, io/types.ts. */
interface ManifestEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

/** Weights that lie one after the other in the files `paths`. */
interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: readonly ManifestEntry[];
}

/** What {@link readTfjsWeights} takes. */
export interface TfjsWeightsOptions {
  /** The manifest's path or address, for errors. */
  readonly file: string;
  /** The bytes of a shard, by its path relative to the manifest; `total`: bytes of all shards together. */
  readonly readShard: (path: string, total: number) => Promise<Uint8Array>;
}

const VALUE_BYTES: Readonly<Record<string, number>> = { float32: 4, float16: 2, uint8: 1, uint16: 2 };

/** Whether a file may be a tfjs `model.json`. */
export function isJson(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 60)).trimStart().startsWith("{");
}

/**
 * The weights of a tfjs `model.json` (layers or graph model) and its shards, by their names in the manifest: float32, or quantized to
 * float16, uint8 or uint16 (value = stored x scale + min). The format is that of `tf.io.decodeWeights`.
 *
 * @throws {ModelsError} `WEIGHTS_UNREADABLE`
 */
export async function readTfjsWeights(json: Uint8Array, options: TfjsWeightsOptions): Promise<Weights> {
  const { file, readShard } = options;
  const groups = parseManifest(json, file);
  const lengths = groups.map((group) => group.weights.reduce((sum, entry) => sum + byteLength(entry, file), 0));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const weights = new Map<string, WeightArray>();
  for (const [i, group] of groups.entries()) {
    const shards: Uint8Array[] = [];
    for (const path of group.paths) shards.push(await readShard(path, total));
    const bytes = concatenate(shards);
    if (bytes.length !== lengths[i]) {
      const message = `its shards ${group.paths.join(", ")} have ${bytes.length} bytes instead of ${lengths[i]}; copy the model again`;
      throw new ModelsError("WEIGHTS_UNREADABLE", message, { file });
    }
    let offset = 0;
    for (const entry of group.weights) {
      const end = offset + byteLength(entry, file);
      weights.set(entry.name, { shape: entry.shape, data: decode(entry, bytes.slice(offset, end).buffer) });
      offset = end;
    }
  }
  return weights;
}

function parseManifest(json: Uint8Array, file: string): readonly ManifestGroup[] {
  let groups: unknown;
  try {
    groups = (JSON.parse(new TextDecoder().decode(json)) as { weightsManifest?: unknown } | null)?.weightsManifest;
  } catch (cause) {
    throw new ModelsError("WEIGHTS_UNREADABLE", "is no JSON, or truncated; copy the model again", { file, cause });
  }
  if (Array.isArray(groups) && groups.every(isGroup)) return groups;
  const message = "has no weightsManifest with paths and weights; pass the model.json that tfjs wrote";
  throw new ModelsError("WEIGHTS_UNREADABLE", message, { file });
}

function isGroup(group: Partial<ManifestGroup> | null): group is ManifestGroup {
  const isEntry = (entry: Partial<ManifestEntry> | null) =>
    typeof entry?.name === "string" && typeof entry.dtype === "string" && Array.isArray(entry.shape);
  // A manifest from elsewhere must not name files outside of its folder.
  const isPath = (path: unknown) => typeof path === "string" && !/^[/\\]|(^|[/\\])\.\.([/\\]|$)|:/.test(path);
  return (
    Array.isArray(group?.paths) &&
    group.paths.every(isPath) &&
    Array.isArray(group.weights) &&
    group.weights.every(isEntry)
  );
}

function byteLength({ name, shape, dtype, quantization }: ManifestEntry, file: string): number {
  const stored = quantization?.dtype ?? dtype;
  const size = VALUE_BYTES[stored];
  const scaled = stored.startsWith("uint");
  const known = dtype === "float32" && size !== undefined && (!scaled || Number.isFinite(quantization?.scale));
  if (known) return elementCount(shape) * size;
  const message = `holds ${name} as ${quantization === undefined ? dtype : `${dtype} in ${stored}`}; only float32, plain or quantized to float16, uint8 or uint16, is read`;
  throw new ModelsError("WEIGHTS_UNREADABLE", message, { file });
}

function decode({ quantization }: ManifestEntry, buffer: ArrayBuffer): Float32Array {
  if (quantization === undefined) return new Float32Array(buffer);
  const { dtype, scale = 1, min = 0 } = quantization;
  if (dtype === "float16") return fromFloat16(new Uint16Array(buffer));
  const stored = dtype === "uint8" ? new Uint8Array(buffer) : new Uint16Array(buffer);
  return Float32Array.from(stored, (value) => value * scale + min);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
