import { copyFile, mkdir, readdir, readFile, readlink, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bytesFeature, encodeExample, frameRecord, int64Feature } from "@cassava/tfrecord";
import { describe, expect, it } from "vitest";
import { type Dataset, isDataError } from "../src/index.ts";
import { type TfrecordDatasetOptions, tfrecordDataset } from "../src/node.ts";
import { parseShardIndex } from "../src/shards/shard-index.ts";
import { rejection, withFolder } from "./support.ts";

function record(name: string, target: number | string, size = 1): Uint8Array {
  return encodeExample({
    image: bytesFeature(name.repeat(size)),
    image_name: bytesFeature(name),
    target: typeof target === "number" ? int64Feature(target) : bytesFeature(target),
  });
}

const framed = (...records: readonly Uint8Array[]): Uint8Array => Buffer.concat(records.map(frameRecord));

/** Writes a shard whose time is an hour ago, or `minutes` ago: indexes of files that were written just now are not kept. */
async function write(path: string, content: Uint8Array, minutes = 60): Promise<void> {
  await writeFile(path, content);
  const then = Date.now() / 1000 - 60 * minutes;
  await utimes(path, then, then);
}

const modified = async (path: string): Promise<number> => (await stat(path)).mtimeMs;

/** What a data set says without an image being read. */
const known = ({ classes, entries, problems }: Dataset) => ({ classes, entries, problems });

async function open(path: string, options: TfrecordDatasetOptions = {}) {
  const data = await tfrecordDataset(path, options);
  const images = await Promise.all(data.entries.map(async (entry) => new TextDecoder().decode(await data.read(entry))));
  await data.close();
  return { ...known(data), images };
}

describe("the index of a shard", () => {
  it("is kept beside it, and says the same as the shard: labels and length without reading a record", () =>
    withFolder(async (folder) => {
      const shard = join(folder, "a.tfrec");
      const content = framed(record("x", 1), record("y", 0));
      await write(shard, content);
      const first = await open(folder);
      expect((await readdir(folder)).sort()).toEqual(["a.tfrec", "a.tfrec.dataset.json"]);
      expect(await open(folder)).toEqual(first);
      expect(first.images).toEqual(["x", "y"]);
      // The same size and time, but no record is intact: who still knows the labels has not read the file.
      await write(shard, new Uint8Array(content.length));
      const index = JSON.parse(await readFile(`${shard}.dataset.json`, "utf8"));
      await writeFile(`${shard}.dataset.json`, JSON.stringify({ ...index, modified: await modified(shard) }));
      const data = await tfrecordDataset(folder);
      expect(known(data)).toEqual({ classes: first.classes, entries: first.entries, problems: [] });
      expect(await rejection(data.read(data.entries[0]!))).toMatchObject({ code: "RECORD_UNREADABLE", id: "x" });
      await data.close();
    }));

  it("is made again where the file has changed, moved to another name, or is read with other features", () =>
    withFolder(async (folder) => {
      const shard = join(folder, "a.tfrec");
      await write(shard, framed(record("x", 1)));
      await open(folder);
      await write(shard, framed(record("z", 1)), 30);
      expect((await open(folder)).images).toEqual(["z"]);
      const nameless = await open(folder, { features: { id: null } });
      expect(nameless.entries[0]!.id).toBe("a.tfrec#0");
      await rename(shard, join(folder, "b.tfrec"));
      await rename(`${shard}.dataset.json`, join(folder, "b.tfrec.dataset.json"));
      expect((await open(folder, { features: { id: null } })).entries[0]!.id).toBe("b.tfrec#0");
    }));

  it("is not kept of a file that was written a moment ago, nor where that is not wanted", () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "a.tfrec"), framed(record("x", 1)));
      await open(folder);
      await write(join(folder, "a.tfrec"), framed(record("x", 1)));
      await open(folder, { indexes: false });
      expect(await readdir(folder)).toEqual(["a.tfrec"]);
      await open(folder, { indexes: join(folder, "kept", "here") });
      expect((await readdir(folder)).sort()).toEqual(["a.tfrec", "kept"]);
      expect(await readdir(join(folder, "kept", "here"))).toHaveLength(1);
    }));

  it("is not kept of a file without a record, which may be no TFRecord file at all", () =>
    withFolder(async (folder) => {
      const files = { "README.md": "# Leaves\n\nPhotographs of cassava.\n", "empty.tfrec": "" };
      for (const [name, text] of Object.entries(files)) {
        await write(join(folder, name), Buffer.from(text));
        const error = await rejection(tfrecordDataset(join(folder, name), { onCorrupt: "skip" }));
        expect(isDataError(error)).toBe(true);
      }
      expect((await readdir(folder)).sort()).toEqual(Object.keys(files));
    }));

  it("knows damage, throws it where it should, and is itself no cause of failure", () =>
    withFolder(async (folder) => {
      const shard = join(folder, "a.tfrec");
      const content = framed(record("x", 1), record("y", 0));
      content[20]! ^= 1;
      await write(shard, content);
      const first = await open(folder, { onCorrupt: "skip" });
      expect(first.problems).toHaveLength(1);
      expect(await open(folder, { onCorrupt: "skip" })).toEqual(first);
      expect(await rejection(tfrecordDataset(folder))).toMatchObject({ code: "RECORD_UNREADABLE", record: 0 });
      const index = await readFile(`${shard}.dataset.json`, "utf8");
      const { ids, ...rest } = JSON.parse(index);
      for (const wrong of [
        "",
        "{",
        "[]",
        "null",
        index.slice(0, -5),
        JSON.stringify({ ...rest, ids: [...ids, "q"] }),
      ]) {
        await writeFile(`${shard}.dataset.json`, wrong);
        expect(await open(folder, { onCorrupt: "skip" })).toEqual(first);
        expect(await readFile(`${shard}.dataset.json`, "utf8")).toBe(index);
      }
      const stamp = { name: shard, byteLength: content.length, modified: await modified(shard) };
      const features = { idFeature: "image_name", labelFeature: "target" };
      expect(parseShardIndex(index, stamp, features)?.records).toHaveLength(1);
      expect(parseShardIndex(index, { ...stamp, byteLength: 1 }, features)).toBe(undefined);
      expect(parseShardIndex(index, { ...stamp, modified: 1 }, features)).toBe(undefined);
      expect(parseShardIndex(index, { ...stamp, name: "elsewhere/a.tfrec" }, features)).toBe(undefined);
    }));

  it("goes to the cache folder where the shards' folder is read-only", () =>
    withFolder(async (folder) => {
      const before = process.env.CASSAVA_CACHE;
      process.env.CASSAVA_CACHE = join(folder, "cache");
      try {
        await mkdir(join(folder, "data"));
        await write(join(folder, "data", "a.tfrec"), framed(record("x", 1)));
        // A folder where the index should be: nobody can write there, not even the superuser that tests may run as.
        await mkdir(join(folder, "data", "a.tfrec.dataset.json"));
        const first = await open(join(folder, "data"));
        expect(await readdir(join(folder, "cache", "dataset-index"))).toHaveLength(1);
        expect(await open(join(folder, "data"))).toEqual(first);
      } finally {
        process.env.CASSAVA_CACHE = before;
      }
    }));
});

describe("labels of shards", () => {
  it("may be text: class names, or numbers; then as in a CSV", () =>
    withFolder(async (folder) => {
      await write(join(folder, "a.tfrec"), framed(record("x", "mosaic"), record("y", "blight"), record("z", "mosaic")));
      for (let time = 0; time < 2; time++) {
        const { classes, entries } = await open(folder);
        expect(classes.map(({ name }) => name)).toEqual(["blight", "mosaic"]);
        expect(entries.map(({ label }) => label)).toEqual([1, 0, 1]);
      }
      const given = await open(folder, { classes: ["mosaic", "healthy", "blight"] });
      expect(given.entries.map(({ label }) => label)).toEqual([0, 2, 0]);
      expect(await rejection(tfrecordDataset(folder, { classes: ["mosaic"] }))).toMatchObject({
        code: "LABEL_UNKNOWN",
        id: "y",
        record: 1,
      });
      expect(await rejection(tfrecordDataset(folder, { classes: ["a", "a"] }))).toMatchObject({
        code: "OPTION_INVALID",
      });
    }));

  it("are not both in one file", () =>
    withFolder(async (folder) => {
      await write(join(folder, "a.tfrec"), framed(record("x", "1"), record("y", 0)));
      const error = await rejection(tfrecordDataset(folder));
      expect(error).toMatchObject({ code: "RECORD_UNREADABLE", cause: { code: "FEATURE_KIND" } });
    }));
});

describe("files of a data set", () => {
  it("that are compressed are refused with the way out, before they are read", () =>
    withFolder(async (folder) => {
      await write(join(folder, "a.tfrec"), gzipSync(framed(record("x", 1))));
      const error = await rejection(tfrecordDataset(folder));
      expect(isDataError(error, "RECORD_UNREADABLE") && error.message).toMatch(
        /a\.tfrec is compressed: .*decompress it first \(gunzip/,
      );
      expect(error).toMatchObject({ cause: { code: "COMPRESSED" } });
    }));

  it.skipIf(process.platform !== "linux")("are open in bounded number, however many there are (Linux only)", () =>
    withFolder(async (folder) => {
      const count = 40;
      await write(join(folder, "s0.tfrec"), framed(record("x0", 0)));
      for (let k = 1; k < count; k++) await write(join(folder, `s${k}.tfrec`), framed(record(`x${k}`, k % 2)));
      const data = await tfrecordDataset(folder, { openFiles: 3 });
      const openNow = async (): Promise<number> => {
        const fds = await readdir("/proc/self/fd");
        const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
        return targets.filter((target) => target.startsWith(folder)).length;
      };
      let most = 0;
      for (let round = 0; round < 2; round++) {
        for (const entry of data.entries) {
          expect(new TextDecoder().decode(await data.read(entry))).toBe(entry.id);
          most = Math.max(most, await openNow());
        }
      }
      expect(most).toBe(3);
      // All at once: each is read, and afterwards no more than three stay open.
      const all = await Promise.all(data.entries.map((entry) => data.read(entry)));
      expect(all.map((bytes) => new TextDecoder().decode(bytes))).toEqual(data.entries.map(({ id }) => id));
      expect(await openNow()).toBeLessThanOrEqual(3);
      await data.close();
      expect(await openNow()).toBe(0);
      expect(await rejection(tfrecordDataset(folder, { openFiles: 0 }))).toMatchObject({ code: "OPTION_INVALID" });
    }),
  );

  it("may be copied with their indexes: another time means another file", () =>
    withFolder(async (folder) => {
      await write(join(folder, "a.tfrec"), framed(record("x", 1)));
      const first = await open(folder);
      await mkdir(join(folder, "copy"));
      for (const name of ["a.tfrec", "a.tfrec.dataset.json"])
        await copyFile(join(folder, name), join(folder, "copy", name));
      expect((await open(join(folder, "copy"))).images).toEqual(first.images);
    }));
});
