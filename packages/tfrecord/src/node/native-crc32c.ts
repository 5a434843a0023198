import { createRequire } from "node:module";

let native: ((bytes: Uint8Array) => number) | undefined | null = null;

/**
 * The native CRC-32C of the optional package `@node-rs/crc32`, the fastest there is, where it is installed and loads on
 * this machine; otherwise undefined, and readers take WebAssembly or JavaScript. `openFile` uses it by itself.
 */
export function nativeCrc32c(): ((bytes: Uint8Array) => number) | undefined {
  if (native !== null) return native;
  try {
    const { crc32c } = createRequire(import.meta.url)("@node-rs/crc32") as { crc32c: (bytes: Uint8Array) => number };
    // It must be the same function; an addon that only loads is not enough.
    native = crc32c(new TextEncoder().encode("123456789")) === 0xe3069283 ? crc32c : undefined;
  } catch {
    native = undefined;
  }
  return native;
}
