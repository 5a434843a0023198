/** Running checksum of decompressed bytes: `update(previous, bytes)`. */
export interface Checksum {
  readonly initial: number;
  update(state: number, bytes: Uint8Array): number;
  /** The value that the stream stores, 0 to 2^32 - 1. */
  final(state: number): number;
}

// Four tables for CRC-32 (RFC 1952), four bytes a step.
const TABLES = new Int32Array(4 * 256);
for (let byte = 0; byte < 256; byte++) {
  let register = byte;
  for (let bit = 0; bit < 8; bit++) register = register & 1 ? (register >>> 1) ^ 0xedb88320 : register >>> 1;
  TABLES[byte] = register;
}
for (let i = 256; i < TABLES.length; i++) {
  const previous = TABLES[i - 256]!;
  TABLES[i] = TABLES[previous & 255]! ^ (previous >>> 8);
}

/** gzip's checksum: CRC-32, another polynomial than the records' own. */
export const crc32: Checksum = {
  initial: -1,
  update(state, bytes) {
    const t = TABLES;
    let c = state;
    let i = 0;
    for (const last = bytes.length - 4; i <= last; i += 4) {
      c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      c = t[768 + (c & 255)]! ^ t[512 + ((c >>> 8) & 255)]! ^ t[256 + ((c >>> 16) & 255)]! ^ t[c >>> 24]!;
    }
    for (; i < bytes.length; i++) c = t[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
    return c;
  },
  final: (state) => ~state >>> 0,
};

/** Largest number of bytes after which Adler-32's second sum still fits 31 bits. */
const ADLER_BLOCK = 2048;

/** zlib's checksum: Adler-32 (RFC 1950). */
export const adler32: Checksum = {
  initial: 1,
  update(state, bytes) {
    let a = state & 0xffff;
    let b = state >>> 16;
    for (let start = 0; start < bytes.length; start += ADLER_BLOCK) {
      const end = Math.min(bytes.length, start + ADLER_BLOCK);
      for (let i = start; i < end; i++) {
        a += bytes[i]!;
        b += a;
      }
      a %= 65521;
      b %= 65521;
    }
    return (b << 16) | a;
  },
  final: (state) => state >>> 0,
};
