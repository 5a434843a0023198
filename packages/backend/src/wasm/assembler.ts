/**
 * A small assembler for WebAssembly 1.0 with fixed-width SIMD. It lets the training kernels live as readable source in
 * this package: no binary blob is committed and no C compiler is needed to build.
 * Encoding: https://webassembly.github.io/spec/core/binary/ (SIMD opcodes: 0xFD followed by a LEB128 number).
 */

/** Encoded instructions, in order. Instructions take their operands from the stack, so code is composed by concatenation. */
export type Code = readonly number[];
/** The types of values that the kernels use. */
export type ValueType = "i32" | "f32" | "v128";

const TYPE_BYTE: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const EMPTY_BLOCK = 0x40;

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
const binary =
  (opcode: Code) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];
/** Every access is of 4-byte floats, so the alignment hint is 2 (2^2 bytes). */
const access = (opcode: Code, byteOffset: number): Code => [...opcode, 2, ...unsigned(byteOffset)];

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: binary([0x6a]),
  sub: binary([0x6b]),
  mul: binary([0x6c]),
} as const;

/** The operations on one element (`f32`) or on four at once (`v128`); the kernels are written once for both. */
export interface Lanes {
  readonly type: "f32" | "v128";
  /** How many floats one value holds. */
  readonly width: 1 | 4;
  readonly zero: Code;
  readonly add: (a: Code, b: Code) => Code;
  readonly sub: (a: Code, b: Code) => Code;
  readonly mul: (a: Code, b: Code) => Code;
  /** `width` floats from `address + byteOffset`. */
  readonly load: (address: Code, byteOffset: number) => Code;
  /** One float from `address + byteOffset`, in every lane. */
  readonly broadcast: (address: Code, byteOffset: number) => Code;
  readonly store: (address: Code, byteOffset: number, value: Code) => Code;
  /** `value` where `condition > 0`, else 0; both are read once. */
  readonly wherePositive: (value: Code, condition: Code) => Code;
}

const f32Zero: Code = [0x43, 0, 0, 0, 0];
const v128Zero: Code = [...simd(0x0c), ...new Array<number>(16).fill(0)];

export const scalarLanes: Lanes = {
  type: "f32",
  width: 1,
  zero: f32Zero,
  add: binary([0x92]),
  sub: binary([0x93]),
  mul: binary([0x94]),
  load: (address, byteOffset) => [...address, ...access([0x2a], byteOffset)],
  broadcast: (address, byteOffset) => [...address, ...access([0x2a], byteOffset)],
  store: (address, byteOffset, value) => [...address, ...value, ...access([0x38], byteOffset)],
  wherePositive: (value, condition) => [...value, ...f32Zero, ...condition, ...f32Zero, 0x5e, 0x1b],
};

export const vectorLanes: Lanes = {
  type: "v128",
  width: 4,
  zero: v128Zero,
  add: binary(simd(0xe4)),
  sub: binary(simd(0xe5)),
  mul: binary(simd(0xe6)),
  load: (address, byteOffset) => [...address, ...access(simd(0x00), byteOffset)],
  broadcast: (address, byteOffset) => [...address, ...access(simd(0x09), byteOffset)],
  store: (address, byteOffset, value) => [...address, ...value, ...access(simd(0x0b), byteOffset)],
  wherePositive: (value, condition) => [...value, ...condition, ...v128Zero, ...simd(0x44), ...simd(0x4e)],
};

/** A parameter or a local variable of a function. */
export interface Variable {
  readonly get: Code;
  readonly set: (value: Code) => Code;
}

/** Hands out the parameters (before any local) and the locals of a function under construction. */
export interface FunctionScope {
  /** `i32` parameters in this order: byte addresses, counts and strides. */
  readonly parameters: <Name extends string>(...names: Name[]) => Record<Name, Variable>;
  readonly local: (type: ValueType) => Variable;
  /** Runs `body` while `counter`, lowered by one after every turn, is above 0; not at all where it starts at 0. */
  readonly times: (counter: Variable, body: Code) => Code;
}

/** A finished function: `i32` parameters, no result. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** Writes one function. */
export function wasmFunction(name: string, write: (scope: FunctionScope) => Code): WasmFunction {
  let parameters = 0;
  const locals: ValueType[] = [];
  const variable = (index: number): Variable => ({
    get: [0x20, ...unsigned(index)],
    set: (value) => [...value, 0x21, ...unsigned(index)],
  });
  const body = write({
    parameters: <Name extends string>(...names: Name[]) =>
      Object.fromEntries(names.map((key) => [key, variable(parameters++)])) as Record<Name, Variable>,
    local: (type) => variable(parameters + locals.push(type) - 1),
    times: (counter, inner) => [
      ...[0x02, EMPTY_BLOCK, ...counter.get, 0x45, 0x0d, 0],
      ...[0x03, EMPTY_BLOCK, ...inner],
      ...counter.set(i32.sub(counter.get, i32.constant(1))),
      ...[...counter.get, 0x0d, 0, 0x0b, 0x0b],
    ],
  });
  return { name, parameters, locals, body };
}

const vector = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): number[] => [id, ...unsigned(content.length), ...content];
const text = (value: string): number[] => vector([...new TextEncoder().encode(value)].map((byte) => [byte]));

/** The bytes of a module that exports `functions` by name and works in an unshared memory imported as `env.memory`. */
export function assemble(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...vector(new Array<Code>(parameters).fill([TYPE_BYTE.i32])),
    0,
  ]);
  const code = functions.map(({ locals, body }) => {
    const content = [...vector(locals.map((type) => [1, TYPE_BYTE[type]])), ...body, 0x0b];
    return [...unsigned(content.length), ...content];
  });
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector([[...text("env"), ...text("memory"), 2, 0, ...unsigned(1)]])),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]))),
    ...section(10, vector(code)),
  ]);
}
