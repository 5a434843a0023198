import { gunzipSync, inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32c, frameRecord, isTFRecordError, readRecords, TFRecordError, writeRecords } from "../src/index.ts";
import { chunksOf, collect, concat, failure, failureCode, frames, fromHex, hex, salvage, text } from "./helpers.ts";

const foo = new Uint8Array(Buffer.from("AwAAAAAAAACwmUkOZm9vYYq+/g==", "base64"));
const texts = async (...args: Parameters<typeof readRecords>) =>
  (await collect(readRecords(...args))).map((data) => new TextDecoder().decode(data));

describe("frameRecord and writeRecords", () => {
  it("write the bytes that TensorFlow writes", async () => {
    expect(frameRecord(text("foo"))).toEqual(foo);
    expect(concat(await collect(writeRecords([text("foo"), text("foo")])))).toEqual(concat([foo, foo]));
  });
});

describe("writeRecords", () => {
  const records = Array.from({ length: 3000 }, (_, i) => new Uint8Array(i === 1500 ? 200_000 : i % 90).fill(i));

  it("gathers small records and keeps the order", async () => {
    const chunks = await collect(writeRecords(records));
    expect(chunks.length).toBeLessThan(10);
    expect(Buffer.compare(concat(chunks), frames(...records))).toBe(0);
    expect(await collect(writeRecords([]))).toEqual([]);
  });

  it.each(["gzip", "zlib"] as const)("compresses: %s", async (compression) => {
    const packed = concat(await collect(writeRecords(records, { compression })));
    expect(packed.length).toBeLessThan(frames(...records).length / 2);
    expect(Buffer.compare((compression === "gzip" ? gunzipSync : inflateSync)(packed), frames(...records))).toBe(0);
    expect((await collect(readRecords(packed))).map(hex)).toEqual(records.map(hex));
  });

  it.each(["none", "gzip"] as const)("passes on what its source throws, and closes it: %s", async (compression) => {
    let closed = 0;
    async function* source() {
      try {
        yield new Uint8Array(100_000);
        throw new Error("no more");
      } finally {
        closed++;
      }
    }
    expect(await failure(collect(writeRecords(source(), { compression })))).toMatchObject({ message: "no more" });
    expect(closed).toBe(1);
    async function* endless() {
      try {
        for (let i = 0; ; i++) yield new Uint8Array(100_000).map((_, j) => (i * j) >> 3);
      } finally {
        closed++;
      }
    }
    for await (const _ of writeRecords(endless(), { compression })) break;
    expect(closed).toBe(2);
  });
});

describe("readRecords", () => {
  it("reads what was written, however the bytes are cut into chunks", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 100 })), sizes, async (records, cut) => {
        const file = frames(...records);
        const read = await collect(readRecords(chunksOf(file, cut)));
        expect(read.map(hex)).toEqual(records.map(hex));
        for (const data of read) expect(data.constructor).toBe(Uint8Array);
      }),
    );
  });

  it("reads every kind of source", async () => {
    const file = concat([foo, foo, frames(text("bar"))]);
    const expected = ["foo", "foo", "bar"];
    expect(await texts(file)).toEqual(expected);
    expect(await texts([file.subarray(0, 5), new Uint8Array(0), file.subarray(5)])).toEqual(expected);
    expect(await texts(Buffer.from(file))).toEqual(expected);
    expect(await texts(new Blob([Buffer.from(file)]))).toEqual(expected);
    expect(await texts(new Response(Buffer.from(file)))).toEqual(expected);
    expect(await texts(new Blob([Buffer.from(file)]).stream())).toEqual(expected);
    expect(await texts(writeRecords([text("foo"), text("foo"), text("bar")]))).toEqual(expected);
  });

  it("gives nothing for an empty source and empty records for zero lengths", async () => {
    expect(await texts(new Uint8Array(0))).toEqual([]);
    expect(await texts(frames(new Uint8Array(0), new Uint8Array(0)))).toEqual(["", ""]);
  });

  it("refuses what is not a source", async () => {
    expect(await failureCode(texts("ld_train00.tfrec" as never))).toBe("INVALID_ARGUMENT");
    expect(await failureCode(texts({} as never))).toBe("INVALID_ARGUMENT");
    expect(await failureCode(texts(foo, { maxRecordBytes: -1 }))).toBe("INVALID_ARGUMENT");
    expect(await failureCode(texts(new Response("gone", { status: 404 })))).toBe("SOURCE_UNREADABLE");
  });

  it("computes checksums with another implementation where one is given", async () => {
    const sizes: number[] = [];
    const counting = (bytes: Uint8Array) => {
      sizes.push(bytes.length);
      return crc32c(bytes);
    };
    expect(await texts(concat([foo, frames(text("bar!"))]), { crc32c: counting })).toEqual(["foo", "bar!"]);
    expect(sizes).toEqual([3, 4]);
    expect(await failureCode(texts(foo, { crc32c: () => 0 }))).toBe("DATA_CRC_MISMATCH");
  });

  it("says where a source failed, and passes on what is not its own", async () => {
    async function* failing(error: Error) {
      yield foo.subarray(0, 19);
      yield foo.subarray(0, 10);
      throw error;
    }
    const lost = new TFRecordError("SOURCE_UNREADABLE", "the connection was lost", { file: "a" });
    for (const onCorrupt of ["throw", "skip"] as const) {
      const error = await failure(texts(failing(lost), { onCorrupt }));
      expect(error).toMatchObject({ code: "SOURCE_UNREADABLE", file: "a", record: 1, byteOffset: 19 });
      expect(await failure(texts(failing(new RangeError("other")), { onCorrupt }))).toBeInstanceOf(RangeError);
    }
  });

  it("closes its source when the consumer stops", async () => {
    let closed = 0;
    async function* source() {
      try {
        for (;;) yield foo;
      } finally {
        closed++;
      }
    }
    for await (const _ of readRecords(source())) break;
    expect(closed).toBe(1);
    let cancelled = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(foo),
      cancel: () => void cancelled++,
    });
    for await (const _ of readRecords(stream)) break;
    expect(cancelled).toBe(1);
  });
});

describe("damage", () => {
  const file = frames(text("one"), text("two"), text("three"));
  const flipped = (at: number) => file.map((byte, i) => (i === at ? byte ^ 0x10 : byte));

  it.each([
    ["a cut header", file.subarray(0, 19 + 5), "HEADER_TRUNCATED", 19],
    ["cut data", file.subarray(0, 19 + 14), "DATA_TRUNCATED", 19],
    ["a cut checksum", file.subarray(0, 19 + 17), "DATA_TRUNCATED", 19],
    ["a changed length", flipped(19), "LENGTH_CRC_MISMATCH", 19],
    ["a changed length checksum", flipped(19 + 9), "LENGTH_CRC_MISMATCH", 19],
    ["changed data", flipped(19 + 12), "DATA_CRC_MISMATCH", 19],
    ["a changed data checksum", flipped(19 + 16), "DATA_CRC_MISMATCH", 19],
    ["a tail of zeros", concat([file.subarray(0, 19), new Uint8Array(100_000)]), "ZERO_TAIL", 19],
    [
      "zeros and then something",
      concat([file.subarray(0, 19), new Uint8Array(500), text("x")]),
      "LENGTH_CRC_MISMATCH",
      19,
    ],
  ])("%s is named, with its place", async (_, bytes, code, byteOffset) => {
    for (const size of [1, 7, 1000]) {
      const error = await failure(texts(chunksOf(bytes, [size]), { file: "a.tfrec" }));
      expect(error).toBeInstanceOf(TFRecordError);
      expect(error).toMatchObject({ code, file: "a.tfrec", record: 1, byteOffset });
      expect((error as Error).message).toMatch(/^a\.tfrec, record 1, byte 19: [^\n]+$/);
    }
  });

  it("gives the records before it first", async () => {
    const read: string[] = [];
    const error = await failure(
      (async () => {
        for await (const data of readRecords(flipped(40))) read.push(new TextDecoder().decode(data));
      })(),
    );
    expect(isTFRecordError(error)).toBe(true);
    expect(read).toEqual(["one", "two"]);
  });

  it("of data goes unnoticed with verify length, and of lengths with none", async () => {
    expect(await texts(flipped(19 + 12), { verify: "length" })).toEqual(["one", "dwo", "three"]);
    expect(await texts(flipped(19 + 9), { verify: "none" })).toEqual(["one", "two", "three"]);
    expect(await failureCode(texts(flipped(19 + 9), { verify: "length" }))).toBe("LENGTH_CRC_MISMATCH");
    expect(await failureCode(texts(new Uint8Array(100), { verify: "none" }))).toBe("ZERO_TAIL");
  });

  it("is reported as a range in skip mode", async () => {
    const { records, skipped } = await salvage(concat([flipped(19), new Uint8Array(64)]), [10]);
    expect(records.map((data) => new TextDecoder().decode(data))).toEqual(["one", "three"]);
    expect(skipped.map(({ start, end, record, error }) => [start, end, record, error.code])).toEqual([
      [19, 38, 1, "LENGTH_CRC_MISMATCH"],
      [59, 123, 3, "ZERO_TAIL"],
    ]);
  });

  it("does not make it allocate: lengths are checked first", async () => {
    const huge = fromHex("ffffffffff0f0000 00000000");
    const header = frameRecord(new Uint8Array(0)).subarray(0, 12);
    new DataView(header.buffer).setBigUint64(0, 2n ** 40n, true);
    const { maskedCrc32c } = await import("../src/index.ts");
    new DataView(header.buffer).setUint32(8, maskedCrc32c(header.subarray(0, 8)), true);
    expect(await failureCode(texts(header))).toBe("LENGTH_LIMIT");
    expect(await failureCode(texts(header, { maxRecordBytes: 2 ** 41 }))).toBe("DATA_TRUNCATED");
    expect(await failureCode(texts(huge))).toBe("LENGTH_CRC_MISMATCH");
    expect(await failureCode(texts(frames(new Uint8Array(11)), { maxRecordBytes: 10 }))).toBe("LENGTH_LIMIT");
    expect(await texts(frames(text("0123456789")), { maxRecordBytes: 10 })).toEqual(["0123456789"]);
  });

  it("skips a record beyond the limit and reads the next", async () => {
    const { records, skipped } = await salvage(frames(new Uint8Array(50).fill(1), text("small")), [8], {
      maxRecordBytes: 10,
    });
    expect(records.map((data) => new TextDecoder().decode(data))).toEqual(["small"]);
    expect(skipped.map(({ start, end, error }) => [start, end, error.code])).toEqual([[0, 66, "LENGTH_LIMIT"]]);
  });
});
