import { random } from "../random.ts";

/** A rectangle of an image that is painted over; whole pixels, inside the image. */
export interface ErasedRectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  /** One value 0-255 for every channel, or the seed of noise: each channel of each pixel normal with deviation 255, cut to 0-255. */
  readonly fill: { readonly value: number } | { readonly noiseSeed: number };
}

/** Paints over one rectangle of an image of `[height, width, 3]` bytes from `offset` on, in place. */
export function erase(
  pixels: Uint8Array,
  offset: number,
  height: number,
  width: number,
  { fill, ...rectangle }: ErasedRectangle,
): void {
  const bottom = Math.min(height, rectangle.top + rectangle.height);
  const stride = Math.min(width - rectangle.left, rectangle.width) * 3;
  const noise = "noiseSeed" in fill ? random(fill.noiseSeed, "erase") : undefined;
  const values = noise && noiseTable();
  for (let y = rectangle.top; y < bottom; y++) {
    const start = offset + (y * width + rectangle.left) * 3;
    if ("value" in fill) pixels.fill(fill.value, start, start + stride);
    else for (let at = start; at < start + stride; at++) pixels[at] = values![noise!.int(steps)]!;
  }
}

const steps = 4096;
let table: Uint8Array | undefined;

/** Noise by inversion: the k-th of 4096 equally likely values of a normal distribution that is cut to 0-255. */
function noiseTable(): Uint8Array {
  if (table !== undefined) return table;
  table = new Uint8Array(steps);
  let value = 0;
  for (let k = 0; k < steps; k++) {
    while (value < 255 && normalShare((value + 0.5) / 255) < (k + 0.5) / steps) value++;
    table[k] = value;
  }
  return table;
}

/** The share of a standard normal distribution below z, 0 <= z <= 1, by its Taylor series: the same on every platform. */
function normalShare(z: number): number {
  let power = z;
  let sum = z;
  for (let n = 1; n < 20; n++) {
    power *= (-z * z) / (2 * n);
    sum += power / (2 * n + 1);
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI);
}
