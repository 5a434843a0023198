import type { RgbImage } from "./image.ts";
import type { Taps } from "./taps.ts";

/** The resize in plain JavaScript: what the definition of `resizeBilinear` says, and the fallback of the SIMD one. */
export function resizePlain(image: RgbImage, across: Taps, down: Taps, out: Uint8Array, offset: number): void {
  const middle = scratch(image.height * across.to * 3);
  resizeRows(image, across, middle);
  resizeColumns(middle, across.to * 3, down, out, offset);
}

let kept = new Int32Array(0);
const mostKept = 2 ** 22;

/**
 * Room between the passes, kept from call to call where it is no more than 16 MiB; the passes do not await, so that one
 * is enough.
 */
function scratch(length: number): Int32Array {
  if (kept.length >= length) return kept;
  const made = new Int32Array(length);
  if (length <= mostKept) kept = made;
  return made;
}

/**
 * Horizontal pass: `[height, from, 3]` bytes to `[height, to, 3]` sums, scaled by 2^22. Integers are faster than floats
 * here, and two rows at a time share the weights (3.7 ms to 2.4 ms from 800 to 224 pixels); an odd last row is done
 * twice.
 */
function resizeRows({ height, width, pixels }: RgbImage, { to, first, start, integers }: Taps, out: Int32Array): void {
  for (let y = 0; y < height; y += 2) {
    const next = Math.min(y + 1, height - 1);
    const down = (next - y) * width * 3;
    let put = y * to * 3;
    let putNext = next * to * 3;
    for (let x = 0; x < to; x++) {
      let at = (y * width + first[x]!) * 3;
      let r = 0;
      let g = 0;
      let b = 0;
      let r2 = 0;
      let g2 = 0;
      let b2 = 0;
      const end = start[x + 1]!;
      for (let k = start[x]!; k < end; k++) {
        const weight = integers[k]!;
        r = (r + Math.imul(weight, pixels[at]!)) | 0;
        g = (g + Math.imul(weight, pixels[at + 1]!)) | 0;
        b = (b + Math.imul(weight, pixels[at + 2]!)) | 0;
        r2 = (r2 + Math.imul(weight, pixels[at + down]!)) | 0;
        g2 = (g2 + Math.imul(weight, pixels[at + down + 1]!)) | 0;
        b2 = (b2 + Math.imul(weight, pixels[at + down + 2]!)) | 0;
        at += 3;
      }
      out[put++] = r;
      out[put++] = g;
      out[put++] = b;
      out[putNext++] = r2;
      out[putNext++] = g2;
      out[putNext++] = b2;
    }
  }
}

/** Vertical pass: `[from, stride]` sums scaled by 2^22 to `[to, stride]` bytes, rounded half up. */
function resizeColumns(
  middle: Int32Array,
  stride: number,
  { to, first, start, floats }: Taps,
  out: Uint8Array,
  offset: number,
): void {
  for (let y = 0; y < to; y++) {
    const put = offset + y * stride;
    const from = start[y]!;
    const end = start[y + 1]!;
    for (let x = 0; x < stride; x += 3) {
      let at = first[y]! * stride + x;
      let r = 0.5;
      let g = 0.5;
      let b = 0.5;
      for (let k = from; k < end; k++) {
        const weight = floats[k]!;
        r += weight * middle[at]!;
        g += weight * middle[at + 1]!;
        b += weight * middle[at + 2]!;
        at += stride;
      }
      out[put + x] = r;
      out[put + x + 1] = g;
      out[put + x + 2] = b;
    }
  }
}
