/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78) in JavaScript, sixteen bytes a step ("slicing", Kounavis and
 * Berry 2005). A `DataView` reads little-endian words at any alignment on any host, and V8 compiles it to a plain load.
 */

// TABLES[256 * k + b]: the register after byte b and k zero bytes. Signed, so that V8 keeps every value in a register.
const TABLES = buildTables();

function buildTables(): Int32Array {
  const tables = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let register = byte;
    for (let bit = 0; bit < 8; bit++) register = register & 1 ? (register >>> 1) ^ 0x82f63b78 : register >>> 1;
    tables[byte] = register;
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256]!;
    tables[i] = tables[previous & 255]! ^ (previous >>> 8);
  }
  return tables;
}

/** Shorter ranges are read byte by byte: a DataView costs more than it gains. */
const SHORT_BYTES = 64;

/** The register after 16 more bytes, given as words; the register before them is XORed into the first word. */
function step(p: number, q: number, r: number, s: number): number {
  const t = TABLES;
  return (
    t[3840 + (p & 255)]! ^
    t[3584 + ((p >>> 8) & 255)]! ^
    t[3328 + ((p >>> 16) & 255)]! ^
    t[3072 + (p >>> 24)]! ^
    t[2816 + (q & 255)]! ^
    t[2560 + ((q >>> 8) & 255)]! ^
    t[2304 + ((q >>> 16) & 255)]! ^
    t[2048 + (q >>> 24)]! ^
    t[1792 + (r & 255)]! ^
    t[1536 + ((r >>> 8) & 255)]! ^
    t[1280 + ((r >>> 16) & 255)]! ^
    t[1024 + (r >>> 24)]! ^
    t[768 + (s & 255)]! ^
    t[512 + ((s >>> 8) & 255)]! ^
    t[256 + ((s >>> 16) & 255)]! ^
    t[s >>> 24]!
  );
}

/**
 * The raw shift register after `bytes[start, end)`, from `register` before it; no inversion at either end. The checksum
 * of a whole buffer is `~updateRegister(-1, bytes, 0, bytes.length) >>> 0`. Who comes back with the same `bytes` brings its
 * `view` of them.
 */
export function updateRegister(
  register: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  view?: DataView,
): number {
  let c = register;
  let i = start;
  if (end - start >= SHORT_BYTES) {
    const words = view ?? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const word = (at: number) => words.getInt32(at, true);
    for (const last = end - 16; i <= last; i += 16) c = step(c ^ word(i), word(i + 4), word(i + 8), word(i + 12));
  }
  for (; i < end; i++) c = TABLES[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return c;
}
