import type { ByteWindow } from "./byte-window.ts";
import { findHeader } from "./find-header.ts";
import { claimedLength, HEADER_BYTES, OVERHEAD_BYTES, readU32 } from "./framing.ts";
import type { RangeCrc } from "./range-crc.ts";

/** A scan crosses chunks in steps of this size: with the 11 bytes that it carries over it could never adopt a whole chunk. */
const SCAN_BYTES = 2 ** 18;

/** The data checksum of the record at index `at` of the window's buffer, through the checksums computed so far. */
export function rangeChecksumHolds(window: ByteWindow, crc: RangeCrc, at: number, length: number): boolean {
  const { bytes } = window;
  const start = at + HEADER_BYTES;
  const end = start + length;
  return crc.masked(bytes, window.offset - window.position, start, end) === readU32(bytes, end);
}

/**
 * Moves the window to the next record whose length checksum and data checksum both hold, or to the end of the stream.
 * Takes time linear in the bytes passed (see RangeCrc; buffers grow geometrically) and holds at most about twice the
 * largest length that a valid header claims.
 */
export async function seekIntactRecord(window: ByteWindow, crc: RangeCrc, limit: number): Promise<void> {
  while (window.available >= HEADER_BYTES || (await window.ensure(HEADER_BYTES, SCAN_BYTES))) {
    window.position = findHeader(window.bytes, window.position, window.bytes.length, limit);
    if (window.available < HEADER_BYTES) continue;
    const length = claimedLength(window.bytes, window.position);
    const needed = length + OVERHEAD_BYTES;
    if (await window.ensure(needed, Math.max(needed, 2 * window.available))) {
      if (rangeChecksumHolds(window, crc, window.position, length)) return;
    }
    window.consume(1);
  }
  window.consume(window.available);
}

/**
 * Bytes lost inside a record pull later records into the range that its header claims. They are told from records
 * nested in its data by where they end: nested data is followed by the four bytes of the outer checksum, so the chain must
 * run nearer to the end of the claimed frame than that. Where the stream ends there in zeros, these are taken for a tail
 * that was never written, not for a checksum of zero: the chain may also end before them. Returns the index in the window's
 * buffer of the first record of the longest such chain inside `[position + 1, end)`, or undefined.
 */
export function findSwallowedChain(window: ByteWindow, crc: RangeCrc, end: number, limit: number): number | undefined {
  const { bytes } = window;
  const frames: [start: number, end: number][] = [];
  for (let at = window.position + 1; ; at++) {
    at = findHeader(bytes, at, end, limit);
    if (at + OVERHEAD_BYTES > end) break;
    const length = claimedLength(bytes, at);
    if (at + OVERHEAD_BYTES + length > end || !rangeChecksumHolds(window, crc, at, length)) continue;
    frames.push([at, at + OVERHEAD_BYTES + length]);
  }
  const linked = new Set([end, end - 1, end - 2, end - 3]);
  if (end === bytes.length && readU32(bytes, end - 4) === 0) {
    for (let at = end - 4; bytes[at] === 0; at--) linked.add(at);
  }
  let first: number | undefined;
  for (const [start, stop] of frames.reverse()) {
    if (!linked.has(stop)) continue;
    linked.add(start);
    first = start;
  }
  return first;
}

/**
 * Consumes zeros; true where they go on to the end of the stream. Otherwise up to 11 of them are kept before the first
 * other byte, because a header may begin with zeros.
 */
export async function consumeZeros(window: ByteWindow): Promise<boolean> {
  for (;;) {
    const { bytes, position } = window;
    let at = position;
    while (at < bytes.length && bytes[at] === 0) at++;
    window.position = Math.max(position, at - (HEADER_BYTES - 1));
    if (at < bytes.length) return false;
    if (await window.ensure(window.available + 1, SCAN_BYTES)) continue;
    window.consume(window.available);
    return true;
  }
}
