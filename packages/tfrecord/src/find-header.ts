import { maskedRange } from "./crc32c.ts";
import { claimedLength, HEADER_BYTES, lengthChecksumHolds, readU32 } from "./framing.ts";

// What follows the eight zero bytes of an empty record's length.
const EMPTY_LENGTH_CRC = maskedRange(new Uint8Array(8), 0, 8);

/**
 * Index of the first position in `bytes[from, to)` that holds a header whose length checksum holds and whose length is at
 * most `limit`; `to - 11` (or `from`, whichever is larger) where there is none. Most positions fail on the high half of
 * the length, zeros fail on the constant, so a checksum is computed for few.
 */
export function findHeader(bytes: Uint8Array, from: number, to: number, limit: number): number {
  const end = to - HEADER_BYTES;
  const highest = Math.floor(limit / 2 ** 32);
  for (let at = from; at <= end; at++) {
    if (highest === 0) {
      // Four zero bytes must lie at at + 4; from the last one that is not zero, jump past it.
      if (bytes[at + 7] !== 0) {
        at += 3;
        continue;
      }
      if (bytes[at + 6] !== 0 || bytes[at + 5] !== 0 || bytes[at + 4] !== 0) continue;
    } else if (readU32(bytes, at + 4) > highest) continue;
    if (readU32(bytes, at) === 0 && readU32(bytes, at + 4) === 0) {
      if (readU32(bytes, at + 8) === EMPTY_LENGTH_CRC) return at;
    } else if (claimedLength(bytes, at) <= limit && lengthChecksumHolds(bytes, at)) return at;
  }
  return Math.max(from, end + 1);
}
