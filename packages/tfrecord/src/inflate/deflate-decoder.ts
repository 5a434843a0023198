import type { BitInput } from "./bit-input.ts";
import { buildTable, FIXED_DISTANCES, FIXED_LITERALS, type HuffmanTable } from "./huffman.ts";

/** How far back a match may reach (RFC 1951). */
const HISTORY_BYTES = 2 ** 15;
/** Output is handed on in pieces of about this size. */
const OUTPUT_BYTES = 2 ** 18;
const FULL = HISTORY_BYTES + OUTPUT_BYTES;
const LONGEST_MATCH = 258;

// RFC 1951, 3.2.5: base and number of extra bits of length codes 257 to 285 and of distance codes 0 to 29.
const LENGTH_EXTRA = new Uint8Array([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const DISTANCE_EXTRA = Uint8Array.from({ length: 30 }, (_, code) => Math.max(0, (code >> 1) - 1));
const LENGTH_BASE = bases(3, LENGTH_EXTRA).fill(258, 28);
const DISTANCE_BASE = bases(1, DISTANCE_EXTRA);
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function bases(first: number, extra: Uint8Array): Uint16Array {
  const values = new Uint16Array(extra.length);
  let base = first;
  for (let i = 0; i < extra.length; i++) {
    values[i] = base;
    base += 1 << extra[i]!;
  }
  return values;
}

/** Decodes deflate streams (RFC 1951), yielding the bytes in pieces. */
export class DeflateDecoder {
  readonly #input: BitInput;
  readonly #output = new Uint8Array(FULL + LONGEST_MATCH);
  /** Bytes in #output, and how many of them were handed on. */
  #filled = 0;
  #flushed = 0;

  constructor(input: BitInput) {
    this.#input = input;
  }

  /** One stream, up to the last bit of its final block. */
  async *decode(): AsyncGenerator<Uint8Array, void, undefined> {
    const input = this.#input;
    this.#filled = 0;
    this.#flushed = 0;
    try {
      for (let final = false; !final; ) {
        if (input.low) await input.fill();
        final = input.take(1) === 1;
        yield* this.#readBlock(input.take(2));
      }
    } catch (error) {
      // What was decoded before the damage is good.
      if (this.#filled > this.#flushed) yield this.#flush();
      throw error;
    }
    if (this.#filled > this.#flushed) yield this.#flush();
  }

  async *#readBlock(type: number): AsyncGenerator<Uint8Array, void, undefined> {
    const input = this.#input;
    if (type === 0) {
      yield* this.#stored();
      return;
    }
    const [literals, distances] = type === 1 ? [FIXED_LITERALS, FIXED_DISTANCES] : this.#readTables(type);
    while (!this.#decodeCodes(literals, distances)) {
      if (this.#filled >= FULL) yield this.#flush();
      if (input.low) await input.fill();
    }
  }

  #flush(): Uint8Array {
    const piece = this.#output.slice(this.#flushed, this.#filled);
    if (this.#filled > HISTORY_BYTES) {
      this.#output.copyWithin(0, this.#filled - HISTORY_BYTES, this.#filled);
      this.#filled = HISTORY_BYTES;
    }
    this.#flushed = this.#filled;
    return piece;
  }

  async *#stored(): AsyncGenerator<Uint8Array, void, undefined> {
    const input = this.#input;
    input.align();
    if (input.low) await input.fill();
    let left = input.byte() | (input.byte() << 8);
    if ((left ^ (input.byte() | (input.byte() << 8))) !== 0xffff) throw input.damaged("wrong length of a stored block");
    while (left > 0) {
      if (this.#filled >= FULL) yield this.#flush();
      if (input.low) await input.fill();
      const room = FULL - this.#filled;
      const count = Math.min(left, room, input.end - input.at);
      if (count === 0) throw input.truncated();
      this.#output.set(input.bytes.subarray(input.at, input.at + count), this.#filled);
      input.at += count;
      this.#filled += count;
      left -= count;
    }
  }

  #readTables(type: number): [HuffmanTable, HuffmanTable] {
    const input = this.#input;
    if (type !== 2) throw input.damaged("unknown type of block");
    const literals = input.take(5) + 257;
    const distances = input.take(5) + 1;
    const codes = new Uint8Array(19);
    for (let i = 0, count = input.take(4) + 4; i < count; i++) codes[CODE_LENGTH_ORDER[i]!] = input.take(3);
    const table = buildTable(codes);
    if (table === undefined) throw input.damaged("impossible code");
    const lengths = new Uint8Array(literals + distances);
    for (let at = 0; at < lengths.length; ) {
      const symbol = this.#symbol(table);
      if (symbol < 16) {
        lengths[at++] = symbol;
        continue;
      }
      if (symbol === 16 && at === 0) throw input.damaged("a repetition of nothing");
      const value = symbol === 16 ? lengths[at - 1]! : 0;
      const repeat = symbol === 16 ? 3 + input.take(2) : symbol === 17 ? 3 + input.take(3) : 11 + input.take(7);
      if (at + repeat > lengths.length) throw input.damaged("too many code lengths");
      lengths.fill(value, at, at + repeat);
      at += repeat;
    }
    const first = buildTable(lengths.subarray(0, literals));
    const second = buildTable(lengths.subarray(literals));
    if (first === undefined || second === undefined || lengths[256] === 0) throw input.damaged("impossible code");
    return [first, second];
  }

  #symbol({ bits, entries }: HuffmanTable): number {
    const input = this.#input;
    while (input.count < bits) {
      input.bits |= input.bytes[input.at++]! << input.count;
      input.count += 8;
    }
    const entry = entries[input.bits & ((1 << bits) - 1)]!;
    const length = entry & 15;
    if (length === 0) throw input.damaged("unknown code");
    input.bits >>>= length;
    input.count -= length;
    if (input.at - (input.count >>> 3) > input.end) throw input.truncated();
    return entry >>> 4;
  }

  /** Decodes until the block ends (true), or the output is full or the input low (false). */
  #decodeCodes(literals: HuffmanTable, distances: HuffmanTable): boolean {
    const input = this.#input;
    const { bytes, end } = input;
    const output = this.#output;
    const literalEntries = literals.entries;
    const literalMask = (1 << literals.bits) - 1;
    const distanceEntries = distances.entries;
    const distanceMask = (1 << distances.bits) - 1;
    // A step loads 8 bytes at most; after the last chunk it may reach into the padding, and is checked.
    const limit = input.ended ? end + 8 : end - 16;
    let { at, bits, count } = input;
    let filled = this.#filled;
    let done = false;
    let problem = "";
    while (filled < FULL && at <= limit) {
      while (count <= 24) {
        bits |= bytes[at++]! << count;
        count += 8;
      }
      const entry = literalEntries[bits & literalMask]!;
      const size = entry & 15;
      bits >>>= size;
      count -= size;
      if (at > end && at - (count >>> 3) > end) break;
      const symbol = entry >>> 4;
      if (symbol < 256) {
        if (size === 0) {
          problem = "unknown code";
          break;
        }
        output[filled++] = symbol;
        continue;
      }
      if (symbol === 256) {
        done = true;
        break;
      }
      const code = symbol - 257;
      if (code > 28) {
        problem = "unknown length";
        break;
      }
      let extra = LENGTH_EXTRA[code]!;
      const length = LENGTH_BASE[code]! + (bits & ((1 << extra) - 1));
      bits >>>= extra;
      count -= extra;
      while (count <= 24) {
        bits |= bytes[at++]! << count;
        count += 8;
      }
      const distanceEntry = distanceEntries[bits & distanceMask]!;
      const distanceSize = distanceEntry & 15;
      bits >>>= distanceSize;
      count -= distanceSize;
      while (count <= 24) {
        bits |= bytes[at++]! << count;
        count += 8;
      }
      const distanceCode = distanceEntry >>> 4;
      extra = distanceCode < 30 ? DISTANCE_EXTRA[distanceCode]! : 0;
      const distance = distanceCode < 30 ? DISTANCE_BASE[distanceCode]! + (bits & ((1 << extra) - 1)) : FULL;
      bits >>>= extra;
      count -= extra;
      if (at > end && at - (count >>> 3) > end) break;
      if (distanceSize === 0 || distance > filled) {
        problem = "a match before the beginning";
        break;
      }
      let from = filled - distance;
      for (const stop = filled + length; filled < stop; ) output[filled++] = output[from++]!;
    }
    input.at = at;
    input.bits = bits;
    input.count = count;
    this.#filled = filled;
    if (problem !== "") throw input.damaged(problem);
    if (at - (count >>> 3) > end) throw input.truncated();
    return done;
  }
}
