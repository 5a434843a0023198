import { mask, maskedRange } from "./crc32c.ts";

/**
 * One record: u64le length, u32le masked CRC-32C of those 8 bytes, the data, u32le masked CRC-32C of the data
 * (tensorflow/core/lib/io/record_writer.h). No magic number and no version.
 */
export const HEADER_BYTES = 12;
/** Bytes that a record takes beside its data. */
export const OVERHEAD_BYTES = 16;
/** Data of more bytes is refused unless the caller raises `maxRecordBytes`: 1 GiB. */
export const DEFAULT_MAX_RECORD_BYTES = 2 ** 30;

export function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** The length that a header claims. Beyond 2^53 it is rounded, which no limit lets through. */
export function claimedLength(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) + readU32(bytes, at + 4) * 2 ** 32;
}

export function lengthChecksumHolds(bytes: Uint8Array, at: number): boolean {
  return maskedRange(bytes, at, at + 8) === readU32(bytes, at + 8);
}

/** Whether the data of the record that starts at `at` has the checksum that follows it. */
export function dataChecksumHolds(
  bytes: Uint8Array,
  at: number,
  length: number,
  crc32c?: (bytes: Uint8Array) => number,
): boolean {
  const start = at + HEADER_BYTES;
  const end = start + length;
  const masked = crc32c === undefined ? maskedRange(bytes, start, end) : mask(crc32c(bytes.subarray(start, end)));
  return masked === readU32(bytes, end);
}

/** Writes the 12 header bytes for data of `length` bytes at `at`. */
export function writeHeader(bytes: Uint8Array, at: number, length: number): void {
  writeU32(bytes, at, length % 2 ** 32);
  writeU32(bytes, at + 4, Math.floor(length / 2 ** 32));
  writeU32(bytes, at + 8, maskedRange(bytes, at, at + 8));
}
