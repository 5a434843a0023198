import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isTFRecordError, readRecords } from "../src/index.ts";
import {
  createShardWriter,
  indexPath,
  loadIndex,
  openFile,
  repairFile,
  type WriteRecordsFileOptions,
  writeRecordsFile,
} from "../src/node.ts";
import { buildIndex, readRecordAt } from "../src/random-access.ts";
import { collect, concat, failure, failureCode, frames, text } from "./helpers.ts";

const records = ["one", "", "three", "four".repeat(50_000)].map(text);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cassava-write-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);
const names = async () => (await readdir(folder)).sort();
const write = (name: string, options?: WriteRecordsFileOptions) => writeRecordsFile(at(name), records, options);

describe("writeRecordsFile", () => {
  it("writes the bytes of the records", async () => {
    const expected = frames(...records);
    expect(await write("a.tfrec")).toEqual({ path: at("a.tfrec"), records: 4, byteLength: expected.length });
    expect(new Uint8Array(await readFile(at("a.tfrec")))).toEqual(expected);
  });

  it("writes no records as an empty file", async () => {
    expect(await writeRecordsFile(at("none.tfrec"), [])).toMatchObject({ records: 0, byteLength: 0 });
    expect((await readFile(at("none.tfrec"))).length).toBe(0);
  });

  it.each(["gzip", "zlib"] as const)("compresses (%s), and says how large the file is", async (compression) => {
    const { byteLength } = await write(`${compression}.tfrec`, { compression });
    const stored = new Uint8Array(await readFile(at(`${compression}.tfrec`)));
    expect(stored.length).toBe(byteLength);
    expect(byteLength).toBeLessThan(10_000);
    expect(await collect(readRecords(stored))).toEqual(records);
  });

  it.each(["json", "text"] as const)("writes the index on the way (%s)", async (format) => {
    const name = `indexed-${format}.tfrec`;
    await write(name, { index: format });
    const index = await loadIndex(indexPath(at(name), format));
    expect(index).toEqual(await buildIndex(openFile(at(name))));
    expect(await readRecordAt(openFile(at(name)), index, 2)).toEqual(text("three"));
  });

  it("removes an index that no longer fits", async () => {
    await write("again.tfrec", { index: "text" });
    await writeRecordsFile(at("again.tfrec"), [], { overwrite: true });
    expect((await names()).filter((name) => name.startsWith("again"))).toEqual(["again.tfrec"]);
  });

  it("refuses an index of a compressed file", async () => {
    expect(await failureCode(write("x.tfrec", { index: "json", compression: "gzip" }))).toBe("INVALID_ARGUMENT");
  });

  it("does not overwrite unless told to", async () => {
    await writeFile(at("mine.tfrec"), "mine");
    expect(await failureCode(write("mine.tfrec"))).toBe("WRITE_FAILED");
    expect(await readFile(at("mine.tfrec"), "utf8")).toBe("mine");
    await write("mine.tfrec", { overwrite: true });
    expect(await collect(readRecords(openFile(at("mine.tfrec"))))).toEqual(records);
  });

  it("leaves nothing behind when the source fails, and keeps what was there", async () => {
    const before = await names();
    async function* failing() {
      yield text("first");
      throw new Error("the network is down");
    }
    const error = await failure(writeRecordsFile(at("a.tfrec"), failing(), { overwrite: true }));
    expect(isTFRecordError(error, "WRITE_FAILED")).toBe(true);
    expect(String(error)).toContain("the network is down");
    expect(await names()).toEqual(before);
    expect(await collect(readRecords(openFile(at("a.tfrec"))))).toEqual(records);
  });

  it("finds that the file on the disk is not what was written", async () => {
    async function* damaging() {
      yield text("first");
      yield new Uint8Array(2 ** 21);
      const temporary = (await names()).find((name) => name.startsWith("bad.tfrec."))!;
      const stored = await readFile(at(temporary));
      stored[14]! ^= 1;
      await writeFile(at(temporary), stored, { flag: "r+" });
    }
    const error = await failure(writeRecordsFile(at("bad.tfrec"), damaging()));
    expect(isTFRecordError(error, "WRITE_FAILED")).toBe(true);
    expect(String(error)).toMatch(/bad\.tfrec: the file reads differently .*record 0.*check the disk/);
    expect((await names()).filter((name) => name.startsWith("bad"))).toEqual([]);
    await writeRecordsFile(at("bad.tfrec"), damaging(), { verify: false });
    expect(await failureCode(collect(readRecords(openFile(at("bad.tfrec")))))).toBe("DATA_CRC_MISMATCH");
  });
});

describe("repairFile", () => {
  const damaged = () => {
    const bytes = frames(text("one"), text("two"), text("three"));
    bytes[19 + 12]! ^= 255;
    return concat([bytes, new Uint8Array(100)]);
  };

  it("saves what is intact, reports the rest, and leaves the damaged file alone", async () => {
    await writeFile(at("damaged.tfrec"), damaged());
    const seen: number[] = [];
    const { skipped, ...report } = await repairFile(at("damaged.tfrec"), at("repaired.tfrec"), {
      onSkip: ({ start }) => seen.push(start),
    });
    const expected = frames(text("one"), text("three"));
    expect(report).toEqual({ records: 2, bytes: expected.length });
    expect(skipped.map(({ start, end, error }) => [start, end, error.code])).toEqual([
      [19, 38, "DATA_CRC_MISMATCH"],
      [59, 159, "ZERO_TAIL"],
    ]);
    expect(seen).toEqual([19, 59]);
    expect(new Uint8Array(await readFile(at("repaired.tfrec")))).toEqual(expected);
    expect(new Uint8Array(await readFile(at("damaged.tfrec")))).toEqual(damaged());
  });

  it("repairs in place only where that was asked for", async () => {
    await writeFile(at("place.tfrec"), damaged());
    expect(await failureCode(repairFile(at("place.tfrec"), at("place.tfrec")))).toBe("WRITE_FAILED");
    await repairFile(at("place.tfrec"), at("place.tfrec"), { overwrite: true });
    expect(await collect(readRecords(openFile(at("place.tfrec"))))).toEqual([text("one"), text("three")]);
  });

  it("decompresses, or compresses where told to", async () => {
    await write("packed.tfrec", { compression: "gzip" });
    await repairFile(at("packed.tfrec"), at("plain.tfrec"));
    expect(new Uint8Array(await readFile(at("plain.tfrec")))).toEqual(frames(...records));
    await repairFile(at("plain.tfrec"), at("packed2.tfrec"), { compression: "zlib" });
    expect((await readFile(at("packed2.tfrec")))[0]).toBe(0x78);
  });

  it("makes no file of what is no TFRecord file", async () => {
    await writeFile(at("page.tfrec"), "<!doctype html><title>Not found</title>");
    expect(await failureCode(repairFile(at("page.tfrec"), at("page2.tfrec")))).toBe("NOT_TFRECORD");
    expect(await names()).not.toContain("page2.tfrec");
  });
});

describe("shards with indexes", () => {
  it("have them beside them, and lose those of an earlier run", async () => {
    const options = { folder: at("shards"), prefix: "s", recordsPerShard: 3, index: "json" } as const;
    const first = createShardWriter(options);
    for (const data of records) await first.write(data);
    for (const { path } of await first.close()) {
      expect(await loadIndex(indexPath(path))).toEqual(await buildIndex(openFile(path)));
    }
    expect((await readdir(at("shards"))).sort()).toEqual([
      "s00-3.tfrec",
      "s00-3.tfrec.index.json",
      "s01-1.tfrec",
      "s01-1.tfrec.index.json",
    ]);
    const second = createShardWriter({ ...options, index: "text", overwrite: true });
    for (const data of records.slice(0, 3)) await second.write(data);
    await second.close();
    expect((await readdir(at("shards"))).sort()).toEqual(["s00-3.tfrec", "s00-3.tfrec.idx"]);
  });

  it("are read again before they get their names", async () => {
    const writer = createShardWriter({ folder: at("bad-shards"), prefix: "s", shards: 1 });
    await writer.write(text("first"));
    await writer.write(new Uint8Array(2 ** 21));
    const [temporary = ""] = await readdir(at("bad-shards"));
    const path = join(at("bad-shards"), temporary);
    const stored = await readFile(path);
    stored[14]! ^= 1;
    await writeFile(path, stored, { flag: "r+" });
    expect(await failureCode(writer.close())).toBe("WRITE_FAILED");
    expect(await readdir(at("bad-shards"))).toEqual([]);
  });
});
