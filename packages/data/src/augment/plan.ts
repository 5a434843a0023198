import { DataError } from "../errors.ts";
import { applyColour, type ColourStep } from "./colour.ts";
import { type ErasedRectangle, erase } from "./erase.ts";
import type { AffineMatrix } from "./matrix.ts";
import { type Fill, warp } from "./warp.ts";

/**
 * Everything that happens to one image in one view, with all chance already drawn: plain data that can be sent to a
 * worker. One warp, then colour in order, then erasing.
 */
export interface AugmentPlan {
  /** Where each output pixel is taken from, in pixels of an image of the size that the plan was made for. */
  readonly matrix: AffineMatrix;
  /** What lies beyond the border of the input. */
  readonly fill: Fill;
  readonly colour: readonly ColourStep[];
  readonly erase: readonly ErasedRectangle[];
}

/**
 * The image of a plan: `[height, width, 3]` bytes at the start of `pixels` to as many bytes of `out` from index `offset`
 * on. `out` must not overlap `pixels`, which are left as they are. A plan that changes nothing copies the bytes.
 *
 * Throws a DataError (OPTION_INVALID) where the arrays are too short or the plan's matrix is not finite.
 */
export function applyPlan(
  pixels: Uint8Array,
  height: number,
  width: number,
  plan: AugmentPlan,
  out: Uint8Array,
  offset = 0,
): void {
  const length = height * width * 3;
  if (pixels.length < length || out.length < offset + length) {
    const message = `applyPlan: ${pixels.length} bytes to ${out.length - offset} for ${height} x ${width} pixels: give ${length} of each`;
    throw new DataError("OPTION_INVALID", message);
  }
  if (!plan.matrix.every(Number.isFinite)) {
    throw new DataError("OPTION_INVALID", `applyPlan: the matrix is [${plan.matrix.join(", ")}]: use finite numbers`);
  }
  warp(pixels, height, width, plan.matrix, plan.fill, out, offset);
  applyColour(out, offset, length, plan.colour);
  for (const rectangle of plan.erase) erase(out, offset, height, width, rectangle);
}
