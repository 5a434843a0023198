import type { AffineMatrix } from "./matrix.ts";

/**
 * Beyond the border of an image, by Keras's names: `reflect` (d c b a | a b c d | d c b a), `constant` (k k k k | a b c
 * d | k k k k), `nearest` (a a a a | a b c d | d d d d), `wrap` (a b c d | a b c d | a b c d).
 */
export type FillMode = "constant" | "nearest" | "reflect" | "wrap";

/** What lies beyond the border of an image. */
export interface Fill {
  readonly mode: FillMode;
  /** 0-255, for `constant` only. */
  readonly value: number;
}

/**
 * Bilinear inverse warp of RGB bytes. Weights have 11 bits, so that a value is within 1/4 of the exact one before it is
 * rounded. Maps that only move whole pixels (flips, whole shifts) copy bytes.
 */
export function warp(
  pixels: Uint8Array,
  height: number,
  width: number,
  matrix: AffineMatrix,
  fill: Fill,
  out: Uint8Array,
  offset: number,
): void {
  const [a, b, c, d, e, f] = matrix;
  const moves = b === 0 && d === 0 && Math.abs(a) === 1 && Math.abs(e) === 1;
  if (moves && a === 1 && e === 1 && c === 0 && f === 0) out.set(pixels.subarray(0, height * width * 3), offset);
  else if (moves && Number.isInteger(c) && Number.isInteger(f)) {
    moveWhole(pixels, height, width, { a, c, e, f }, fill, out, offset);
  } else interpolate(pixels, height, width, matrix, fill, out, offset);
}

/** The place inside 0 … n-1 that index `at` stands for; -1 where it stands for the constant. */
function foldIndex(at: number, n: number, mode: FillMode): number {
  if (at >= 0 && at < n) return at;
  if (mode === "constant") return -1;
  if (mode === "nearest") return at < 0 ? 0 : n - 1;
  if (mode === "wrap") return at - n * Math.floor(at / n);
  const inPeriod = at - 2 * n * Math.floor(at / (2 * n));
  return inPeriod < n ? inPeriod : 2 * n - 1 - inPeriod;
}

/** A permutation of rows and one of columns: no pixel is mixed with another. */
function moveWhole(
  pixels: Uint8Array,
  height: number,
  width: number,
  { a, c, e, f }: { readonly a: number; readonly c: number; readonly e: number; readonly f: number },
  { mode, value }: Fill,
  out: Uint8Array,
  offset: number,
): void {
  const columns = new Int32Array(width);
  for (let x = 0; x < width; x++) columns[x] = foldIndex(a * x + c, width, mode) * 3;
  let put = offset;
  for (let y = 0; y < height; y++) {
    const row = foldIndex(e * y + f, height, mode) * width * 3;
    for (let x = 0; x < width; x++, put += 3) {
      const column = columns[x]!;
      if (row < 0 || column < 0) {
        out[put] = out[put + 1] = out[put + 2] = value;
        continue;
      }
      const at = row + column;
      out[put] = pixels[at]!;
      out[put + 1] = pixels[at + 1]!;
      out[put + 2] = pixels[at + 2]!;
    }
  }
}

const one = 2048;
const half = 2 ** 21;

function interpolate(
  pixels: Uint8Array,
  height: number,
  width: number,
  [a, b, c, d, e, f]: AffineMatrix,
  fill: Fill,
  out: Uint8Array,
  offset: number,
): void {
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    const u0 = b * y + c;
    const v0 = e * y + f;
    const row = offset + y * stride;
    const isInside = (x: number): boolean => {
      const [u, v] = [a * x + u0, d * x + v0];
      return u >= 0 && u < width - 1 && v >= 0 && v < height - 1;
    };
    // The part of the row whose four neighbours are all inside is an interval; rounding may have moved its ends by one.
    let from = Math.ceil(Math.max(0, enters(a, u0, width - 1), enters(d, v0, height - 1)));
    let to = Math.floor(Math.min(width - 1, leaves(a, u0, width - 1), leaves(d, v0, height - 1))) + 1;
    while (from < to && !isInside(from)) from++;
    while (from < to && !isInside(to - 1)) to--;
    if (!(from < to)) from = to = width;
    border(pixels, height, width, [a, u0, d, v0], fill, out, row, 0, from);
    let put = row + from * 3;
    for (let x = from; x < to; x++, put += 3) {
      const u = a * x + u0;
      const v = d * x + v0;
      const iu = u | 0;
      const iv = v | 0;
      const fu = ((u - iu) * one + 0.5) | 0;
      const fv = ((v - iv) * one + 0.5) | 0;
      const w11 = Math.imul(fu, fv);
      const w01 = ((fu << 11) - w11) | 0;
      const w10 = ((fv << 11) - w11) | 0;
      const w00 = (2 * half - w01 - w10 - w11) | 0;
      const at = (Math.imul(iv, stride) + iu * 3) | 0;
      const down = (at + stride) | 0;
      out[put] =
        (Math.imul(pixels[at]!, w00) +
          Math.imul(pixels[at + 3]!, w01) +
          Math.imul(pixels[down]!, w10) +
          Math.imul(pixels[down + 3]!, w11) +
          half) >>
        22;
      out[put + 1] =
        (Math.imul(pixels[at + 1]!, w00) +
          Math.imul(pixels[at + 4]!, w01) +
          Math.imul(pixels[down + 1]!, w10) +
          Math.imul(pixels[down + 4]!, w11) +
          half) >>
        22;
      out[put + 2] =
        (Math.imul(pixels[at + 2]!, w00) +
          Math.imul(pixels[at + 5]!, w01) +
          Math.imul(pixels[down + 2]!, w10) +
          Math.imul(pixels[down + 5]!, w11) +
          half) >>
        22;
    }
    border(pixels, height, width, [a, u0, d, v0], fill, out, row, to, width);
  }
}

/** The first x for which slope x + start may lie in [0, end). */
function enters(slope: number, start: number, end: number): number {
  if (slope > 0) return -start / slope;
  if (slope < 0) return (end - start) / slope;
  return start >= 0 && start < end ? 0 : Number.POSITIVE_INFINITY;
}

/** The last x for which slope x + start may lie in [0, end). */
function leaves(slope: number, start: number, end: number): number {
  if (slope > 0) return (end - start) / slope;
  if (slope < 0) return -start / slope;
  return Number.POSITIVE_INFINITY;
}

/** Pixels `from` … `to - 1` of a row, some of whose neighbours are outside. */
function border(
  pixels: Uint8Array,
  height: number,
  width: number,
  [a, u0, d, v0]: readonly [number, number, number, number],
  { mode, value }: Fill,
  out: Uint8Array,
  row: number,
  from: number,
  to: number,
): void {
  for (let x = from; x < to; x++) {
    const u = a * x + u0;
    const v = d * x + v0;
    const iu = Math.floor(u);
    const iv = Math.floor(v);
    const fu = ((u - iu) * one + 0.5) | 0;
    const fv = ((v - iv) * one + 0.5) | 0;
    const left = foldIndex(iu, width, mode);
    const right = foldIndex(iu + 1, width, mode);
    const top = foldIndex(iv, height, mode);
    const bottom = foldIndex(iv + 1, height, mode);
    for (let channel = 0; channel < 3; channel++) {
      const p00 = left < 0 || top < 0 ? value : pixels[(top * width + left) * 3 + channel]!;
      const p01 = right < 0 || top < 0 ? value : pixels[(top * width + right) * 3 + channel]!;
      const p10 = left < 0 || bottom < 0 ? value : pixels[(bottom * width + left) * 3 + channel]!;
      const p11 = right < 0 || bottom < 0 ? value : pixels[(bottom * width + right) * 3 + channel]!;
      const upper = p00 * (one - fu) + p01 * fu;
      const lower = p10 * (one - fu) + p11 * fu;
      out[row + x * 3 + channel] = (upper * (one - fv) + lower * fv + half) >> 22;
    }
  }
}
