/** A prefix code as a table: index with the next `bits` input bits; each entry is symbol * 16 + code length, 0 where there is none. */
export interface HuffmanTable {
  readonly bits: number;
  readonly entries: Uint16Array;
}

const MAX_BITS = 15;

/** The canonical code of RFC 1951, 3.2.2 for these code lengths (0 to 15); undefined where there are too many codes. */
export function buildTable(lengths: Uint8Array): HuffmanTable | undefined {
  const counts = new Uint16Array(MAX_BITS + 1);
  let bits = 0;
  for (const length of lengths) {
    counts[length]!++;
    if (length > bits) bits = length;
  }
  counts[0] = 0;
  const next = new Uint16Array(MAX_BITS + 2);
  let code = 0;
  for (let length = 1; length <= MAX_BITS; length++) {
    code = (code + counts[length - 1]!) << 1;
    if (code + counts[length]! > 1 << length) return undefined;
    next[length] = code;
  }
  const entries = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    const first = reverse(next[length]!++, length);
    const entry = symbol * 16 + length;
    for (let i = first; i < entries.length; i += 1 << length) entries[i] = entry;
  }
  return { bits, entries };
}

function reverse(code: number, length: number): number {
  let reversed = 0;
  for (let i = 0; i < length; i++) reversed |= ((code >>> i) & 1) << (length - 1 - i);
  return reversed;
}

function fixedLengths(): Uint8Array {
  return new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
}

/** The code of literals and lengths in blocks of type 1. */
export const FIXED_LITERALS = buildTable(fixedLengths())!;
/** The code of distances in blocks of type 1. */
export const FIXED_DISTANCES = buildTable(new Uint8Array(30).fill(5))!;
