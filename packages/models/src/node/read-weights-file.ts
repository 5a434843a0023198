import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ModelsError } from "../errors.ts";
import { readKerasWeights } from "../weights/keras-h5.ts";
import { reasonOf } from "../weights/request.ts";
import { isJson, readTfjsWeights } from "../weights/tfjs-json.ts";
import type { Weights } from "../weights/weights.ts";

/**
 * The weights of a file, by their names in it: a Keras `.h5` file, gzipped or not, or a tfjs `model.json` with its shards beside it.
 * The content tells which, not the name.
 *
 * @throws {ModelsError} `WEIGHTS_UNREADABLE`: names the file.
 */
export async function readWeightsFile(path: string): Promise<Weights> {
  const bytes = await read(path, "pass the .h5 file that Keras wrote, or tfjs's model.json");
  if (!isJson(bytes)) return readKerasWeights(bytes, { file: path });
  return readTfjsWeights(bytes, {
    file: path,
    readShard: (shard) => read(join(dirname(path), shard), `${path} names it: copy the model with its shards`),
  });
}

async function read(path: string, remedy: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const message = `cannot be read (${reasonOf(cause)}); ${remedy}`;
    throw new ModelsError("WEIGHTS_UNREADABLE", message, { file: path, cause });
  }
}
