import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isTFRecordError, readRecords } from "../src/index.ts";
import { createShardWriter, expandPaths, openFile } from "../src/node.ts";
import { buildIndex } from "../src/random-access.ts";
import { collect, failure, failureCode, frames, hex, random, text } from "./helpers.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tfrecord-node-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});
const at = (...parts: string[]) => join(folder, ...parts);
const read = async (path: string) =>
  (await collect(readRecords(openFile(path)))).map((data) => new TextDecoder().decode(data));

describe("openFile", () => {
  const next = random(2);
  const big = Array.from({ length: 30 }, () => Uint8Array.from({ length: 90_000 + (next() % 9000) }, next));

  it("is read as often as wanted, across chunks", async () => {
    await writeFile(at("a.tfrec"), frames(...big));
    const file = openFile(at("a.tfrec"));
    for (let round = 0; round < 2; round++) expect((await collect(readRecords(file))).map(hex)).toEqual(big.map(hex));
    expect(file.byteLength).toBe(frames(...big).length);
  });

  it("may be left early, and closed twice", async () => {
    await writeFile(at("a.tfrec"), frames(...big));
    const file = openFile(at("a.tfrec"));
    for await (const data of readRecords(file)) {
      expect(data.length).toBe(big[0]!.length);
      break;
    }
    expect((await file.slice(0, 4)).length).toBe(4);
    await file.close();
    await file.close();
    expect((await file.slice(4, 8)).length).toBe(4);
    await file.close();
  });

  it("names what cannot be read", async () => {
    for (const path of [at("none.tfrec"), folder]) {
      try {
        openFile(path);
        expect.unreachable();
      } catch (error) {
        expect(isTFRecordError(error, "SOURCE_UNREADABLE")).toBe(true);
        expect(error).toMatchObject({ file: path });
      }
    }
    await writeFile(at("a.tfrec"), frames(text("x")));
    const file = openFile(at("a.tfrec"));
    expect(await failure(file.slice(10, 30))).toMatchObject({ code: "SOURCE_UNREADABLE", file: at("a.tfrec") });
    await file.close();
    await rm(at("a.tfrec"));
    expect(await failureCode(collect(readRecords(file)))).toBe("SOURCE_UNREADABLE");
    expect(await failureCode(file.slice(0, 4))).toBe("SOURCE_UNREADABLE");
  });

  it("gives its name to errors", async () => {
    await writeFile(at("a.tfrec"), frames(text("x")).subarray(0, 14));
    expect(await failure(collect(readRecords(openFile(at("a.tfrec")))))).toMatchObject({
      file: at("a.tfrec"),
      record: 0,
    });
    expect(await failure(buildIndex(openFile(at("a.tfrec"))))).toMatchObject({ file: at("a.tfrec"), record: 0 });
  });
});

describe("expandPaths", () => {
  beforeEach(async () => {
    await mkdir(at("train"));
    await mkdir(at("test"));
    await mkdir(at("train", "folder.tfrec"));
    for (const name of ["b2.tfrec", "a10.tfrec", "a2.tfrec", "x.tfrecord-00001-of-00002", "notes.txt", ".hidden.tfrec"])
      await writeFile(at("train", name), "");
    await writeFile(at("test", "a1.tfrec"), "");
    await writeFile(at("star*.tfrec"), "");
  });
  const names = async (...patterns: string[]) =>
    (await expandPaths(patterns.map((pattern) => at(pattern)))).map((path) => path.slice(folder.length + 1));

  it("takes files, folders and patterns, sorted, each file once", async () => {
    expect(await names("train/b2.tfrec")).toEqual(["train/b2.tfrec"]);
    expect(await names("train/notes.txt")).toEqual(["train/notes.txt"]);
    expect(await names("train")).toEqual(
      [".hidden.tfrec", "a10.tfrec", "a2.tfrec", "b2.tfrec", "x.tfrecord-00001-of-00002"]
        .slice(1)
        .map((name) => `train/${name}`),
    );
    expect(await names("train/a*.tfrec")).toEqual(["train/a10.tfrec", "train/a2.tfrec"]);
    expect(await names("train/?2.tfrec")).toEqual(["train/a2.tfrec", "train/b2.tfrec"]);
    expect(await names("t*/a*.tfrec")).toEqual(["test/a1.tfrec", "train/a10.tfrec", "train/a2.tfrec"]);
    expect(await names("train/b2.tfrec", "train/*2.tfrec")).toEqual(["train/b2.tfrec", "train/a2.tfrec"]);
    expect(await names("star*.tfrec")).toEqual(["star*.tfrec"]);
    expect(await expandPaths(at("train", "b2.tfrec"))).toEqual([at("train", "b2.tfrec")]);
  });

  it("takes a dot for a dot", async () => {
    await writeFile(at("train", "a2xtfrec"), "");
    expect(await names("train/a?.tfrec")).toEqual(["train/a2.tfrec"]);
  });

  it("names a pattern that matches nothing", async () => {
    for (const pattern of ["none", "train/z*.tfrec", "none/*.tfrec", "train/*2.tfrec/x"]) {
      expect(await failure(expandPaths([at("train"), at(pattern)]))).toMatchObject({
        code: "NO_FILES",
        file: at(pattern),
      });
    }
    expect(await failureCode(expandPaths([]))).toBe("NO_FILES");
  });

  it("works from the current folder", async () => {
    expect(await expandPaths("package.js?n")).toEqual(["package.json"]);
  });
});

describe("createShardWriter", () => {
  const listed = async () => (await readdir(folder)).sort();

  it("deals records to a number of shards and names them as Kaggle does", async () => {
    const writer = createShardWriter({ folder, prefix: "ld_train", shards: 3 });
    for (let i = 0; i < 7; i++) await writer.write(text(`record ${i}`));
    const shards = await writer.close();
    expect(await listed()).toEqual(["ld_train00-3.tfrec", "ld_train01-2.tfrec", "ld_train02-2.tfrec"]);
    expect(shards.map(({ path, records }) => [path, records])).toEqual([
      [at("ld_train00-3.tfrec"), 3],
      [at("ld_train01-2.tfrec"), 2],
      [at("ld_train02-2.tfrec"), 2],
    ]);
    for (const { path, byteLength } of shards) expect((await readFile(path)).length).toBe(byteLength);
    expect(await read(shards[1]!.path)).toEqual(["record 1", "record 4"]);
  });

  it("begins a new shard after so many records, or so many bytes", async () => {
    const byCount = createShardWriter({ folder, prefix: "a", recordsPerShard: 2 });
    for (let i = 0; i < 5; i++) await byCount.write(text(String(i)));
    expect((await byCount.close()).map(({ records }) => records)).toEqual([2, 2, 1]);
    const bySize = createShardWriter({ folder, prefix: "b", maxBytes: 60 });
    for (const size of [4, 4, 4, 100, 4]) await bySize.write(new Uint8Array(size));
    expect((await bySize.close()).map(({ byteLength }) => byteLength)).toEqual([60, 116, 20]);
    const one = createShardWriter({ folder, prefix: "c" });
    await one.write(text("x"));
    expect((await one.close()).map(({ path }) => path)).toEqual([at("c00-1.tfrec")]);
  });

  it("pads the numbers of many shards alike, so that names sort", async () => {
    const writer = createShardWriter({ folder: at("new", "deep"), prefix: "s", recordsPerShard: 1 });
    for (let i = 0; i < 101; i++) await writer.write(text(String(i)));
    const shards = await writer.close();
    expect(shards[0]!.path).toBe(at("new", "deep", "s000-1.tfrec"));
    expect(await expandPaths(at("new", "deep"))).toEqual(shards.map(({ path }) => path));
  });

  it("writes records of every size", async () => {
    const next = random(6);
    const records = [0, 1, 1000, 1_048_560, 1_048_561, 3_000_000, 5].map((size) =>
      Uint8Array.from({ length: size }, next),
    );
    const writer = createShardWriter({ folder, prefix: "r" });
    for (const data of records) await writer.write(data);
    const [shard] = await writer.close();
    expect(hex(await readFile(shard!.path))).toBe(hex(frames(...records)));
  });

  it("leaves nothing after abort, nor after a failure", async () => {
    const aborted = createShardWriter({ folder, prefix: "a", shards: 2 });
    await aborted.write(new Uint8Array(2_000_000));
    expect((await listed()).length).toBe(1);
    await aborted.abort();
    expect(await listed()).toEqual([]);
    expect(await failureCode(aborted.write(text("x")))).toBe("WRITE_FAILED");
    expect(await failureCode(aborted.close())).toBe("WRITE_FAILED");

    const failed = createShardWriter({ folder, prefix: "b", recordsPerShard: 1 });
    for (const data of ["x", "y", "z"]) await failed.write(text(data));
    // The second rename meets a folder.
    await mkdir(at("b01-1.tfrec", "full"), { recursive: true });
    expect(await failure(failed.close())).toMatchObject({ code: "WRITE_FAILED", file: folder });
    expect(await listed()).toEqual(["b01-1.tfrec"]);
    await failed.abort();
  });

  it("gives no file without a record", async () => {
    expect(await createShardWriter({ folder, prefix: "a", shards: 4 }).close()).toEqual([]);
    expect(await listed()).toEqual([]);
  });

  it("does not mix its shards with older ones, and replaces them when told to", async () => {
    await writeFile(at("a00-9.tfrec"), "old");
    await writeFile(at("a01-1.tfrec"), "old");
    await writeFile(at("ab00-1.tfrec"), "of another prefix");
    expect(() => createShardWriter({ folder, prefix: "a" })).toThrowError(
      expect.objectContaining({ code: "WRITE_FAILED" }),
    );
    const writer = createShardWriter({ folder, prefix: "a", recordsPerShard: 1, overwrite: true });
    await writer.write(text("x"));
    await writer.write(text("y"));
    expect((await listed()).filter((name) => !name.startsWith("."))).toEqual([
      "a00-9.tfrec",
      "a01-1.tfrec",
      "ab00-1.tfrec",
    ]);
    await writer.close();
    expect(await listed()).toEqual(["a00-1.tfrec", "a01-1.tfrec", "ab00-1.tfrec"]);
    expect(await read(at("a01-1.tfrec"))).toEqual(["y"]);
  });

  it.each([
    { shards: 0 },
    { recordsPerShard: 1.5 },
    { maxBytes: -1 },
    { shards: 2, maxBytes: 100 },
    { prefix: "../a" },
  ])("refuses %o", (options) => {
    expect(() => createShardWriter({ folder, prefix: "a", ...options })).toThrowError(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
