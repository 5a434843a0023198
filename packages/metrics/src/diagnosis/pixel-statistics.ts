import type { PixelStatistics } from "./input.ts";

/**
 * Least and largest of pixels, and mean and standard deviation of each channel, in the pixels' own unit. A value that is not a number
 * shows in the least or largest.
 *
 * @param images `[n, height, width, channels]`, row-major
 */
export function pixelStatistics(images: ArrayLike<number>, channels = 3): PixelStatistics {
  const [sum, squares] = [new Array<number>(channels).fill(0), new Array<number>(channels).fill(0)];
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < images.length; i++) {
    const value = images[i]!;
    // Not Math.min of the value first: a value that is not a number has to show.
    if (!(value >= min)) min = value;
    if (!(value <= max)) max = value;
    sum[i % channels]! += value;
    squares[i % channels]! += value * value;
  }
  const n = images.length / channels;
  const mean = sum.map((all) => all / n);
  return { min, max, mean, std: squares.map((all, c) => Math.sqrt(Math.max(0, all / n - mean[c]! ** 2))) };
}
