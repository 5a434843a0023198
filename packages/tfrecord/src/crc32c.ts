import { updateRegister } from "./slicing-crc32c.ts";

/** Shorter ranges are not worth a copy into WebAssembly's memory. */
const SHORT_BYTES = 256;

/** From so many bytes at hand on, loading WebAssembly is worth it: 64 KiB. */
export const LARGE_BYTES = 2 ** 16;

/** `updateRegister`, or the same in WebAssembly once a reader or writer has had enough bytes to load that. */
let engine = updateRegister;
let loading: Promise<void> | undefined;

/** Takes the fastest engine that every platform has from now on: WebAssembly where it can be loaded and compiled. */
export function accelerate(): Promise<void> {
  loading ??= import("./wasm-crc32c.ts").then(
    ({ compileCrc32c }) => {
      engine = compileCrc32c() ?? engine;
    },
    () => undefined,
  );
  return loading;
}

function checksum(register: number, bytes: Uint8Array, start: number, end: number): number {
  return (end - start < SHORT_BYTES ? updateRegister : engine)(register, bytes, start, end);
}

/** TensorFlow's mask, so that the checksum of bytes that hold their own checksum is not degenerate. */
export function mask(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The masked checksum of `bytes[start, end)`, 0 to 2^32 - 1. */
export function maskedRange(bytes: Uint8Array, start: number, end: number): number {
  return mask(~checksum(-1, bytes, start, end));
}

/** CRC-32C of `bytes`, 0 to 2^32 - 1. `crc32c` of the ASCII text `123456789` is 0xe3069283. */
export function crc32c(bytes: Uint8Array): number {
  return ~checksum(-1, bytes, 0, bytes.length) >>> 0;
}

/** The checksum that TFRecord files store: `rotateRight(crc32c(bytes), 15) + 0xa282ead8` modulo 2^32. */
export function maskedCrc32c(bytes: Uint8Array): number {
  return maskedRange(bytes, 0, bytes.length);
}
