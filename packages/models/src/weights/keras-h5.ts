import type { Group, File as H5File } from "h5wasm";
import { ModelsError } from "../errors.ts";
import type { WeightArray, Weights } from "./weights.ts";

const HDF5_SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const GZIP_MAGIC = [0x1f, 0x8b];
let scratch = 0;

/** How a weight file is named in errors. */
export interface KerasWeightsOptions {
  readonly file?: string;
}

/**
 * The weights of a Keras `.h5` file as `save_weights` writes it (also inside a full model, and gzipped), by their names in the file
 * without `:0`: `conv1_conv/kernel`; older files have other names, which `loadBackbone` understands. Layer groups are listed by the attribute `layer_names`, which Keras splits into `layer_names0`, … above
 * 64,512 bytes; each group lists its tensors in `weight_names`.
 *
 * @throws {ModelsError} `WEIGHTS_UNREADABLE`: not such a file, or truncated.
 */
export async function readKerasWeights(bytes: Uint8Array, options: KerasWeightsOptions = {}): Promise<Weights> {
  const { file } = options;
  const data = startsWith(bytes, GZIP_MAGIC) ? await gunzip(bytes, file) : bytes;
  if (!startsWith(data, HDF5_SIGNATURE)) {
    const start = new TextDecoder().decode(data.subarray(0, 60)).trimStart();
    const found =
      data.length === 0 ? "is empty" : start.startsWith("<") ? "is an HTML or XML page" : "is not an HDF5 file";
    throw new ModelsError("WEIGHTS_UNREADABLE", `${found}; pass the .h5 file that Keras wrote`, { file });
  }
  const h5wasm = (await import("h5wasm")).default;
  const module = await h5wasm.ready;
  const path = `/weights-${scratch++}.h5`;
  // Without this the library prints its errors to the console and goes on.
  module.activate_throwing_error_handler();
  module.FS.writeFile(path, data);
  try {
    const h5 = new h5wasm.File(path, "r");
    try {
      return tensorsOf(h5, file);
    } finally {
      h5.close();
    }
  } catch (error) {
    if (error instanceof ModelsError) throw error;
    const message = "is truncated or damaged; download it again";
    throw new ModelsError("WEIGHTS_UNREADABLE", message, { file, cause: error });
  } finally {
    module.FS.unlink(path);
    module.deactivate_throwing_error_handler();
  }
}

function tensorsOf(h5: H5File, file: string | undefined): Weights {
  const root = h5.keys().includes("model_weights") ? (h5.get("model_weights") as Group) : h5;
  const layers = listAttribute(root, "layer_names");
  if (layers.length === 0) {
    const message = 'has no attribute "layer_names"; pass a weights file written by Keras\'s save_weights';
    throw new ModelsError("WEIGHTS_UNREADABLE", message, { file });
  }
  const weights = new Map<string, WeightArray>();
  for (const layer of layers) {
    const group = root.get(layer) as Group;
    for (const name of listAttribute(group, "weight_names")) {
      const dataset = group.get(name) as { shape: number[]; value: unknown } | null;
      if (dataset === null) throw new ModelsError("WEIGHTS_UNREADABLE", `lists ${name} but does not hold it`, { file });
      weights.set(name.replace(/:\d+$/, ""), { shape: dataset.shape, data: floats(dataset.value, name, file) });
    }
  }
  return weights;
}

function floats(value: unknown, name: string, file: string | undefined): Float32Array {
  if (value instanceof Float32Array) return value.slice();
  if (value instanceof Float64Array) return Float32Array.from(value);
  throw new ModelsError("WEIGHTS_UNREADABLE", `${name} holds no floating-point numbers`, { file });
}

/** A list of strings that Keras may have split over `name0`, `name1`, … */
function listAttribute(group: Group, name: string): string[] {
  const { attrs } = group;
  if (attrs[name] !== undefined) return attrs[name].value as string[];
  const parts: string[] = [];
  for (let i = 0; attrs[`${name}${i}`] !== undefined; i++) parts.push(...(attrs[`${name}${i}`]!.value as string[]));
  return parts;
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

async function gunzip(bytes: Uint8Array, file: string | undefined): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new ModelsError("WEIGHTS_UNREADABLE", "is a truncated or damaged gzip file; download it again", {
      file,
      cause,
    });
  }
}
