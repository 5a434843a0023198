import { createHash } from "node:crypto";
import { join } from "node:path";
import { DataError, reasonOf } from "../errors.ts";
import { sha256 } from "../hash.ts";
import { augmented, type ImageLoader } from "../image/image-loader.ts";
import { checkSize } from "../image/resize.ts";
import { boundedFolder } from "./bounded-folder.ts";
import { packPixels, readPixels } from "./pixel-file.ts";

/** How much {@link pixelCache} keeps, and what it does where it cannot. */
export interface PixelCacheOptions {
  /** Most bytes in the folder, all sizes and loaders together. Default 8 GiB: 57,000 images of 224 x 224. */
  readonly maxBytes?: number;
  /**
   * Called where the cache cannot be read or written (a DataError STORE_FAILED: a full disk, a missing permission);
   * images are then decoded as if there were no cache. Default: `load` throws it.
   */
  readonly onProblem?: (error: DataError) => void;
}

/**
 * Keeps what `loader` makes in `folder`, one file an image, by content (SHA-256 of the encoded bytes), loader id and
 * size: what has been decoded once is read back in a fraction of the time, in this run or another. Augmentation is
 * applied to what comes out of the cache, so that every view has the same file.
 *
 * Safe for several processes and for being killed: files are written to a temporary name and renamed. A damaged file
 * (its checksum says so) is decoded again and replaced. Where the folder is full, the files that were written before this
 * cache was opened go, oldest first; what this run has written stays, so that a data set that is larger than the cache
 * keeps a part of it there rather than pushing itself out. Several processes that write at once may go past `maxBytes` by
 * an eighth.
 */
export function pixelCache(loader: ImageLoader, folder: string, options: PixelCacheOptions = {}): ImageLoader {
  const { maxBytes = 2 ** 33, onProblem } = options;
  if (!(Number.isInteger(maxBytes) && maxBytes >= 1)) {
    throw new DataError("OPTION_INVALID", `pixelCache: maxBytes is ${maxBytes}: use an integer of at least 1`);
  }
  const owns = (names: readonly string[]): boolean => names.length === 2 && names[1]!.endsWith(".rgb");
  const bounded = boundedFolder(folder, { maxBytes, owns });
  const names = new Map<string, string>();
  const nameOf = (height: number, width: number): string => {
    const size = `${height}x${width}`;
    let name = names.get(size);
    if (name === undefined) {
      name = `${size}-${createHash("sha256").update(`${loader.id}|${size}`).digest("hex").slice(0, 16)}`;
      names.set(size, name);
    }
    return name;
  };
  const write = (path: string, parts: readonly Uint8Array[]): Promise<void> =>
    bounded.write(path, parts).catch((cause: unknown) => {
      const message = `the pixel cache cannot write to ${folder} (${reasonOf(cause)}): check its permissions and the free space`;
      throw new DataError("STORE_FAILED", message, { file: folder, cause });
    });
  /** Undefined where it failed and somebody was told. */
  const attempt = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (onProblem === undefined || !(error instanceof DataError)) throw error;
      onProblem(error);
      return undefined;
    }
  };
  return {
    id: loader.id,
    async load(bytes, origin, target) {
      const { height, width, plan, signal } = target;
      checkSize(height, width);
      signal?.throwIfAborted();
      const hash = target.hash ?? (await sha256(bytes));
      const path = join(nameOf(height, width), `${hash}.rgb`);
      const known = await attempt(readPixels(join(folder, path), height, width));
      if (known !== undefined) return augmented(known, height, width, plan);
      const { plan: _, ...plain } = target;
      const pixels = await loader.load(bytes, origin, { ...plain, hash });
      await attempt(write(path, packPixels(pixels, height, width)));
      return augmented(pixels, height, width, plan);
    },
    close: async () => loader.close?.(),
  };
}
