/** The checksum in WebAssembly by itself; readers take it on their own where it can be had. */
export { wasmCrc32c } from "./wasm-engine.ts";
