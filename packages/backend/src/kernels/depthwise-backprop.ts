import { COLUMN_WIDTHS } from "../wasm/column-functions.ts";
import { addressOf, floatsOf, type Info, trainingFunctionsOf, type WasmBackend, zeros } from "../wasm/heap.ts";
import { channelGroups } from "./channels.ts";
import { convGeometry, insideSpan } from "./conv-geometry.ts";
import type { FilterAttributes } from "./conv2d-backprop-filter.ts";
import type { InputAttributes } from "./conv2d-backprop-input.ts";

const FLOAT = 4;
type Geometry = ReturnType<typeof convGeometry>;

/** A run of neighbouring outputs under one filter tap, with the first input and output element of channel 0. */
interface Run {
  readonly x: number;
  readonly dy: number;
  readonly tap: number;
  readonly count: number;
}

/** Every run whose inputs lie inside the image: per image, tap and output row. */
function* runsOf(info: Geometry): Generator<Run> {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  for (let image = 0; image < batchSize; image++) {
    for (let a = 0; a < filterHeight; a++) {
      const rows = insideSpan(outHeight, inHeight, strideHeight, a * dilationHeight - padInfo.top);
      for (let b = 0; b < filterWidth; b++) {
        const columns = insideSpan(outWidth, inWidth, strideWidth, b * dilationWidth - padInfo.left);
        if (columns.count === 0) continue;
        for (let row = 0; row < rows.count; row++) {
          const xRow = image * inHeight + rows.input + row * strideHeight;
          const dyRow = image * outHeight + rows.start + row;
          yield {
            x: (xRow * inWidth + columns.input) * inChannels,
            dy: (dyRow * outWidth + columns.start) * outChannels,
            tap: a * filterWidth + b,
            count: columns.count,
          };
        }
      }
    }
  }
}

/** `DepthwiseConv2dNativeBackpropFilter` for the WASM backend, which has none. `[h, w, channels, multiplier]`. */
export function depthwiseBackpropFilter(
  backend: WasmBackend,
  { x, dy }: { x: Info; dy: Info },
  attributes: FilterAttributes,
): Info {
  const info = convGeometry("DepthwiseConv2dNativeBackpropFilter", x.shape, attributes.filterShape, attributes, true);
  const { inChannels, outChannels, strideWidth } = info;
  const multiplier = outChannels / inChannels;
  const dw = zeros(backend, attributes.filterShape);
  if (multiplier === 1) {
    const functions = trainingFunctionsOf(backend);
    const [xAt, dyAt, dwAt] = [addressOf(backend, x), addressOf(backend, dy), addressOf(backend, dw)];
    const stride = inChannels * FLOAT;
    const groups = channelGroups(inChannels, COLUMN_WIDTHS);
    for (const run of runsOf(info)) {
      for (const { start, width } of groups) {
        const [from, gradient, to] = [run.x + start, run.dy + start, run.tap * inChannels + start];
        const dots = functions[`dots${width}`]!;
        dots(xAt + from * FLOAT, dyAt + gradient * FLOAT, dwAt + to * FLOAT, run.count, stride * strideWidth, stride);
      }
    }
    return dw;
  }
  const [values, gradients, sums] = [floatsOf(backend, x), floatsOf(backend, dy), floatsOf(backend, dw)];
  for (const { x: from, dy: gradient, tap, count } of runsOf(info)) {
    for (let k = 0; k < outChannels; k++) {
      let sum = 0;
      const channel = Math.floor(k / multiplier);
      for (let p = 0; p < count; p++) {
        sum += values[from + p * strideWidth * inChannels + channel]! * gradients[gradient + p * outChannels + k]!;
      }
      sums[tap * outChannels + k]! += sum;
    }
  }
  return dw;
}

/** `DepthwiseConv2dNativeBackpropInput` for the WASM backend, which has none. */
export function depthwiseBackpropInput(
  backend: WasmBackend,
  { dy, filter }: { dy: Info; filter: Info },
  attributes: InputAttributes,
): Info {
  const info = convGeometry(
    "DepthwiseConv2dNativeBackpropInput",
    attributes.inputShape,
    filter.shape,
    attributes,
    true,
  );
  const { inChannels, outChannels, strideWidth } = info;
  const multiplier = outChannels / inChannels;
  const dx = zeros(backend, attributes.inputShape);
  if (multiplier === 1) {
    const functions = trainingFunctionsOf(backend);
    const [dyAt, wAt, dxAt] = [addressOf(backend, dy), addressOf(backend, filter), addressOf(backend, dx)];
    const stride = inChannels * FLOAT;
    const groups = channelGroups(inChannels, COLUMN_WIDTHS);
    for (const run of runsOf(info)) {
      for (const { start, width } of groups) {
        const [to, gradient, weight] = [run.x + start, run.dy + start, run.tap * inChannels + start];
        const spread = functions[`spread${width}`]!;
        spread(
          dyAt + gradient * FLOAT,
          wAt + weight * FLOAT,
          dxAt + to * FLOAT,
          run.count,
          stride,
          stride * strideWidth,
        );
      }
    }
    return dx;
  }
  const [gradients, weights, sums] = [floatsOf(backend, dy), floatsOf(backend, filter), floatsOf(backend, dx)];
  for (const { x: to, dy: gradient, tap, count } of runsOf(info)) {
    for (let p = 0; p < count; p++) {
      for (let k = 0; k < outChannels; k++) {
        const channel = Math.floor(k / multiplier);
        sums[to + p * strideWidth * inChannels + channel]! +=
          gradients[gradient + p * outChannels + k]! * weights[tap * outChannels + k]!;
      }
    }
  }
  return dx;
}
