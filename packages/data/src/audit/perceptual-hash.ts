import type { RgbImage } from "../image/image.ts";
import { resizeBilinear } from "../image/resize.ts";

/** 64 bits in two halves, each an unsigned 32-bit integer. */
export type Hash64 = readonly [high: number, low: number];

/** What a picture is recognized by: 64 bits for its rows, and 64 for its columns. */
export interface PerceptualHash {
  /** Which of two neighbours in a row is lighter. */
  readonly across: Hash64;
  /** Which of two neighbours in a column is lighter. */
  readonly down: Hash64;
}

/** Steps between neighbours in each direction; their square is the number of bits. */
const steps = 8;
/** Lightest less darkest cell, in levels of luma, below which a picture has nothing to be recognized by. */
const leastContrast = 4;

/**
 * The difference hashes of a picture (dHash; N. Krawetz, 2013): antialiased down to 9 x 8 cells, one bit for each of two
 * neighbours in a row, set where the further one is lighter; and the same for columns in 8 x 9 cells. Re-encoding,
 * resizing and small changes of light flip a few of the 64 bits at most; mirroring, turning, or cutting off more than a few
 * percent give another hash altogether. Undefined for a picture whose cells are all but equal (a grey card, a black
 * frame): its bits would be noise.
 */
export function perceptualHash(image: RgbImage): PerceptualHash | undefined {
  const across = differences(image, steps, steps + 1, 1);
  const down = differences(image, steps + 1, steps, steps);
  return across && down && { across, down };
}

/** Compares each of `height` x `width` cells with the one `ahead` of it, where that is in the same row or column. */
function differences(image: RgbImage, height: number, width: number, ahead: number): Hash64 | undefined {
  const { pixels } = resizeBilinear(image, height, width);
  const cells = Array.from({ length: height * width }, (_, at) => luma(pixels, 3 * at));
  if (Math.max(...cells) - Math.min(...cells) < leastContrast) return undefined;
  const bits: [number, number] = [0, 0];
  for (let y = 0; y < steps; y++) {
    const half = y < steps / 2 ? 0 : 1;
    for (let x = 0; x < steps; x++) {
      const at = y * width + x;
      bits[half] = ((bits[half] << 1) | (cells[at + ahead]! > cells[at]! ? 1 : 0)) >>> 0;
    }
  }
  return bits;
}

/** Luma of the pixel at `at`, 0-255 in steps of 1/256, by the weights of ITU-R BT.601 in whole 256ths. */
export function luma(pixels: Uint8Array, at: number): number {
  return (77 * pixels[at]! + 150 * pixels[at + 1]! + 29 * pixels[at + 2]!) / 256;
}

/** Bits of 64 in which two pictures differ, 0 to 64: the larger of the distances of their two hashes. */
export function perceptualDistance(a: PerceptualHash, b: PerceptualHash): number {
  return Math.max(hammingDistance(a.across, b.across), hammingDistance(a.down, b.down));
}

/** Number of bits in which two hashes differ, 0 to 64. */
export function hammingDistance([a, b]: Hash64, [c, d]: Hash64): number {
  return bitCount(a ^ c) + bitCount(b ^ d);
}

/** Number of ones in 32 bits (H. Warren, Hacker's Delight, figure 5-2). */
function bitCount(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
