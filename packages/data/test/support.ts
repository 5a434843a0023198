import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DataError, type ImageDecoder, type RgbImage } from "../src/index.ts";

/** The folder of real photographs beside the repository, and whether it is there. */
export const cassava = fileURLToPath(new URL("../../../../shared/data/cassava", import.meta.url));
export const hasCassava = existsSync(join(cassava, "train.csv"));

// Indexes of shards in read-only folders go here, and not into the home folder of whoever runs the tests.
process.env.CASSAVA_CACHE = join(tmpdir(), "cassava-data-tests");

/** Runs `work` with a fresh folder that is removed afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "cassava-data-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What `work` throws; undefined where it throws nothing. */
export async function rejection(work: Promise<unknown> | (() => Promise<unknown>)): Promise<unknown> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    return error;
  }
  return undefined;
}

/** An "encoded" image for `plainDecoder`: width, height and one value for all pixels. */
export const plain = (width: number, height: number, value: number): Uint8Array => Uint8Array.of(width, height, value);

/** Decodes `plain` images; an image of width 0 is damaged. Counts what it does. */
export function plainDecoder(): ImageDecoder & { readonly seen: string[]; mostAtOnce(): number } {
  const seen: string[] = [];
  let now = 0;
  let most = 0;
  return {
    id: "plain",
    seen,
    mostAtOnce: () => most,
    async decode(bytes, { file, id }): Promise<RgbImage> {
      seen.push(id);
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
      const [width, height, value] = bytes as unknown as [number, number, number];
      if (width === 0)
        throw new DataError("IMAGE_UNREADABLE", `image "${id}" of ${file} cannot be decoded`, { file, id });
      return { width, height, pixels: new Uint8Array(width * height * 3).fill(value) };
    },
  };
}
