import { constants, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Compression, inflate } from "../src/inflate/inflate.ts";
import { chunksOf, concat, failure, hex, random, text } from "./helpers.ts";

async function decompress(format: Compression, bytes: Uint8Array, sizes: readonly number[] = [bytes.length + 1]) {
  const pieces: Uint8Array[] = [];
  for await (const piece of inflate(format, chunksOf(bytes, sizes))) pieces.push(piece);
  return concat(pieces);
}

async function partial(format: Compression, bytes: Uint8Array, sizes?: readonly number[]) {
  const pieces: Uint8Array[] = [];
  const error = await failure(
    (async () => {
      for await (const piece of inflate(format, chunksOf(bytes, sizes ?? [bytes.length + 1]))) pieces.push(piece);
    })(),
  );
  return { error, bytes: concat(pieces) };
}

/** Bytes that deflate finds matches in: pieces of earlier bytes between new ones. */
const compressible = fc
  .tuple(fc.nat(), fc.nat(12_000), fc.integer({ min: 1, max: 256 }))
  .map(([seed, size, alphabet]) => {
    const next = random(seed);
    const bytes: number[] = [];
    while (bytes.length < size) {
      const copied = bytes.length > 0 && next() % 3 > 0;
      const from = copied ? next() % bytes.length : 0;
      for (let i = 0, n = next() % 300; i < n; i++) bytes.push(copied ? bytes[from + i]! : next() % alphabet);
    }
    return Uint8Array.from(bytes);
  });
const level = fc.integer({ min: 0, max: 9 });
const strategy = fc.constantFrom(
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FIXED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
);
// A small memLevel gives many blocks, of all types.
const settings = fc.record({ level, strategy, memLevel: fc.integer({ min: 1, max: 9 }) });
const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 });

describe("inflate", () => {
  it("undoes zlib's deflate at every level and strategy, however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(compressible, settings, sizes, async (bytes, settings, cut) => {
        expect(hex(await decompress("zlib", deflateSync(bytes, settings), cut))).toBe(hex(bytes));
        expect(hex(await decompress("gzip", gzipSync(bytes, settings), cut))).toBe(hex(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it("handles output and matches beyond its buffers", async () => {
    const next = random(11);
    const block = Uint8Array.from({ length: 32_768 }, next);
    const bytes = concat([...Array.from({ length: 40 }, () => block), new Uint8Array(700_000), block]);
    for (const level of [0, 1, 9]) {
      const read = await decompress("gzip", gzipSync(bytes, { level }), [65_536]);
      expect(read.length).toBe(bytes.length);
      expect(Buffer.compare(read, bytes)).toBe(0);
    }
  });

  it("reads several gzip members, empty ones and padding", async () => {
    const members = [gzipSync("one,"), gzipSync(""), gzipSync("two")];
    for (const cut of [1, 7, 1000]) {
      expect(await decompress("gzip", concat(members), [cut])).toEqual(text("one,two"));
      expect(await decompress("gzip", concat([...members, new Uint8Array(512)]), [cut])).toEqual(text("one,two"));
    }
  });

  it("passes over the optional parts of a gzip header", async () => {
    const plain = gzipSync("data");
    const header = new Uint8Array([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3]);
    const bytes = concat([header, text("name\0comment\0"), new Uint8Array(2), plain.subarray(10)]);
    expect(await decompress("gzip", bytes, [3])).toEqual(text("data"));
  });

  it("notices every cut and gives what came before it", async () => {
    const bytes = text("some text, some more text, and some text again. ".repeat(30));
    for (const [format, packed] of [
      ["gzip", gzipSync(bytes)],
      ["zlib", deflateSync(bytes)],
    ] as const) {
      for (let size = 0; size < packed.length; size++) {
        const { error, bytes: read } = await partial(format, packed.subarray(0, size), [50]);
        expect(error).toMatchObject({ code: "DECOMPRESSION_FAILED", message: expect.stringContaining("ends early") });
        expect(hex(bytes).startsWith(hex(read))).toBe(true);
      }
    }
  });

  it("never accepts changed bytes silently, never hangs", async () => {
    await fc.assert(
      fc.asyncProperty(compressible, fc.nat(), fc.integer({ min: 1, max: 255 }), async (bytes, at, mask) => {
        const packed = gzipSync(bytes);
        // The header's time, flags and system are not covered by a checksum.
        const index = 10 + (at % (packed.length - 10));
        packed[index]! ^= mask;
        const { error, bytes: read } = await partial("gzip", packed);
        // A change of the unused bits before the checksum changes nothing.
        if (hex(read) !== hex(bytes)) expect(error).toMatchObject({ code: "DECOMPRESSION_FAILED" });
        else expect(["DECOMPRESSION_FAILED", undefined]).toContain((error as { code?: string }).code);
      }),
    );
  });

  it.each([
    ["a preset dictionary", "zlib", "78bb00000000"],
    ["another container", "zlib", "1f8b0800"],
    ["block type 3", "zlib", "789c07"],
    ["a wrong checksum", "zlib", "789c030000000002"],
    ["a wrong size", "gzip", "1f8b080000000000000303000000000001000000"],
    ["a match before the beginning", "zlib", "789c63000201"],
  ] as const)("refuses %s", async (_, format, digits) => {
    const { error } = await partial(format, new Uint8Array(Buffer.from(digits, "hex")));
    expect(error).toMatchObject({ code: "DECOMPRESSION_FAILED" });
  });
});
