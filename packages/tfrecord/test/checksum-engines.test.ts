import { crc32c as addon } from "@node-rs/crc32";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readRecords } from "../src/index.ts";
import { nativeCrc32c, openFile } from "../src/node.ts";
import { updateRegister } from "../src/slicing-crc32c.ts";
import { wasmCrc32c } from "../src/wasm.ts";
import { collect, frames, text } from "./helpers.ts";

const javascript = (bytes: Uint8Array) => ~updateRegister(-1, bytes, 0, bytes.length) >>> 0;

/** One byte at a time, from the definition. */
function bytewise(bytes: Uint8Array): number {
  let register = 0xffffffff;
  for (const byte of bytes) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) register = register & 1 ? (register >>> 1) ^ 0x82f63b78 : register >>> 1;
  }
  return ~register >>> 0;
}

const engines: [string, () => ((bytes: Uint8Array) => number) | undefined][] = [
  ["JavaScript", () => javascript],
  ["WebAssembly", wasmCrc32c],
  ["@node-rs/crc32", nativeCrc32c],
];

describe.each(engines)("the checksum engine %s", (_, load) => {
  const engine = load()!;

  it("has the published values", () => {
    expect(engine(text("123456789"))).toBe(0xe3069283);
    expect(engine(new Uint8Array(0))).toBe(0);
    // RFC 3720, B.4.
    expect(engine(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(engine(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(engine(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(engine(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
  });

  it("agrees with the definition at every length, alignment and block boundary", () => {
    const buffer = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 2654435761) >>> 11);
    const lengths = [...Array(400).keys(), 1023, 1024, 4095, 16_383, 16_384, 16_385, 16_448, 32_768, 65_537];
    for (const [i, length] of lengths.entries()) {
      const bytes = buffer.subarray(i % 17, (i % 17) + length);
      expect(engine(bytes), `${length} bytes`).toBe(bytewise(bytes));
    }
  });

  it("agrees with the definition on any bytes", () => {
    const bytes = fc.uint8Array({ maxLength: 2000, size: "max" });
    fc.assert(
      fc.property(bytes, (value) => {
        expect(engine(value)).toBe(bytewise(value));
      }),
    );
  });

  it("verifies records as the others do", async () => {
    const file = frames(text("one"), new Uint8Array(3000).fill(7));
    expect(await collect(readRecords(file, { crc32c: engine }))).toHaveLength(2);
    file[100]! ^= 4;
    await expect(collect(readRecords(file, { crc32c: engine }))).rejects.toMatchObject({ code: "DATA_CRC_MISMATCH" });
  });
});

describe("which engine is taken", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("for a file: the addon, where it is installed", () => {
    expect(openFile(import.meta.filename).crc32c).toBe(addon);
    expect(openFile(import.meta.filename).crc32c).toBe(nativeCrc32c());
  });

  it("elsewhere WebAssembly, once enough bytes are at hand", async () => {
    const compiled = vi.fn(WebAssembly.Module);
    vi.stubGlobal("WebAssembly", { ...wasmParts(), Module: compiled });
    const fresh = await import("../src/index.ts");
    await collect(fresh.readRecords(fresh.frameRecord(text("small"))));
    expect(compiled).not.toHaveBeenCalled();
    const file = fresh.frameRecord(new Uint8Array(100_000));
    expect(await collect(fresh.readRecords(file))).toHaveLength(1);
    await collect(fresh.readRecords(file));
    expect(compiled).toHaveBeenCalledTimes(1);
  });

  it("JavaScript, where a page may not compile WebAssembly", async () => {
    const refuse = vi.fn(function refuse() {
      throw new WebAssembly.CompileError("unsafe-eval is not allowed");
    });
    vi.stubGlobal("WebAssembly", { ...wasmParts(), Module: refuse });
    const fresh = await import("../src/index.ts");
    expect(await collect(fresh.readRecords(fresh.frameRecord(new Uint8Array(100_000))))).toHaveLength(1);
    expect(refuse).toHaveBeenCalledTimes(1);
    expect((await import("../src/wasm.ts")).wasmCrc32c()).toBeUndefined();
  });
});

function wasmParts() {
  const { Instance, Memory, CompileError } = WebAssembly;
  return { Instance, Memory, CompileError };
}
