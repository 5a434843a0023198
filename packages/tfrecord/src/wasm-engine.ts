import { compileCrc32c } from "./wasm-crc32c.ts";

/**
 * CRC-32C in WebAssembly, for the option `crc32c` of readers; or undefined where WebAssembly or its SIMD is missing or the
 * page's security policy forbids it (`wasm-unsafe-eval`). Each call compiles an instance of its own, under a kilobyte.
 */
export function wasmCrc32c(): ((bytes: Uint8Array) => number) | undefined {
  const update = compileCrc32c();
  return update && ((bytes) => ~update(-1, bytes, 0, bytes.length) >>> 0);
}
