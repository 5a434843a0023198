import { addressOf, type Info, trainingFunctionsOf, type WasmBackend, zeros } from "../wasm/heap.ts";
import { TILE_COLUMNS, TILE_ROWS } from "../wasm/tile-functions.ts";
import { channelGroups } from "./channels.ts";
import { type ConvAttributes, convGeometry, insideSpan } from "./conv-geometry.ts";

const FLOAT = 4;
/** Bytes of input and gradient that one sweep over all filter taps touches: most of a first-level cache. */
const SMALL_SWEEP_BYTES = 24 * 1024;
/** A filter larger than that costs more to sweep than the image: then a sweep takes as much as a second-level cache holds. */
const LARGE_SWEEP_BYTES = 512 * 1024;

/** Attributes of the kernel `Conv2DBackpropFilter`. */
export interface FilterAttributes extends ConvAttributes {
  readonly filterShape: readonly number[];
}

/**
 * `Conv2DBackpropFilter` for the WASM backend, which has none: `dw[a, b, i, j] = sum of x[n, y*s + a - top, x*s + b - left, i] *
 * dy[n, y, x, j]`. Reads the image in place (no im2col): per tap and per tile of channels, a sum in registers over the
 * output positions whose input lies inside the image.
 */
export function conv2DBackpropFilter(
  backend: WasmBackend,
  { x, dy }: { x: Info; dy: Info },
  attributes: FilterAttributes,
): Info {
  const info = convGeometry("Conv2DBackpropFilter", x.shape, attributes.filterShape, attributes);
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } =
    info;
  const { strideHeight, strideWidth, padInfo } = info;
  const dw = zeros(backend, info.filterShape);
  const functions = trainingFunctionsOf(backend);
  const [xBase, dyBase, dwBase] = [addressOf(backend, x), addressOf(backend, dy), addressOf(backend, dw)];

  const xColumn = inChannels * FLOAT;
  const xRow = inWidth * xColumn;
  const dyColumn = outChannels * FLOAT;
  const dyRow = outWidth * dyColumn;
  const dwBytes = filterHeight * filterWidth * inChannels * outChannels * FLOAT;
  const sweepBytes = Math.min(LARGE_SWEEP_BYTES, Math.max(SMALL_SWEEP_BYTES, dwBytes));
  const rowsPerSweep = Math.max(1, Math.floor(sweepBytes / (xRow * strideHeight + dyRow)));

  const tiles = channelGroups(inChannels, TILE_ROWS).flatMap((input) =>
    channelGroups(outChannels, TILE_COLUMNS).map((output) => ({
      run: functions[`filterTile${input.width}x${output.width}`]!,
      x: input.start * FLOAT,
      dy: output.start * FLOAT,
      dw: (input.start * outChannels + output.start) * FLOAT,
    })),
  );
  const columnSpans = Array.from({ length: filterWidth }, (_, b) =>
    insideSpan(outWidth, inWidth, strideWidth, b - padInfo.left),
  );

  for (let image = 0; image < batchSize; image++) {
    const xImage = xBase + image * inHeight * xRow;
    const dyImage = dyBase + image * outHeight * dyRow;
    for (let firstRow = 0; firstRow < outHeight; firstRow += rowsPerSweep) {
      const sweepRows = Math.min(rowsPerSweep, outHeight - firstRow);
      for (let a = 0; a < filterHeight; a++) {
        const rows = insideSpan(sweepRows, inHeight, strideHeight, firstRow * strideHeight + a - padInfo.top);
        // A start below 0 is cut by the span itself; what lies above the image is not counted.
        if (rows.count === 0) continue;
        for (let b = 0; b < filterWidth; b++) {
          const columns = columnSpans[b]!;
          if (columns.count === 0) continue;
          const xAt = xImage + rows.input * xRow + columns.input * xColumn;
          const dyAt = dyImage + (firstRow + rows.start) * dyRow + columns.start * dyColumn;
          const dwAt = dwBase + (a * filterWidth + b) * inChannels * dyColumn;
          for (const tile of tiles) {
            tile.run(
              xAt + tile.x,
              dyAt + tile.dy,
              dwAt + tile.dw,
              rows.count,
              columns.count,
              xRow * strideHeight,
              xColumn * strideWidth,
              dyRow,
              dyColumn,
              dyColumn,
            );
          }
        }
      }
    }
  }
  return dw;
}
