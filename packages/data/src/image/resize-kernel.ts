/**
 * The two passes of the resize in WebAssembly with 128-bit SIMD, put together byte by byte: there is no blob to trust
 * and no compiler to have (webassembly.github.io/spec/core/binary). Code is composed by concatenation: an instruction
 * takes its operands from the stack.
 */
type Code = readonly number[];

const [I32, V128, VOID] = [0x7f, 0x7b, 0x40];

/** An integer in LEB128; the signed form, for constants. */
const unsigned = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]);
const signed = (value: number): number[] =>
  value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];

const get = (local: number): Code => [0x20, ...unsigned(local)];
const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
const constant = (value: number): Code => [0x41, ...signed(value)];
const add = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
const sub = (a: Code, b: Code): Code => [...a, ...b, 0x6b];
const mul = (a: Code, b: Code): Code => [...a, ...b, 0x6c];
/** `a` where `condition` is not 0, else `b`. */
const select = (a: Code, b: Code, condition: Code): Code => [...a, ...b, ...condition, 0x1b];
const lessUnsigned = (a: Code, b: Code): Code => [...a, ...b, 0x49];
const advance = (local: number, by: Code): Code => set(local, add(get(local), by));
/** `body` again and again until `counter`, which starts above 0, has been lowered to 0. */
const repeat = (counter: number, body: Code): Code => [
  ...[0x03, VOID, ...body],
  ...set(counter, sub(get(counter), constant(1))),
  ...[...get(counter), 0x0d, 0, 0x0b],
];
const loadI32 = (address: Code, offset: number): Code => [...address, 0x28, 0, ...unsigned(offset)];

const simd = (operation: number, ...immediates: number[]): Code => [0xfd, ...unsigned(operation), ...immediates];
const load = (operation: number, address: Code, offset: number): Code => [
  ...address,
  ...simd(operation, 0, ...unsigned(offset)),
];
const [LOAD32_SPLAT, LOAD64_SPLAT, STORE, LOAD64_ZERO] = [0x09, 0x0a, 0x0b, 0x5d];
const [SWIZZLE, DOT, I32_ADD, I32_SHIFT_LEFT] = [simd(0x0e), simd(0xba), simd(0xae), simd(0xab)];
const [F64_ADD, F64_MUL, F64_FROM_I32, I32_FROM_F64] = [simd(0xf0), simd(0xf2), simd(0xfe), simd(0xfc)];
const [TO_I16, TO_U8, STORE64_LANE] = [simd(0x85), simd(0x66), 0x5b];
const ZERO = simd(0x0c, ...new Array<number>(16).fill(0));
const HALF = simd(0x0c, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f);
/** Bytes R0 G0 B0 R1 G1 B1 as 16-bit pairs [R0 R1] [G0 G1] [B0 B1] [0 0]: a lane number of 16 or more gives 0. */
const PAIRS = simd(0x0c, 0, 16, 3, 16, 1, 16, 4, 16, 2, 16, 5, 16, 16, 16, 16, 16);
const LOW_HALVES = simd(0x0d, ...[0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);

const times = (count: number, make: (k: number) => Code): Code =>
  Array.from({ length: count }, (_, k) => make(k)).flat();

/** Rows that go side by side, sharing the weights. */
const ROWS = 4;

/**
 * rows(input, inputStride, height, table, width, middle, middleStride): for each output pixel the table has `[first byte,
 * pairs]` and for each pair of taps two 16-bit weights, first their upper and then their lower 11 bits. A sum of
 * products with each, the first shifted by 11, is the sum with the whole weight.
 */
function rowsBody(): Code {
  const [input, inputStride, height, table, width, middle, middleStride] = [0, 1, 2, 3, 4, 5, 6];
  const [y, x, at, pairs, rest, out] = [7, 8, 9, 10, 11, 12];
  const [from, row, pixel] = [13, 13 + ROWS, 13 + 2 * ROWS];
  const [high, low, upper, lower, values] = [14 + 2 * ROWS, 14 + 3 * ROWS, 14 + 4 * ROWS, 15 + 4 * ROWS, 16 + 4 * ROWS];
  const rowNumber = (k: number): Code => {
    const wanted = add(get(y), constant(k));
    const last = sub(get(height), constant(1));
    return select(wanted, last, lessUnsigned(wanted, last));
  };
  const eachPair = repeat(rest, [
    ...set(upper, load(LOAD32_SPLAT, get(at), 0)),
    ...set(lower, load(LOAD32_SPLAT, get(at), 4)),
    ...times(ROWS, (k) => [
      ...set(values, [...load(LOAD64_ZERO, add(get(from + k), get(pixel)), 0), ...PAIRS, ...SWIZZLE]),
      ...set(high + k, [...get(high + k), ...get(values), ...get(upper), ...DOT, ...I32_ADD]),
      ...set(low + k, [...get(low + k), ...get(values), ...get(lower), ...DOT, ...I32_ADD]),
    ]),
    ...advance(at, constant(8)),
    ...advance(pixel, constant(6)),
  ]);
  const eachPixel = repeat(x, [
    ...set(pixel, loadI32(get(at), 0)),
    ...set(pairs, loadI32(get(at), 4)),
    ...set(rest, get(pairs)),
    ...advance(at, constant(8)),
    ...times(ROWS, (k) => [...set(high + k, ZERO), ...set(low + k, ZERO)]),
    ...eachPair,
    ...times(ROWS, (k) => [
      ...add(get(row + k), get(out)),
      ...[...get(high + k), ...constant(11), ...I32_SHIFT_LEFT, ...get(low + k), ...I32_ADD],
      ...simd(STORE, 0, 0),
    ]),
    ...advance(out, constant(12)),
  ]);
  const body = [
    ...set(y, constant(0)),
    ...[0x03, VOID],
    ...times(ROWS, (k) => [
      ...set(from + k, add(get(input), mul(rowNumber(k), get(inputStride)))),
      ...set(row + k, add(get(middle), mul(rowNumber(k), get(middleStride)))),
    ]),
    ...[...set(at, get(table)), ...set(out, constant(0)), ...set(x, get(width))],
    ...eachPixel,
    ...advance(y, constant(ROWS)),
    ...[...lessUnsigned(get(y), get(height)), 0x0d, 0, 0x0b],
  ];
  return [2, 7 + 2 * ROWS, I32, 3 + 2 * ROWS, V128, ...body, 0x0b];
}

/**
 * columns(middle, middleStride, table, height, blocks, out, outStride): for each output row the table has `[first row,
 * taps]` and a double for each tap. Eight values at a time; the sums start at 0.5 and are cut to bytes.
 */
function columnsBody(): Code {
  const [middle, middleStride, table, height, blocks, out, outStride] = [0, 1, 2, 3, 4, 5, 6];
  const [first, taps, rest, block, weights, at, put] = [7, 8, 9, 10, 11, 12, 13];
  const [weight, sum] = [14, 15];
  const eachTap = repeat(rest, [
    ...set(weight, load(LOAD64_SPLAT, get(weights), 0)),
    ...times(4, (k) =>
      set(sum + k, [
        ...get(sum + k),
        ...[...load(LOAD64_ZERO, get(at), 8 * k), ...F64_FROM_I32, ...get(weight), ...F64_MUL, ...F64_ADD],
      ]),
    ),
    ...advance(weights, constant(8)),
    ...advance(at, get(middleStride)),
  ]);
  const integers = (k: number): Code => [...get(sum + k), ...I32_FROM_F64];
  const four = (k: number): Code => [...integers(k), ...integers(k + 1), ...LOW_HALVES];
  const eachBlock = repeat(block, [
    ...[...set(rest, get(taps)), ...set(weights, add(get(table), constant(8))), ...set(at, get(first))],
    ...times(4, (k) => set(sum + k, HALF)),
    ...eachTap,
    ...get(put),
    ...[...four(0), ...four(2), ...TO_I16],
    ...[...ZERO, ...TO_U8, ...simd(STORE64_LANE, 0, 0, 0)],
    ...[...advance(first, constant(32)), ...advance(put, constant(8))],
  ]);
  const body = repeat(height, [
    ...set(first, add(get(middle), mul(loadI32(get(table), 0), get(middleStride)))),
    ...[...set(taps, loadI32(get(table), 4)), ...set(block, get(blocks)), ...set(put, get(out))],
    ...eachBlock,
    ...set(table, get(weights)),
    ...advance(out, get(outStride)),
  ]);
  return [2, 7, I32, 5, V128, ...body, 0x0b];
}

const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
const text = (value: string): Code => vector([...new TextEncoder().encode(value)].map((byte) => [byte]));
const sized = (code: Code): Code => [...unsigned(code.length), ...code];

/** A module that exports `memory`, `rows` and `columns`. */
export function resizeModule(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, ...vector(new Array<Code>(7).fill([I32])), 0]])),
    ...section(3, vector([[0], [0]])),
    ...section(5, vector([[0, 1]])),
    ...section(
      7,
      vector([
        [...text("memory"), 2, 0],
        [...text("rows"), 0, 0],
        [...text("columns"), 0, 1],
      ]),
    ),
    ...section(10, vector([sized(rowsBody()), sized(columnsBody())])),
  ]);
}
