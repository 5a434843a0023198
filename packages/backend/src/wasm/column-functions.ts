import { type Code, type FunctionScope, type Variable, type WasmFunction, wasmFunction } from "./assembler.ts";
import { advance, FLOAT, locals, range, type Shape, shapeOf } from "./shape.ts";

/** Channels that one call of a column function handles, widest first: 16 floats are one cache line. */
export const COLUMN_WIDTHS = [16, 4, 1] as const;

/** One variant of a column function. */
export interface ColumnOptions {
  readonly width: number;
  readonly simd: boolean;
}

type Column = (index: number) => {
  readonly load: (pointer: Variable) => Code;
  readonly store: (pointer: Variable, value: Code) => Code;
};

/** Writes a function that walks `rows` rows of `width` neighbouring channels. */
function columnFunction(
  name: string,
  { width, simd }: ColumnOptions,
  write: (scope: FunctionScope, shape: Shape, column: Column) => Code,
): WasmFunction {
  const shape = shapeOf(width, simd);
  const { lanes } = shape;
  const column: Column = (index) => ({
    load: (pointer) => lanes.load(pointer.get, index * lanes.width * FLOAT),
    store: (pointer, value) => lanes.store(pointer.get, index * lanes.width * FLOAT, value),
  });
  return wasmFunction(`${name}${width}`, (scope) => write(scope, shape, column));
}

/** `sum(x, out, rows, stride)`: `out[j] = sum of x[r, j]`. */
const columnSum = (options: ColumnOptions): WasmFunction =>
  columnFunction("sum", options, (scope, shape, column) => {
    const { x, out, rows, stride } = scope.parameters("x", "out", "rows", "stride");
    const sums = locals(scope, shape);
    return [
      ...scope.times(rows, [
        ...sums.flatMap((sum, j) => sum.set(shape.lanes.add(sum.get, column(j).load(x)))),
        ...advance(x, stride.get),
      ]),
      ...sums.flatMap((sum, j) => column(j).store(out, sum.get)),
    ];
  });

/** `squares(x, mean, out, rows, stride)`: `out[j] = sum of (x[r, j] - mean[j])^2`. */
const columnSquares = (options: ColumnOptions): WasmFunction =>
  columnFunction("squares", options, (scope, shape, column) => {
    const { lanes } = shape;
    const { x, mean, out, rows, stride } = scope.parameters("x", "mean", "out", "rows", "stride");
    const [sums, means] = [locals(scope, shape), locals(scope, shape)];
    const difference = scope.local(lanes.type);
    return [
      ...means.flatMap((value, j) => value.set(column(j).load(mean))),
      ...scope.times(rows, [
        ...sums.flatMap((sum, j) => [
          ...difference.set(lanes.sub(column(j).load(x), means[j]!.get)),
          ...sum.set(lanes.add(sum.get, lanes.mul(difference.get, difference.get))),
        ]),
        ...advance(x, stride.get),
      ]),
      ...sums.flatMap((sum, j) => column(j).store(out, sum.get)),
    ];
  });

/** `products(x, dy, mean, outDy, outProduct, rows, stride)`: sums of `dy[r, j]` and of `dy[r, j] * (x[r, j] - mean[j])`. */
const columnProducts = (options: ColumnOptions): WasmFunction =>
  columnFunction("products", options, (scope, shape, column) => {
    const { lanes } = shape;
    const { x, dy, mean } = scope.parameters("x", "dy", "mean");
    const { outDy, outProduct, rows, stride } = scope.parameters("outDy", "outProduct", "rows", "stride");
    const [sums, products] = [locals(scope, shape), locals(scope, shape)];
    const [gradient, means] = [scope.local(lanes.type), locals(scope, shape)];
    return [
      ...means.flatMap((value, j) => value.set(column(j).load(mean))),
      ...scope.times(rows, [
        ...sums.flatMap((sum, j) => [
          ...gradient.set(column(j).load(dy)),
          ...sum.set(lanes.add(sum.get, gradient.get)),
          ...products[j]!.set(
            lanes.add(products[j]!.get, lanes.mul(gradient.get, lanes.sub(column(j).load(x), means[j]!.get))),
          ),
        ]),
        ...advance(x, stride.get),
        ...advance(dy, stride.get),
      ]),
      ...sums.flatMap((sum, j) => column(j).store(outDy, sum.get)),
      ...products.flatMap((sum, j) => column(j).store(outProduct, sum.get)),
    ];
  });

/** `affine(x, a, b, out, rows, stride)`: `out[r, j] = x[r, j] * a[j] + b[j]`. */
const columnAffine = (options: ColumnOptions): WasmFunction =>
  columnFunction("affine", options, (scope, shape, column) => {
    const { lanes } = shape;
    const { x, a, b, out, rows, stride } = scope.parameters("x", "a", "b", "out", "rows", "stride");
    const [factors, offsets] = [locals(scope, shape), locals(scope, shape)];
    return [
      ...factors.flatMap((value, j) => value.set(column(j).load(a))),
      ...offsets.flatMap((value, j) => value.set(column(j).load(b))),
      ...scope.times(rows, [
        ...factors.flatMap((factor, j) =>
          column(j).store(out, lanes.add(lanes.mul(column(j).load(x), factor.get), offsets[j]!.get)),
        ),
        ...advance(x, stride.get),
        ...advance(out, stride.get),
      ]),
    ];
  });

/** `combine(x, dy, a, b, c, out, rows, stride)`: `out[r, j] = dy[r, j] * a[j] + x[r, j] * b[j] + c[j]`. */
const columnCombine = (options: ColumnOptions): WasmFunction =>
  columnFunction("combine", options, (scope, shape, column) => {
    const { lanes } = shape;
    const { x, dy, a, b } = scope.parameters("x", "dy", "a", "b");
    const { c, out, rows, stride } = scope.parameters("c", "out", "rows", "stride");
    const [forDy, forX, offsets] = [locals(scope, shape), locals(scope, shape), locals(scope, shape)];
    return [
      ...forDy.flatMap((value, j) => value.set(column(j).load(a))),
      ...forX.flatMap((value, j) => value.set(column(j).load(b))),
      ...offsets.flatMap((value, j) => value.set(column(j).load(c))),
      ...scope.times(rows, [
        ...forDy.flatMap((factor, j) => {
          const both = lanes.add(lanes.mul(column(j).load(dy), factor.get), lanes.mul(column(j).load(x), forX[j]!.get));
          return column(j).store(out, lanes.add(both, offsets[j]!.get));
        }),
        ...advance(x, stride.get),
        ...advance(dy, stride.get),
        ...advance(out, stride.get),
      ]),
    ];
  });

/** `accumulate(from, to, rows, fromStride, toStride)`: `to[r, j] += from[r, j]`. */
const columnAccumulate = (options: ColumnOptions): WasmFunction =>
  columnFunction("accumulate", options, (scope, shape, column) => {
    const { from, to, rows, fromStride, toStride } = scope.parameters("from", "to", "rows", "fromStride", "toStride");
    return scope.times(rows, [
      ...range(shape.count).flatMap((j) =>
        column(j).store(to, shape.lanes.add(column(j).load(to), column(j).load(from))),
      ),
      ...advance(from, fromStride.get),
      ...advance(to, toStride.get),
    ]);
  });

/** `wherePositive(value, condition, out, rows, stride)`: `out = value` where `condition > 0`, else 0. */
const columnWherePositive = (options: ColumnOptions): WasmFunction =>
  columnFunction("wherePositive", options, (scope, shape, column) => {
    const { value, condition, out, rows, stride } = scope.parameters("value", "condition", "out", "rows", "stride");
    return scope.times(rows, [
      ...range(shape.count).flatMap((j) =>
        column(j).store(out, shape.lanes.wherePositive(column(j).load(value), column(j).load(condition))),
      ),
      ...[value, condition, out].flatMap((pointer) => advance(pointer, stride.get)),
    ]);
  });

/** `dots(x, dy, out, rows, xStride, dyStride)`: `out[j] += sum of x[r, j] * dy[r, j]`. */
const columnDots = (options: ColumnOptions): WasmFunction =>
  columnFunction("dots", options, (scope, shape, column) => {
    const { lanes } = shape;
    const { x, dy, out, rows, xStride, dyStride } = scope.parameters("x", "dy", "out", "rows", "xStride", "dyStride");
    const sums = locals(scope, shape);
    return [
      ...scope.times(rows, [
        ...sums.flatMap((sum, j) => sum.set(lanes.add(sum.get, lanes.mul(column(j).load(x), column(j).load(dy))))),
        ...advance(x, xStride.get),
        ...advance(dy, dyStride.get),
      ]),
      ...sums.flatMap((sum, j) => column(j).store(out, lanes.add(column(j).load(out), sum.get))),
    ];
  });

/** `spread(dy, w, dx, rows, dyStride, dxStride)`: `dx[r, j] += dy[r, j] * w[j]`. */
const columnSpread = (options: ColumnOptions): WasmFunction =>
  columnFunction("spread", options, (scope, shape, column) => {
    const { lanes } = shape;
    const { dy, w, dx, rows, dyStride, dxStride } = scope.parameters("dy", "w", "dx", "rows", "dyStride", "dxStride");
    const weights = locals(scope, shape);
    return [
      ...weights.flatMap((weight, j) => weight.set(column(j).load(w))),
      ...scope.times(rows, [
        ...weights.flatMap((weight, j) =>
          column(j).store(dx, lanes.add(column(j).load(dx), lanes.mul(column(j).load(dy), weight.get))),
        ),
        ...advance(dy, dyStride.get),
        ...advance(dx, dxStride.get),
      ]),
    ];
  });

const COLUMN_FUNCTIONS = [
  columnSum,
  columnSquares,
  columnProducts,
  columnAffine,
  columnCombine,
  columnAccumulate,
  columnWherePositive,
  columnDots,
  columnSpread,
];

/** Every column function in every width. */
export function columnFunctions({ simd }: { readonly simd: boolean }): WasmFunction[] {
  return COLUMN_FUNCTIONS.flatMap((write) => COLUMN_WIDTHS.map((width) => write({ width, simd })));
}
