import type { RgbImage } from "../image/image.ts";
import { resizeBilinear } from "../image/resize.ts";
import { luma, type PerceptualHash, perceptualHash } from "./perceptual-hash.ts";

/** What an audit keeps of a decoded image: a few numbers, not its pixels. */
export interface Measured {
  readonly width: number;
  readonly height: number;
  /** Mean luma, 0 (black) to 255 (white). */
  readonly brightness: number;
  /**
   * Variance of the Laplacian of the luma, in squared levels: little where nothing is in focus (J. Pech-Pacheco and
   * others, 2000). It depends on the size, which is why all images are measured at one.
   */
  readonly sharpness: number;
  readonly hash: PerceptualHash | undefined;
}

/** Images are measured with the longer side brought down to so many pixels; smaller ones are not enlarged. */
const measuredSide = 256;

/** Measures an image; a pure function of its pixels. */
export function measureImage(image: RgbImage): Measured {
  const { width, height } = image;
  const small = shrink(image);
  const light = new Float64Array(small.width * small.height);
  let sum = 0;
  for (let at = 0; at < light.length; at++) {
    light[at] = luma(small.pixels, 3 * at);
    sum += light[at]!;
  }
  return {
    width,
    height,
    brightness: sum / light.length,
    sharpness: laplacianVariance(light, small.width, small.height),
    hash: perceptualHash(small),
  };
}

function shrink(image: RgbImage): RgbImage {
  const scale = measuredSide / Math.max(image.width, image.height);
  if (scale >= 1) return image;
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  return resizeBilinear(image, side(image.height), side(image.width));
}

/** Variance of `4 c - up - down - left - right` over the inner pixels; 0 where there is none. */
function laplacianVariance(light: Float64Array, width: number, height: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const value = 4 * light[at]! - light[at - 1]! - light[at + 1]! - light[at - width]! - light[at + width]!;
      sum += value;
      squares += value * value;
    }
  }
  const n = Math.max(0, width - 2) * Math.max(0, height - 2);
  return n === 0 ? 0 : Math.max(0, squares / n - (sum / n) ** 2);
}
