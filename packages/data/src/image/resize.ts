import { DataError } from "../errors.ts";
import type { RgbImage } from "./image.ts";
import { resizePlain } from "./resize-plain.ts";
import { resizeSimd } from "./resize-simd.ts";
import { tapsOf } from "./taps.ts";

/** Identifies this resize and its arithmetic: part of `BatchSource.pixels`. Change it when a pixel could change. */
export const resizeId = "antialiased-bilinear-1";

/**
 * Antialiased bilinear resize, as `tf.image.resize(image, [height, width], antialias=True)` and Pillow's `BILINEAR` do
 * it: a triangle filter over half-pixel centres, widened by the scale where the image shrinks, normalized at the
 * borders; the aspect ratio is not kept. Two passes with one rounding (half up) at the end, so that a pixel is the
 * rounded exact value but for ties within about 1e-3. Equal sizes copy.
 *
 * @param height pixels down, an integer from 1 to 65,535
 * @param width pixels across, likewise
 * @returns a new image. Throws a DataError (OPTION_INVALID) for another size.
 */
export function resizeBilinear(image: RgbImage, height: number, width: number): RgbImage {
  checkSize(height, width);
  const pixels = new Uint8Array(height * width * 3);
  resizeInto(image, height, width, pixels, 0);
  return { width, height, pixels };
}

/** Throws a DataError (OPTION_INVALID) unless both are integers from 1 to 65,535. */
export function checkSize(height: number, width: number): void {
  const usable = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65_535;
  if (usable(height) && usable(width)) return;
  throw new DataError(
    "OPTION_INVALID",
    `size [${height}, ${width}]: use [height, width], whole pixels from 1 to 65535`,
  );
}

/** As {@link resizeBilinear}, into `out` from index `offset` on: a slot of a batch. */
function resizeInto(image: RgbImage, height: number, width: number, out: Uint8Array, offset: number): void {
  if (image.height === height && image.width === width) {
    out.set(image.pixels, offset);
    return;
  }
  const [across, down] = [tapsOf(image.width, width), tapsOf(image.height, height)];
  if (!resizeSimd(image, across, down, out, offset)) resizePlain(image, across, down, out, offset);
}
