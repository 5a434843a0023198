import type { AugmentPlan } from "../augment/plan.ts";
import { applyPlan } from "../augment/plan.ts";
import type { ImageDecoder, ImageOrigin } from "./image.ts";
import { resizeBilinear, resizeId } from "./resize.ts";

/** What {@link ImageLoader.load} makes of an image. */
export interface LoadTarget {
  /** Pixels down, 1 to 65,535. */
  readonly height: number;
  /** Pixels across, 1 to 65,535. */
  readonly width: number;
  /** Augmentation of the resized image; absent = the plain image. */
  readonly plan?: AugmentPlan;
  /** SHA-256 of the encoded bytes in hexadecimal, where the caller knows it: spares a cache from computing it. */
  readonly hash?: string;
  /** Gives the work up; `load` then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** From encoded bytes to pixels of one size: in process, in workers, or through a cache. */
export interface ImageLoader {
  /** Identifies decoder and resize: equal ids give equal pixels for equal bytes, size and plan. Part of cache keys. */
  readonly id: string;
  /**
   * RGB `[height, width, 3]`, 0-255, which the caller may keep. The bytes are left as they are. Throws a DataError:
   * IMAGE_UNREADABLE and IMAGE_TOO_LARGE name `origin`'s file and id.
   */
  load(bytes: Uint8Array, origin: ImageOrigin, target: LoadTarget): Promise<Uint8Array>;
  /** Releases threads and files; no error where it was closed before. */
  close?(): Promise<void>;
}

/** The id of every loader that decodes with `decoder` and resizes with this package's resize. */
export const loaderId = ({ id }: Pick<ImageDecoder, "id">): string => `${id}|${resizeId}`;

/** Decodes with `decoder`, resizes (antialiased bilinear) and augments on the caller's thread. */
export function imageLoader(decoder: ImageDecoder): ImageLoader {
  return {
    id: loaderId(decoder),
    async load(bytes, origin, { height, width, plan, signal }) {
      signal?.throwIfAborted();
      const image = await decoder.decode(bytes, origin);
      signal?.throwIfAborted();
      return augmented(resizeBilinear(image, height, width).pixels, height, width, plan);
    },
  };
}

/** The pixels under `plan`, in a new array; the pixels themselves where there is none. */
export function augmented(
  pixels: Uint8Array,
  height: number,
  width: number,
  plan: AugmentPlan | undefined,
): Uint8Array {
  if (plan === undefined) return pixels;
  const out = new Uint8Array(pixels.length);
  applyPlan(pixels, height, width, plan, out, 0);
  return out;
}
