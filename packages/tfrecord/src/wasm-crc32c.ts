import { updateRegister } from "./slicing-crc32c.ts";

/**
 * CRC-32C in WebAssembly with 128-bit SIMD. Sixteen 32-bit words are folded at a time onto the sixteen that follow
 * them: a word and 60 zero bytes leave a register that can as well be XORed into the word 64 bytes further on. A register
 * is linear in its bits, so it is the XOR of one value for each of a word's eight nibbles, and a swizzle looks up one byte
 * of it in all sixteen words at once. The words are kept as four vectors, one for each of their bytes ("planes").
 *
 * The module is put together here, byte by byte (webassembly.github.io/spec/core/binary): there is no blob to trust.
 */
const BLOCK = 64;
/** Tables of 16 bytes: for each byte `o` of the register, each byte `j` of the word, its low and its high nibble. */
const TABLE_BYTES = 4 * 4 * 2 * 16;
/** Input is copied behind the tables in pieces of this size, which stay in the first-level cache: 16 KiB. */
const PIECE_BYTES = 2 ** 14;

const I32 = 0x7f;
const V128 = 0x7b;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const I32_CONST = 0x41;

// Locals: the end of the input, a position in it, a mask; the planes; their nibbles; vectors on the way.
const END = 0;
const AT = 1;
const MASK = 2;
const PLANE = 3;
const LOW = 7;
const HIGH = 11;
const WORK = 15;
const LOCALS = 19;

const get = (local: number) => [LOCAL_GET, local];
const set = (local: number) => [LOCAL_SET, local];
const simd = (operation: number, ...immediates: number[]) => [0xfd, operation, ...immediates];
const load = (offset: number) => simd(0, 0, ...unsigned(offset));
const store = (offset: number) => simd(11, 0, ...unsigned(offset));
const shuffle = (lanes: readonly number[]) => simd(13, ...lanes);
const SWIZZLE = simd(14);
const AND = simd(0x4e);
const XOR = simd(0x51);
const SHIFT_RIGHT = simd(0x6d);

/** An unsigned integer in LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}

const times = (count: number, make: (i: number) => number[]) => Array.from({ length: count }, (_, i) => make(i)).flat();
const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content];

/** Sixteen lanes of two vectors, given as units of `size` bytes: 0 counts from the first vector's start, the second follows. */
const lanes = (size: number, units: readonly number[]) =>
  units.flatMap((unit) => times(size, (i) => [unit * size + i]));
const WORD_BYTES = times(4, (j) => times(4, (word) => [4 * word + j]));
const ZIP_LOW = lanes(4, [0, 4, 1, 5]);
const ZIP_HIGH = lanes(4, [2, 6, 3, 7]);
const JOIN_LOW = lanes(8, [0, 2]);
const JOIN_HIGH = lanes(8, [1, 3]);

/** Replaces the vectors in `WORK` by their transpose, as a 4 by 4 matrix of 32-bit units; leaves them on the stack, last first. */
function transpose(): number[] {
  const pair = (a: number, b: number, mask: readonly number[]) => [...get(a), ...get(b), ...shuffle(mask)];
  return [
    ...pair(WORK, WORK + 1, ZIP_LOW),
    ...pair(WORK, WORK + 1, ZIP_HIGH),
    ...pair(WORK + 2, WORK + 3, ZIP_LOW),
    ...pair(WORK + 2, WORK + 3, ZIP_HIGH),
    ...set(WORK + 3),
    ...set(WORK + 1),
    ...set(WORK + 2),
    ...set(WORK),
    ...pair(WORK + 2, WORK + 3, JOIN_HIGH),
    ...pair(WORK + 2, WORK + 3, JOIN_LOW),
    ...pair(WORK, WORK + 1, JOIN_HIGH),
    ...pair(WORK, WORK + 1, JOIN_LOW),
  ];
}

/** `fold(end)`: folds the blocks in `[TABLE_BYTES, end)` into the last of them, 64 bytes of the same checksum. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const same = (local: number) => [...get(local), ...get(local), ...shuffle(WORD_BYTES)];
  const body = [
    ...[2, 1, I32, LOCALS - MASK, V128],
    ...[I32_CONST, ...signed(TABLE_BYTES), ...set(AT)],
    ...[...simd(12, ...times(16, () => [15])), ...set(MASK)],
    ...[0x03, 0x40],
    ...times(4, (j) => [
      ...[...get(PLANE + j), ...get(MASK), ...AND, ...set(LOW + j)],
      ...[...get(PLANE + j), I32_CONST, 4, ...SHIFT_RIGHT, ...set(HIGH + j)],
      ...[...get(AT), ...load(16 * j), ...set(WORK + j), ...same(WORK + j), ...set(WORK + j)],
    ]),
    ...transpose(),
    ...times(4, (o) => [
      ...times(8, (n) => [
        ...[I32_CONST, 0, ...load(16 * (8 * o + n))],
        ...get(n < 4 ? LOW + n : HIGH + n - 4),
        ...SWIZZLE,
        ...XOR,
      ]),
      ...set(PLANE + o),
    ]),
    // at += 64; again while at < end.
    ...[...get(AT), I32_CONST, ...signed(BLOCK), 0x6a, 0x22, AT, ...get(END), 0x48, 0x0d, 0, 0x0b],
    ...times(4, (j) => [...get(PLANE + j), ...set(WORK + j)]),
    ...transpose(),
    ...times(4, (j) => set(WORK + j)),
    // The last block, where it is followed by what was left over.
    ...[...get(AT), I32_CONST, ...signed(BLOCK), 0x6b, ...set(AT)],
    ...times(4, (j) => [...get(AT), ...same(WORK + j), ...store(16 * j)]),
    0x0b,
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, 1, 0x6d, 2, 0, 1, 0x66, 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

/** `updateRegister` on another engine. */
export type UpdateRegister = (register: number, bytes: Uint8Array, start: number, end: number) => number;

/** The engine, or undefined where WebAssembly or its SIMD is missing or a page's security policy forbids it. */
export function compileCrc32c(): UpdateRegister | undefined {
  let exported: WebAssembly.Exports;
  try {
    exported = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes())).exports;
  } catch {
    return undefined;
  }
  const memory = new Uint8Array((exported.m as WebAssembly.Memory).buffer);
  const view = new DataView(memory.buffer);
  const fold = exported.f as (end: number) => void;
  const message = new Uint8Array(BLOCK);
  for (let i = 0; i < TABLE_BYTES; i++) {
    const nibble = i >> 4;
    const byte = nibble & 3;
    message[0] = nibble & 4 ? (i & 15) << 4 : i & 15;
    memory[i] = updateRegister(0, message, 0, BLOCK - byte) >>> (8 * (nibble >> 3));
  }
  return (register, bytes, start, end) => {
    let c = register;
    for (let at = start; at < end; ) {
      const size = Math.min(PIECE_BYTES, end - at);
      const folded = TABLE_BYTES + (size & -BLOCK);
      memory.set(bytes.subarray(at, at + size), TABLE_BYTES);
      let from = TABLE_BYTES;
      if (size >= BLOCK) {
        view.setInt32(TABLE_BYTES, view.getInt32(TABLE_BYTES, true) ^ c, true);
        c = 0;
        fold(folded);
        from = folded - BLOCK;
      }
      c = updateRegister(c, memory, from, TABLE_BYTES + size, view);
      at += size;
    }
    return c;
  };
}
