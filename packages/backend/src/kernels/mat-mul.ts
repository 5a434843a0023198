import { callKernel, type Info, type WasmBackend } from "../wasm/heap.ts";

/** Attributes of the kernel `BatchMatMul`. */
export interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

interface Factors {
  readonly a: Info;
  readonly b: Info;
}

const isMatrix = ({ shape, dtype }: Info): boolean =>
  dtype === "float32" && shape.length >= 2 && shape.slice(0, -2).every((length) => length === 1);

/** True for the two products of a dense layer's gradient: one matrix each, one of them transposed, none of them empty. */
export function isTransposedProduct({ a, b }: Factors, { transposeA, transposeB }: MatMulAttributes): boolean {
  return (
    transposeA !== transposeB &&
    isMatrix(a) &&
    isMatrix(b) &&
    a.shape.at(transposeA ? -2 : -1) === b.shape.at(transposeB ? -1 : -2) &&
    [...a.shape, ...b.shape].every((length) => length > 0)
  );
}

const sizeOf = ({ shape }: Info): number => shape.reduce((product, length) => product * length, 1);

/**
 * `BatchMatMul` for the WASM backend where one factor is transposed; the stock kernel is a scalar loop there, which takes twenty times
 * as long as the product of plain matrices (17 ms for the first layer of a head on ResNet50's features, in every step). Transposes
 * what is small first: `a b^T` is `(b a^T)^T` as well, and the weights of a layer are its largest matrix.
 */
export function transposedProduct(backend: WasmBackend, { a, b }: Factors, { transposeA }: MatMulAttributes): Info {
  const outer = (a.shape.length >= b.shape.length ? a.shape : b.shape).slice(0, -2);
  const matrix = ({ dataId, dtype, shape }: Info): Info => ({ dataId, dtype, shape: [shape.at(-2)!, shape.at(-1)!] });
  const [left, right] = [matrix(a), matrix(b)];
  const made: Info[] = [];
  const kept = (info: Info): Info => {
    made.push(info);
    return info;
  };
  const turned = (x: Info): Info => kept(callKernel(backend, "Transpose", { x }, { perm: [1, 0] }));
  const times = (first: Info, second: Info): Info => {
    const cube = (info: Info): Info => ({ ...info, shape: [1, ...info.shape] });
    const factors = { a: cube(first), b: cube(second) };
    return matrix(kept(callKernel(backend, "BatchMatMul", factors, { transposeA: false, transposeB: false })));
  };
  const [rows, columns] = transposeA ? [left.shape[1]!, right.shape[1]!] : [left.shape[0]!, right.shape[0]!];
  const large = transposeA ? left : right;
  const other = transposeA ? right : left;
  let product: Info;
  if (sizeOf(large) <= sizeOf(other) + rows * columns) {
    product = transposeA ? times(turned(left), right) : times(left, turned(right));
  } else {
    product = turned(transposeA ? times(turned(right), left) : times(right, turned(left)));
  }
  for (const info of made) if (info.dataId !== product.dataId) backend.disposeData(info.dataId);
  return { dataId: product.dataId, dtype: product.dtype, shape: [...outer, rows, columns] };
}
