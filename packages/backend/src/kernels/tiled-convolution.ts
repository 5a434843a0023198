import { addressOf, floatsOf, type Info, trainingFunctionsOf, type WasmBackend } from "../wasm/heap.ts";
import { TILE_COLUMNS } from "../wasm/tile-functions.ts";
import { channelGroups } from "./channels.ts";

const FLOAT = 4;
/** Positions of one register tile. */
const PIXELS = 4;

/** Where the value of tap (a, b) from channel i to channel j stands in the filter's data: a sum of steps from `start`. */
export interface WeightLayout {
  readonly start: number;
  readonly row: number;
  readonly column: number;
  readonly input: number;
  readonly output: number;
}

/** A convolution without dilation. */
export interface TiledConvolution {
  readonly batchSize: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly top: number;
  readonly left: number;
  readonly weights: WeightLayout;
}

/** Filter values in the order in which tiles read them: group of output channels, tap row, tap column, input channel. */
function packWeights(backend: WasmBackend, filter: Info, shape: TiledConvolution): Info {
  const { filterHeight, filterWidth, inChannels, outChannels, weights } = shape;
  const packed = backend.makeOutput([filterHeight * filterWidth * inChannels * outChannels], "float32");
  const [from, to] = [floatsOf(backend, filter), floatsOf(backend, packed)];
  let at = 0;
  for (const { start, width } of channelGroups(outChannels, TILE_COLUMNS)) {
    for (let a = 0; a < filterHeight; a++) {
      for (let b = 0; b < filterWidth; b++) {
        let first = weights.start + a * weights.row + b * weights.column + start * weights.output;
        for (let i = 0; i < inChannels; i++, first += weights.input) {
          for (let j = 0; j < width; j++) to[at++] = from[first + j * weights.output]!;
        }
      }
    }
  }
  return packed;
}

/** Convolves `x` with `filter` by register tiles; each image is first copied into a border of zeros where there is padding. */
export function tiledConvolution(backend: WasmBackend, x: Info, filter: Info, shape: TiledConvolution): Info {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = shape;
  const { filterHeight, filterWidth, strideHeight, strideWidth, top, left } = shape;
  const paddedHeight = (outHeight - 1) * strideHeight + filterHeight;
  const paddedWidth = (outWidth - 1) * strideWidth + filterWidth;
  const padded = top > 0 || left > 0 || paddedHeight > inHeight || paddedWidth > inWidth;
  const y = backend.makeOutput([batchSize, outHeight, outWidth, outChannels], "float32");
  const packed = packWeights(backend, filter, shape);
  const border = padded ? backend.makeOutput([paddedHeight * paddedWidth * inChannels], "float32") : undefined;
  const functions = trainingFunctionsOf(backend);
  const [xBase, yBase, wBase] = [addressOf(backend, x), addressOf(backend, y), addressOf(backend, packed)];
  const xColumn = inChannels * FLOAT;
  const xRow = (padded ? paddedWidth : inWidth) * xColumn;
  const yColumn = outChannels * FLOAT;
  const elements = filterHeight * filterWidth * inChannels;
  const groups = channelGroups(outChannels, TILE_COLUMNS);
  const source = floatsOf(backend, x);
  const target = border === undefined ? undefined : floatsOf(backend, border).fill(0);
  const [rows, columns] = [Math.min(inHeight, paddedHeight - top), Math.min(inWidth, paddedWidth - left)];

  for (let image = 0; image < batchSize; image++) {
    let xImage = xBase + image * inHeight * inWidth * xColumn;
    if (border !== undefined && target !== undefined) {
      for (let row = 0; row < rows; row++) {
        const from = (image * inHeight + row) * inWidth * inChannels;
        target.set(source.subarray(from, from + columns * inChannels), ((row + top) * paddedWidth + left) * inChannels);
      }
      xImage = addressOf(backend, border);
    }
    for (const { start, width } of groups) {
      const many = functions[`convTile${PIXELS}x${width}`]!;
      const one = functions[`convTile1x${width}`]!;
      const w = wBase + start * elements * FLOAT;
      const tiles = Math.floor(outWidth / PIXELS);
      const rest = outWidth - tiles * PIXELS;
      const run = filterWidth * inChannels;
      for (let row = 0; row < outHeight; row++) {
        const xAt = xImage + row * strideHeight * xRow;
        const yAt = yBase + (image * outHeight + row) * outWidth * yColumn + start * FLOAT;
        if (tiles > 0) many(xAt, w, yAt, tiles, filterHeight, run, xRow, strideWidth * xColumn, yColumn);
        if (rest > 0) {
          const done = tiles * PIXELS;
          one(
            xAt + done * strideWidth * xColumn,
            w,
            yAt + done * yColumn,
            rest,
            filterHeight,
            run,
            xRow,
            strideWidth * xColumn,
            yColumn,
          );
        }
      }
    }
  }
  backend.disposeData(packed.dataId);
  if (border !== undefined) backend.disposeData(border.dataId);
  return y;
}
