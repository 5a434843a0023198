import { COLUMN_WIDTHS } from "../wasm/column-functions.ts";
import { addressOf, floatsOf, type Info, trainingFunctionsOf, type WasmBackend } from "../wasm/heap.ts";
import { channelGradient } from "./batch-norm-math.ts";
import { channelGroups } from "./channels.ts";

const FLOAT = 4;
/** Rows per sum in single precision; the sums themselves are added in double precision. */
const BLOCK_ROWS = 512;

/** Attributes of both kernels. */
export interface BatchNormAttributes {
  /** Added to the variance; > 0. */
  readonly epsilon: number;
}

/** Inputs of the forward kernel: `x` `[..., channels]`, `scale` and `offset` `[channels]`. */
export interface BatchNormInputs {
  readonly x: Info;
  readonly scale: Info;
  readonly offset: Info;
}

/** Inputs of the backward kernel; the gradients `dMean` and `dVariance` are zeros where only `y` is used. */
export interface BatchNormGradInputs {
  readonly x: Info;
  readonly scale: Info;
  readonly mean: Info;
  readonly variance: Info;
  readonly dy: Info;
  readonly dMean: Info;
  readonly dVariance: Info;
}

type Run = (run: (...values: number[]) => void, start: number, rows: number, byteOffset: number) => void;

/** Calls `each` for every group of channels and block of at most `blockRows` rows; `start` is the first channel in bytes. */
function sweep(
  backend: WasmBackend,
  name: string,
  channels: number,
  count: number,
  blockRows: number,
  each: Run,
): void {
  const functions = trainingFunctionsOf(backend);
  const stride = channels * FLOAT;
  for (let first = 0; first < count; first += blockRows) {
    const rows = Math.min(blockRows, count - first);
    for (const { start, width } of channelGroups(channels, COLUMN_WIDTHS)) {
      each(functions[`${name}${width}`]!, start * FLOAT, rows, first * stride + start * FLOAT);
    }
  }
}

function channelsOf(scale: Info, x: Info): { channels: number; count: number; stride: number } {
  const channels = scale.shape[0]!;
  const count = x.shape.reduce((product, size) => product * size, 1) / channels;
  return { channels, count, stride: channels * FLOAT };
}

/** Adds the columns of a `[1 or 2, channels]` scratch tensor to `totals` after each block, in double precision. */
function addBlock(totals: Float64Array, partial: Float32Array): void {
  for (let c = 0; c < totals.length; c++) totals[c]! += partial[c]!;
}

/** Training-mode batch normalization in place on the WASM heap: `[y, mean, variance]`. */
export function batchNormTrainingWasm(
  backend: WasmBackend,
  inputs: BatchNormInputs,
  { epsilon }: BatchNormAttributes,
): Info[] {
  const { x, scale, offset } = inputs;
  const { channels, count, stride } = channelsOf(scale, x);
  const y = backend.makeOutput(x.shape, "float32");
  const mean = backend.makeOutput([channels], "float32");
  const variance = backend.makeOutput([channels], "float32");
  const scratch = backend.makeOutput([2, channels], "float32");
  // No allocation below this line: addresses and views stay valid.
  const [xAt, yAt, meanAt, at] = [
    addressOf(backend, x),
    addressOf(backend, y),
    addressOf(backend, mean),
    addressOf(backend, scratch),
  ];
  const work = floatsOf(backend, scratch);
  const means = floatsOf(backend, mean);
  const variances = floatsOf(backend, variance);

  const sums = new Float64Array(channels);
  for (let first = 0; first < count; first += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, count - first);
    sweep(backend, "sum", channels, rows, rows, (run, start, blockRows) =>
      run(xAt + first * stride + start, at + start, blockRows, stride),
    );
    addBlock(sums, work);
  }
  for (let c = 0; c < channels; c++) means[c] = sums[c]! / count;

  const squares = new Float64Array(channels);
  for (let first = 0; first < count; first += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, count - first);
    sweep(backend, "squares", channels, rows, rows, (run, start, blockRows) =>
      run(xAt + first * stride + start, meanAt + start, at + start, blockRows, stride),
    );
    addBlock(squares, work);
  }
  const [scales, offsets] = [floatsOf(backend, scale), floatsOf(backend, offset)];
  for (let c = 0; c < channels; c++) {
    variances[c] = squares[c]! / count;
    const factor = scales[c]! / Math.sqrt(squares[c]! / count + epsilon);
    work[c] = factor;
    work[channels + c] = offsets[c]! - means[c]! * factor;
  }
  sweep(backend, "affine", channels, count, BLOCK_ROWS, (run, start, rows, byteOffset) =>
    run(xAt + byteOffset, at + start, at + stride + start, yAt + byteOffset, rows, stride),
  );
  backend.disposeData(scratch.dataId);
  return [y, mean, variance];
}

/** The gradients `[dx, dScale, dOffset]` of {@link batchNormTrainingWasm}, in two passes over `x` and `dy`. */
export function batchNormTrainingGradWasm(
  backend: WasmBackend,
  inputs: BatchNormGradInputs,
  { epsilon }: BatchNormAttributes,
): Info[] {
  const { x, scale, mean, variance, dy, dMean, dVariance } = inputs;
  const { channels, count, stride } = channelsOf(scale, x);
  const dx = backend.makeOutput(x.shape, "float32");
  const dScale = backend.makeOutput([channels], "float32");
  const dOffset = backend.makeOutput([channels], "float32");
  const scratch = backend.makeOutput([3, channels], "float32");
  const [xAt, dyAt, dxAt] = [addressOf(backend, x), addressOf(backend, dy), addressOf(backend, dx)];
  const [meanAt, at] = [addressOf(backend, mean), addressOf(backend, scratch)];
  const work = floatsOf(backend, scratch);

  const totals = new Float64Array(2 * channels);
  for (let first = 0; first < count; first += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, count - first);
    sweep(backend, "products", channels, rows, rows, (run, start, blockRows) => {
      const shift = first * stride + start;
      run(xAt + shift, dyAt + shift, meanAt + start, at + start, at + stride + start, blockRows, stride);
    });
    addBlock(totals, work);
  }
  const [scales, means, variances] = [floatsOf(backend, scale), floatsOf(backend, mean), floatsOf(backend, variance)];
  const [dMeans, dVariances] = [floatsOf(backend, dMean), floatsOf(backend, dVariance)];
  const [dScales, dOffsets] = [floatsOf(backend, dScale), floatsOf(backend, dOffset)];
  for (let c = 0; c < channels; c++) {
    const gradient = channelGradient({
      count,
      mean: means[c]!,
      variance: variances[c]!,
      epsilon,
      scale: scales[c]!,
      dy: totals[c]!,
      product: totals[channels + c]!,
      dMean: dMeans[c]!,
      dVariance: dVariances[c]!,
    });
    dScales[c] = gradient.dScale;
    dOffsets[c] = gradient.dOffset;
    work[c] = gradient.forDy;
    work[channels + c] = gradient.forX;
    work[2 * channels + c] = gradient.offset;
  }
  sweep(backend, "combine", channels, count, BLOCK_ROWS, (run, start, rows, byteOffset) =>
    run(
      xAt + byteOffset,
      dyAt + byteOffset,
      at + start,
      at + stride + start,
      at + 2 * stride + start,
      dxAt + byteOffset,
      rows,
      stride,
    ),
  );
  backend.disposeData(scratch.dataId);
  return [dx, dScale, dOffset];
}
