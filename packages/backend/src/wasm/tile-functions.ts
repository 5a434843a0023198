import { i32, type WasmFunction, wasmFunction } from "./assembler.ts";
import { advance, FLOAT, locals, range, shapeOf } from "./shape.ts";

/** Output channels that one call of a tile function handles. */
export const TILE_COLUMNS = [8, 4, 1] as const;
/** Input channels that one call of `filterTile` handles. */
export const TILE_ROWS = [4, 3, 2, 1] as const;
/** Output positions that one tile of `convTile` holds. */
export const TILE_PIXELS = [4, 1] as const;

/**
 * `filterTile(x, dy, dw, rows, columns, xRow, xColumn, dyRow, dyColumn, dwRow)`:
 * `dw[i, j] += sum over rows r, columns c of x[r, c, i] * dy[r, c, j]` for `tileRows` x `tileColumns` elements, all held
 * in registers. The strides are in bytes. The sum starts from 0 and is added to `dw` once: adding short sums loses fewer
 * bits than one long sum.
 */
export function filterTile(tileRows: number, tileColumns: number, simd: boolean): WasmFunction {
  const shape = shapeOf(tileColumns, simd);
  const { lanes } = shape;
  return wasmFunction(`filterTile${tileRows}x${tileColumns}`, (scope) => {
    const { x, dy, dw, rows, columns } = scope.parameters("x", "dy", "dw", "rows", "columns");
    const { xRow, xColumn, dyRow, dyColumn, dwRow } = scope.parameters("xRow", "xColumn", "dyRow", "dyColumn", "dwRow");
    const [xAt, dyAt, left] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
    const sums = range(tileRows).map(() => locals(scope, shape));
    const gradients = locals(scope, shape);
    const factor = scope.local(lanes.type);
    const pixel = [
      ...gradients.flatMap((gradient, j) => gradient.set(lanes.load(dyAt.get, j * lanes.width * FLOAT))),
      ...sums.flatMap((row, i) => [
        ...factor.set(lanes.broadcast(xAt.get, i * FLOAT)),
        ...row.flatMap((sum, j) => sum.set(lanes.add(sum.get, lanes.mul(factor.get, gradients[j]!.get)))),
      ]),
      ...advance(xAt, xColumn.get),
      ...advance(dyAt, dyColumn.get),
    ];
    return [
      ...scope.times(rows, [
        ...xAt.set(x.get),
        ...dyAt.set(dy.get),
        ...left.set(columns.get),
        ...scope.times(left, pixel),
        ...advance(x, xRow.get),
        ...advance(dy, dyRow.get),
      ]),
      ...sums.flatMap((row) => [
        ...row.flatMap((sum, j) => {
          const at = j * lanes.width * FLOAT;
          return lanes.store(dw.get, at, lanes.add(lanes.load(dw.get, at), sum.get));
        }),
        ...advance(dw, dwRow.get),
      ]),
    ];
  });
}

/**
 * `convTile(x, w, y, tiles, taps, run, xRow, xPixel, yPixel)`: for `pixels` x `columns` outputs held in registers,
 * `y[p, j] = sum over taps a, elements k < run of x[p, a, k] * w[a, k, j]`, for `tiles` such tiles side by side.
 * `w` is packed: `columns` floats per element, in reading order. `xRow` is the distance of two filter rows, `xPixel` and `yPixel`
 * those of two outputs, in bytes.
 */
export function convTile(pixels: number, columns: number, simd: boolean): WasmFunction {
  const shape = shapeOf(columns, simd);
  const { lanes } = shape;
  return wasmFunction(`convTile${pixels}x${columns}`, (scope) => {
    const { x, w, y, tiles, taps, run } = scope.parameters("x", "w", "y", "tiles", "taps", "run");
    const { xRow, xPixel, yPixel } = scope.parameters("xRow", "xPixel", "yPixel");
    const [wAt, rowAt, tapsLeft, left] = [
      scope.local("i32"),
      scope.local("i32"),
      scope.local("i32"),
      scope.local("i32"),
    ];
    const at = range(pixels).map(() => scope.local("i32"));
    const sums = range(pixels).map(() => locals(scope, shape));
    const weights = locals(scope, shape);
    const factor = scope.local(lanes.type);
    const element = [
      ...weights.flatMap((weight, j) => weight.set(lanes.load(wAt.get, j * lanes.width * FLOAT))),
      ...sums.flatMap((row, p) => [
        ...factor.set(lanes.broadcast(at[p]!.get, 0)),
        ...row.flatMap((sum, j) => sum.set(lanes.add(sum.get, lanes.mul(factor.get, weights[j]!.get)))),
        ...advance(at[p]!, i32.constant(FLOAT)),
      ]),
      ...advance(wAt, i32.constant(columns * FLOAT)),
    ];
    const tap = [
      ...at.flatMap((pointer, p) => pointer.set(p === 0 ? rowAt.get : i32.add(at[p - 1]!.get, xPixel.get))),
      ...left.set(run.get),
      ...scope.times(left, element),
      ...advance(rowAt, xRow.get),
    ];
    return scope.times(tiles, [
      ...sums.flatMap((row) => row.flatMap((sum) => sum.set(lanes.zero))),
      ...wAt.set(w.get),
      ...rowAt.set(x.get),
      ...tapsLeft.set(taps.get),
      ...scope.times(tapsLeft, tap),
      ...sums.flatMap((row) => [
        ...row.flatMap((sum, j) => lanes.store(y.get, j * lanes.width * FLOAT, sum.get)),
        ...advance(y, yPixel.get),
      ]),
      ...advance(x, i32.mul(xPixel.get, i32.constant(pixels))),
    ]);
  });
}
