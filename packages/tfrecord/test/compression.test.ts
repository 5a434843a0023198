import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readRecords } from "../src/index.ts";
import { inspectRecords } from "../src/inspect.ts";
import { buildIndex } from "../src/random-access.ts";
import { chunksOf, collect, concat, failure, failureCode, frames, random, salvage, text } from "./helpers.ts";

const next = random(5);
const records = Array.from({ length: 50 }, (_, i) => Uint8Array.from({ length: i * 37 }, next));
const file = frames(...records);
const texts = async (bytes: Uint8Array) =>
  (await collect(readRecords(bytes))).map((data) => new TextDecoder().decode(data));

describe("compressed files", () => {
  it.each([
    ["gzip", gzipSync(file)],
    ["zlib", deflateSync(file)],
    ["two gzip members", concat([gzipSync(file.subarray(0, 999)), gzipSync(file.subarray(999))])],
    ["gzip inside gzip", gzipSync(gzipSync(file))],
  ])("are recognized by their bytes: %s", async (_, packed) => {
    for (const size of [1, 1000, 1e6]) expect(await collect(readRecords(chunksOf(packed, [size])))).toEqual(records);
  });

  it("are told from records whose length looks like a magic number", async () => {
    // 0x9c78 and 0x0801 8b1f are the first bytes of zlib and gzip streams.
    const alike = frames(new Uint8Array(0x9c78), new Uint8Array(0x088b1f));
    expect((await collect(readRecords(alike))).map((data) => data.length)).toEqual([0x9c78, 0x088b1f]);
  });

  it("give the records before a cut, then an error with the place", async () => {
    const packed = gzipSync(frames(text("one"), text("two"), new Uint8Array(1e5)));
    const read: string[] = [];
    const error = await failure(
      (async () => {
        for await (const data of readRecords(packed.subarray(0, packed.length - 40), { file: "a.gz" }))
          read.push(new TextDecoder().decode(data));
      })(),
    );
    expect(read).toEqual(["one", "two"]);
    expect(error).toMatchObject({ code: "DECOMPRESSION_FAILED", file: "a.gz", record: 2, byteOffset: 38 });
    const { records, skipped } = await salvage(packed.subarray(0, packed.length - 40));
    expect(records.length).toBe(2);
    // What is left of the third record, and why nothing follows.
    const end = skipped.at(-1)!.end;
    expect(skipped.map(({ record, start, end, error }) => [record, start, end, error.code])).toEqual([
      [2, 38, end, "DATA_TRUNCATED"],
      [3, end, end, "DECOMPRESSION_FAILED"],
    ]);
    expect((await inspectRecords(packed.subarray(0, packed.length - 40))).corrupt.length).toBe(2);
  });

  it("cannot be indexed", async () => {
    expect(await failureCode(buildIndex(gzipSync(file)))).toBe("COMPRESSED");
    expect(await failureCode(buildIndex(gzipSync(file), { verify: "full" }))).toBe("COMPRESSED");
    expect(await failureCode(buildIndex(new Blob([gzipSync(file)])))).toBe("COMPRESSED");
  });

  it("may hold no record", async () => {
    expect(await texts(gzipSync(""))).toEqual([]);
    expect(await texts(deflateSync(""))).toEqual([]);
    expect(await texts(deflateSync(gzipSync(frames(text("x")))))).toEqual(["x"]);
  });

  it("are told from damage that looks like zlib's two bytes", async () => {
    const foreign = concat([new Uint8Array([0x78, 0xda, 0x7a]), frames(text("intact"))]);
    const { records, skipped } = await salvage(foreign);
    expect(records).toEqual([text("intact")]);
    expect(skipped.map(({ end, error }) => [end, error.code])).toEqual([[3, "LENGTH_CRC_MISMATCH"]]);
  });

  it("are not followed without end", async () => {
    expect(await failureCode(texts(gzipSync(gzipSync(gzipSync(file)))))).toBe("NOT_TFRECORD");
  });
});

describe("what is not a TFRecord file", () => {
  it.each([
    [
      "a Git LFS pointer",
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
      /git lfs pull/,
      true,
    ],
    ["an HTML page", "\n<!DOCTYPE html><html><body>404</body></html>", /HTML page/, true],
    ["other text", '{"error": "not found", "status": 404}', /text \("\{\\"error/, false],
    ["a JPEG image", "\xff\xd8\xff\xe0 and so on and on", /JPEG/, false],
    ["a zip archive", "PK\x03\x04 and so on and on", /zip/, false],
    ["a NumPy array", "\x93NUMPY and so on", /NumPy/, true],
  ])("is named: %s", async (_, content, message, certain) => {
    const bytes = Uint8Array.from(content, (char) => char.charCodeAt(0));
    const expected = { code: "NOT_TFRECORD", file: "x", byteOffset: 0, message: expect.stringMatching(message) };
    for (const size of [1, 1000]) {
      expect(await failure(collect(readRecords(chunksOf(bytes, [size]), { file: "x" })))).toMatchObject(expected);
      const salvaged = salvage(bytes, [size], { file: "x" });
      if (certain) expect(await failure(salvaged)).toMatchObject(expected);
      else expect((await salvaged).skipped.map(({ error }) => error)).toMatchObject([expected]);
    }
  });

  it("is not guessed from noise", async () => {
    expect(await failureCode(texts(Uint8Array.from({ length: 500 }, random(1))))).toBe("LENGTH_CRC_MISMATCH");
  });
});
