import {
  type Code,
  type FunctionScope,
  i32,
  type Lanes,
  scalarLanes,
  type Variable,
  vectorLanes,
} from "./assembler.ts";

/** Bytes of one float. */
export const FLOAT = 4;

/** Neighbouring floats, as `count` values of the widest type that divides them. */
export interface Shape {
  readonly lanes: Lanes;
  readonly count: number;
}

/** `width` neighbouring floats; `simd` false where the engine has no vector instructions. */
export function shapeOf(width: number, simd: boolean): Shape {
  const lanes = simd && width % 4 === 0 ? vectorLanes : scalarLanes;
  return { lanes, count: width / lanes.width };
}

/** `[0, 1, ... count - 1]`. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Moves a pointer by a number of bytes. */
export const advance = (pointer: Variable, bytes: Code): Code => pointer.set(i32.add(pointer.get, bytes));

/** One local variable per value of `shape`; locals start at 0. */
export function locals(scope: FunctionScope, { lanes, count }: Shape): Variable[] {
  return range(count).map(() => scope.local(lanes.type));
}
