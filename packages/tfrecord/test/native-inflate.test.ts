import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Compression, isTFRecordError } from "../src/index.ts";
import { type Inflate, inflate } from "../src/inflate/inflate.ts";
import { nativeInflate } from "../src/node/native-inflate.ts";
import { chunksOf, collect, concat, failure, random, text } from "./helpers.ts";

const next = random(3);
const noise = Uint8Array.from({ length: 700_000 }, next);
const words = text("leaf disease ".repeat(60_000));

async function run(engine: Inflate, format: Compression, packed: Uint8Array, sizes: readonly number[]) {
  return concat(await collect(engine(format, chunksOf(packed, sizes))));
}

describe("decompression by Node's zlib gives what the portable one gives", () => {
  it.each([
    ["a gzip member", "gzip", gzipSync(words)],
    ["bytes that do not compress", "gzip", gzipSync(noise)],
    ["three gzip members", "gzip", concat([gzipSync(words), gzipSync(text("")), gzipSync(noise)])],
    ["a member padded with zeros", "gzip", concat([gzipSync(words), new Uint8Array(5000)])],
    ["a zlib stream", "zlib", deflateSync(words)],
  ] as const)("for %s", async (_, format, packed) => {
    const expected = await run(inflate, format, packed, [65_536]);
    for (const sizes of [[packed.length], [65_536], [1000, 1, 30_000]]) {
      const found = await run(nativeInflate, format, packed, sizes);
      expect(Buffer.compare(found, expected)).toBe(0);
    }
  });

  it("for members cut into chunks anywhere, byte by byte too", async () => {
    const packed = concat([gzipSync(text("one")), gzipSync(text("two")), new Uint8Array(3)]);
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(sizes, async (cut) => {
        expect(await run(nativeInflate, "gzip", packed, cut)).toEqual(text("onetwo"));
      }),
    );
  });
});

describe("damage to compressed data", () => {
  const packed = gzipSync(noise);
  const flipped = Uint8Array.from(packed);
  flipped[packed.length - 6]! ^= 1;
  it.each([
    ["cut short", "gzip", packed.subarray(0, packed.length - 9), /ends early/],
    ["a wrong checksum", "gzip", flipped, /damaged/],
    ["garbage behind the padding", "gzip", concat([packed, new Uint8Array(9), text("x")]), /follows its padding/],
    ["garbage behind the padding, later", "gzip", concat([packed, new Uint8Array(200_000), text("x")]), /follows/],
    ["garbage behind a member", "gzip", concat([packed, text("garbage")]), /damaged/],
    ["no zlib stream", "zlib", text("nothing of the kind"), /damaged/],
  ] as const)("is an error: %s", async (_, format, bytes, message) => {
    for (const engine of [inflate, nativeInflate]) {
      const error = await failure(run(engine, format, bytes, [65_536]));
      expect(isTFRecordError(error, "DECOMPRESSION_FAILED")).toBe(true);
      expect(String(error)).toMatch(message);
    }
  });
});

describe("the source of compressed data", () => {
  it("is closed when the consumer stops, and its own failure comes through", async () => {
    let closed = 0;
    async function* source(fail: boolean) {
      try {
        yield* chunksOf(gzipSync(noise), [65_536]);
        if (fail) throw new RangeError("the disk is gone");
      } finally {
        closed++;
      }
    }
    for await (const piece of nativeInflate("gzip", source(false))) if (piece.length > 0) break;
    expect(closed).toBe(1);
    const packed = gzipSync(noise);
    async function* broken() {
      yield packed.subarray(0, 1000);
      throw new RangeError("the disk is gone");
    }
    await expect(collect(nativeInflate("gzip", broken()))).rejects.toThrow(new RangeError("the disk is gone"));
  });
});
