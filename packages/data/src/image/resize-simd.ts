import type { RgbImage } from "./image.ts";
import { resizeModule } from "./resize-kernel.ts";
import type { Taps } from "./taps.ts";

type Pass = (...numbers: [number, number, number, number, number, number, number]) => void;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly rows: Pass;
  readonly columns: Pass;
}

const PAGE = 65_536;
/** The memory of an instance never shrinks: larger images take the plain road. 64 MiB is a photograph of 20 million pixels. */
const MOST_BYTES = 2 ** 26;

let kernel: Kernel | undefined | null = null;

/** Compiled at the first use; undefined where the engine has no SIMD, or a content security policy forbids WebAssembly. */
function kernelOf(): Kernel | undefined {
  if (kernel !== null) return kernel;
  try {
    kernel = new WebAssembly.Instance(new WebAssembly.Module(resizeModule())).exports as unknown as Kernel;
  } catch {
    kernel = undefined;
  }
  return kernel;
}

const roundUp = (value: number): number => Math.ceil(value / 16) * 16;

/**
 * The resize by SIMD, the same bytes as the plain one: the sums of the first pass are integers, and those of the second
 * are made in the same order. 3 times as fast from 800 x 600 to 224 x 224. False where it cannot be done here.
 */
export function resizeSimd(image: RgbImage, across: Taps, down: Taps, out: Uint8Array, offset: number): boolean {
  const { width, height, pixels } = image;
  const rowTable = rowTableOf(across);
  const columnTable = columnTableOf(down);
  const values = across.to * 3;
  // A store of four values may touch one more, and a block of eight up to seven.
  const middleStride = roundUp(values + 8) * 4;
  const columnsAt = roundUp(rowTable.byteLength);
  const inputAt = columnsAt + roundUp(columnTable.byteLength);
  const middleAt = inputAt + roundUp(pixels.length + 8);
  const outAt = middleAt + roundUp(height * middleStride);
  const end = outAt + values * down.to + 16;
  if (end > MOST_BYTES) return false;
  const found = kernelOf();
  if (found === undefined) return false;
  const missing = end - found.memory.buffer.byteLength;
  if (missing > 0) found.memory.grow(Math.ceil(missing / PAGE));
  const memory = new Uint8Array(found.memory.buffer);
  memory.set(rowTable, 0);
  memory.set(columnTable, columnsAt);
  memory.set(pixels, inputAt);
  found.rows(inputAt, width * 3, height, 0, across.to, middleAt, middleStride);
  found.columns(middleAt, middleStride, columnsAt, down.to, Math.ceil(values / 8), outAt, values);
  out.set(memory.subarray(outAt, outAt + values * down.to), offset);
  return true;
}

const rowTables = new WeakMap<Taps, Uint8Array>();
const columnTables = new WeakMap<Taps, Uint8Array>();

/** For each position `[first byte, pairs]`, then `[upper halves, lower halves]` of each pair of weights, 11 bits each. */
function rowTableOf(taps: Taps): Uint8Array {
  const known = rowTables.get(taps);
  if (known !== undefined) return known;
  const words: number[] = [];
  for (let at = 0; at < taps.to; at++) {
    const [start, end] = [taps.start[at]!, taps.start[at + 1]!];
    words.push(taps.first[at]! * 3, Math.ceil((end - start) / 2));
    for (let k = start; k < end; k += 2) {
      const [one, two] = [taps.integers[k]!, k + 1 < end ? taps.integers[k + 1]! : 0];
      words.push((one >> 11) | ((two >> 11) << 16), (one & 2047) | ((two & 2047) << 16));
    }
  }
  const table = new Uint8Array(Int32Array.from(words).buffer);
  rowTables.set(taps, table);
  return table;
}

/** For each position `[first, taps]` in 32 bits each, then the weights as doubles. */
function columnTableOf(taps: Taps): Uint8Array {
  const known = columnTables.get(taps);
  if (known !== undefined) return known;
  const table = new Uint8Array((taps.to + taps.floats.length) * 8);
  const view = new DataView(table.buffer);
  let put = 0;
  for (let at = 0; at < taps.to; at++) {
    const [start, end] = [taps.start[at]!, taps.start[at + 1]!];
    view.setInt32(put, taps.first[at]!, true);
    view.setInt32(put + 4, end - start, true);
    put += 8;
    for (let k = start; k < end; k++, put += 8) view.setFloat64(put, taps.floats[k]!, true);
  }
  columnTables.set(taps, table);
  return table;
}
