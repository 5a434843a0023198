import type { Info, WasmBackend } from "../wasm/heap.ts";
import { type ConvAttributes, convGeometry } from "./conv-geometry.ts";
import { tiledConvolution } from "./tiled-convolution.ts";

/** Filters of more values are left to the engine: register tiles win up to here (measured, see the README). */
export const LARGEST_TILED_FILTER = 192 * 1024;

const isOne = (dilations: ConvAttributes["dilations"]): boolean =>
  dilations === undefined ||
  (Array.isArray(dilations) ? dilations.every((dilation) => dilation === 1) : dilations === 1);

/** True where {@link conv2D} is faster than the engine's own kernel and computes what it computes. */
export function isTiled({ filter }: { filter: Info }, { dilations, dataFormat = "NHWC" }: ConvAttributes): boolean {
  const size = filter.shape.reduce((product, length) => product * length, 1);
  return size <= LARGEST_TILED_FILTER && isOne(dilations) && dataFormat === "NHWC";
}

/** `Conv2D` by register tiles, bit for bit what the engine's XNNPACK computes on the shapes that were compared. */
export function conv2D(
  backend: WasmBackend,
  { x, filter }: { x: Info; filter: Info },
  attributes: ConvAttributes,
): Info {
  const info = convGeometry("Conv2D", x.shape, filter.shape, attributes);
  const { filterWidth, inChannels, outChannels, padInfo } = info;
  const column = inChannels * outChannels;
  return tiledConvolution(backend, x, filter, {
    ...info,
    top: padInfo.top,
    left: padInfo.left,
    weights: { start: 0, row: filterWidth * column, column, input: outChannels, output: 1 },
  });
}
