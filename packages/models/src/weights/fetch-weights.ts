import type { WeightFile } from "../backbones/backbone.ts";
import { isModelsError } from "../errors.ts";
import { type DownloadProgress, download, type TransferOptions } from "./download.ts";
import { readKerasWeights } from "./keras-h5.ts";
import { isJson, readTfjsWeights } from "./tfjs-json.ts";
import { sha256, type Weights } from "./weights.ts";

/**
 * The weights of a published file, kept in the store under `weights/NAME`: its size and MD5 are checked, where its publisher names
 * them, on download and whenever it is read again.
 *
 * @throws {ModelsError} `DOWNLOAD_FAILED`, `CHECKSUM_MISMATCH`, `WEIGHTS_UNREADABLE`
 */
export async function fetchPublishedWeights(file: WeightFile, options: TransferOptions): Promise<Weights> {
  return fetchFile(file.url, `weights/${nameOf(file.url)}`, { ...options, bytes: file.bytes, md5: file.md5 });
}

/**
 * The weights at an address, of a Keras `.h5` file or a tfjs `model.json` with its shards, kept in the store under `weights/HASH/NAME`
 * with a hash of the address. An address is taken to name the same bytes for ever: what is kept is not asked for again.
 *
 * @throws {ModelsError} `DOWNLOAD_FAILED`, `WEIGHTS_UNREADABLE`
 */
export async function fetchWeights(url: string, options: TransferOptions): Promise<Weights> {
  return fetchFile(url, await keyOf(url), options);
}

interface FileOptions extends TransferOptions {
  readonly bytes?: number | undefined;
  readonly md5?: string | undefined;
}

async function fetchFile(url: string, key: string, options: FileOptions): Promise<Weights> {
  const bytes = await download(url, { ...options, key });
  const keys = [key];
  try {
    if (!isJson(bytes)) return await readKerasWeights(bytes, { file: url });
    return await readTfjsWeights(bytes, { file: url, readShard: shards(url, options, keys) });
  } catch (error) {
    // Nothing vouches for such a file but that it can be read: what is kept must not be in the way of a better one.
    if (isModelsError(error, "WEIGHTS_UNREADABLE")) for (const name of keys) await options.store?.delete(name);
    throw error;
  }
}

/** Reads the shards of a manifest; adds the key of each to `keys`. */
function shards(manifest: string, { onProgress, ...options }: TransferOptions, keys: string[]) {
  let done = 0;
  return async (path: string, total: number): Promise<Uint8Array> => {
    const url = new URL(path, manifest).href;
    const report = ({ received }: DownloadProgress) => onProgress?.({ received: done + received, total });
    const key = await keyOf(url);
    keys.push(key);
    const bytes = await download(url, { ...options, key, onProgress: report });
    done += bytes.length;
    return bytes;
  };
}

async function keyOf(url: string): Promise<string> {
  return `weights/${(await sha256(new TextEncoder().encode(url))).slice(0, 16)}/${nameOf(url)}`;
}

/** The last part of an address's path. */
function nameOf(url: string): string {
  return new URL(url).pathname.split("/").at(-1) || "file";
}
