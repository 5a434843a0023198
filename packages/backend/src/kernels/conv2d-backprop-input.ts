import { COLUMN_WIDTHS } from "../wasm/column-functions.ts";
import {
  addressOf,
  callKernel,
  floatsOf,
  type Info,
  trainingFunctionsOf,
  type WasmBackend,
  zeros,
} from "../wasm/heap.ts";
import { channelGroups } from "./channels.ts";
import { type ConvAttributes, convGeometry, insideSpan } from "./conv-geometry.ts";
import { LARGEST_TILED_FILTER } from "./conv2d.ts";
import { tiledConvolution } from "./tiled-convolution.ts";

const FLOAT = 4;

/** Attributes of the kernel `Conv2DBackpropInput`. */
export interface InputAttributes extends ConvAttributes {
  readonly inputShape: readonly number[];
}

type Geometry = ReturnType<typeof convGeometry>;

/** The filter turned by 180 degrees with its channels exchanged: `[a, b, i, j]` becomes `[h-1-a, w-1-b, j, i]`. */
function turnedFilter(backend: WasmBackend, filter: Info, info: Geometry): Info {
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const turned = backend.makeOutput([filterHeight, filterWidth, outChannels, inChannels], "float32");
  const [from, to] = [floatsOf(backend, filter), floatsOf(backend, turned)];
  const tap = inChannels * outChannels;
  const taps = filterHeight * filterWidth;
  for (let index = 0; index < taps; index++) {
    const source = index * tap;
    const target = (taps - 1 - index) * tap;
    for (let i = 0; i < inChannels; i++) {
      for (let j = 0; j < outChannels; j++) to[target + j * inChannels + i] = from[source + i * outChannels + j]!;
    }
  }
  return turned;
}

/** Stride 1: the gradient is itself a convolution, of `dy` with the turned filter. */
function byConvolution(backend: WasmBackend, dy: Info, filter: Info, info: Geometry): Info {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } =
    info;
  const top = filterHeight - 1 - info.padInfo.top;
  const left = filterWidth - 1 - info.padInfo.left;
  const column = inChannels * outChannels;
  if (filterHeight * filterWidth * column <= LARGEST_TILED_FILTER) {
    return tiledConvolution(backend, dy, filter, {
      ...{ batchSize, inHeight: outHeight, inWidth: outWidth, inChannels: outChannels },
      ...{ outHeight: inHeight, outWidth: inWidth, outChannels: inChannels },
      ...{ filterHeight, filterWidth, strideHeight: 1, strideWidth: 1, top, left },
      weights: {
        start: (filterHeight * filterWidth - 1) * column,
        row: -filterWidth * column,
        column: -column,
        input: 1,
        output: outChannels,
      },
    });
  }
  const bottom = inHeight - outHeight - top + filterHeight - 1;
  const right = inWidth - outWidth - left + filterWidth - 1;
  const turned = turnedFilter(backend, filter, info);
  const pad = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const attributes = { strides: [1, 1], dilations: [1, 1], pad, dataFormat: "NHWC" };
  const dx = callKernel(backend, "Conv2D", { x: dy, filter: turned }, attributes);
  backend.disposeData(turned.dataId);
  return dx;
}

/** Any stride: one matrix product gives the share of every (output position, filter tap); the shares are added in place. */
function byScatter(backend: WasmBackend, dy: Info, filter: Info, info: Geometry): Info {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } =
    info;
  const { strideHeight, strideWidth, padInfo } = info;
  const dx = zeros(backend, [batchSize, inHeight, inWidth, inChannels]);
  const shareSize = filterHeight * filterWidth * inChannels;
  const matrix = callKernel(
    backend,
    "Transpose",
    { x: reshapedView(filter, [shareSize, outChannels]) },
    { perm: [1, 0] },
  );
  const functions = trainingFunctionsOf(backend);
  const groups = channelGroups(inChannels, COLUMN_WIDTHS);
  const columnBytes = inChannels * FLOAT;
  const rowBytes = inWidth * columnBytes;
  const positions = batchSize * outHeight * outWidth;
  const shares = callKernel(
    backend,
    "BatchMatMul",
    { a: reshapedView(dy, [1, positions, outChannels]), b: reshapedView(matrix, [1, outChannels, shareSize]) },
    { transposeA: false, transposeB: false },
  );
  // Addresses are read after the last allocation.
  const [from, to] = [addressOf(backend, shares), addressOf(backend, dx)];
  const shareBytes = shareSize * FLOAT;
  for (let image = 0; image < batchSize; image++) {
    for (let a = 0; a < filterHeight; a++) {
      const rows = insideSpan(outHeight, inHeight, strideHeight, a - padInfo.top);
      for (let b = 0; b < filterWidth; b++) {
        const columns = insideSpan(outWidth, inWidth, strideWidth, b - padInfo.left);
        if (columns.count === 0) continue;
        const tap = (a * filterWidth + b) * columnBytes;
        for (let row = 0; row < rows.count; row++) {
          const source = from + ((image * outHeight + rows.start + row) * outWidth + columns.start) * shareBytes + tap;
          const target =
            to + (image * inHeight + rows.input + row * strideHeight) * rowBytes + columns.input * columnBytes;
          for (const { start, width } of groups) {
            const run = functions[`accumulate${width}`]!;
            run(source + start * FLOAT, target + start * FLOAT, columns.count, shareBytes, strideWidth * columnBytes);
          }
        }
      }
    }
  }
  backend.disposeData(shares.dataId);
  backend.disposeData(matrix.dataId);
  return dx;
}

/** The same data under another shape for the time of one kernel call; nothing to dispose of. */
function reshapedView({ dataId, dtype }: Info, shape: number[]): Info {
  return { dataId, dtype, shape };
}

/**
 * `Conv2DBackpropInput` for the WASM backend. The stock kernel is a scalar loop, 7 to 13 times slower than the forward
 * convolution; this one costs about as much as the forward pass.
 */
export function conv2DBackpropInput(
  backend: WasmBackend,
  { dy, filter }: { dy: Info; filter: Info },
  attributes: InputAttributes,
): Info {
  const info = convGeometry("Conv2DBackpropInput", attributes.inputShape, filter.shape, attributes);
  const { strideHeight, strideWidth, padInfo, filterHeight, filterWidth } = info;
  // Padding wider than the filter has outputs that see no pixel: the turned convolution would need negative padding.
  const within =
    padInfo.top < filterHeight &&
    padInfo.left < filterWidth &&
    padInfo.bottom < filterHeight &&
    padInfo.right < filterWidth;
  if (strideHeight === 1 && strideWidth === 1 && within) return byConvolution(backend, dy, filter, info);
  return byScatter(backend, dy, filter, info);
}
