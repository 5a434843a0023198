import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDataError, memoryDataset } from "../src/index.ts";
import { convertToShards, encodeJpeg, sharpDecoder, tfrecordDataset, writeFileAtomically } from "../src/node.ts";
import { plain, rejection, withFolder } from "./support.ts";

const classes = ["Blight", "Healthy"];
const set = (count: number) =>
  memoryDataset({
    classes,
    images: Array.from({ length: count }, (_, k) => ({
      id: `i${k}`,
      bytes: plain(1, 1, k),
      ...(k % 3 !== 2 && { label: k % 2 }),
    })),
  });

describe("convertToShards", () => {
  it("copies bytes, names, labels and class names: what is read back is what was written, in its order", () =>
    withFolder(async (folder) => {
      const data = set(10);
      const out = join(folder, "out");
      const progress: number[] = [];
      const files = await convertToShards(data, {
        out,
        shards: 3,
        onProgress: ({ done, total }) => progress.push(done / total),
      });
      expect(files.map(({ path, records }) => [path, records])).toEqual([
        [join(out, "ld_train00-4.tfrec"), 4],
        [join(out, "ld_train01-3.tfrec"), 3],
        [join(out, "ld_train02-3.tfrec"), 3],
      ]);
      expect((await readdir(out)).sort()).toEqual([
        "label_num_to_disease_map.json",
        "ld_train00-4.tfrec",
        "ld_train01-3.tfrec",
        "ld_train02-3.tfrec",
      ]);
      expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((done) => done / 10));
      const back = await tfrecordDataset(out);
      expect(back.classes).toEqual(data.classes);
      expect(back.entries.map(({ id, label }) => [id, label])).toEqual(
        data.entries.map(({ id, label }) => [id, label]),
      );
      for (const [at, entry] of back.entries.entries())
        expect(await back.read(entry)).toEqual(await data.read(data.entries[at]!));
      await back.close();
      const { size } = await import("node:fs/promises").then(({ stat }) => stat(files[0]!.path));
      expect(files[0]!.byteLength).toBe(size);
    }));

  it("keeps neighbours together and counts within one, for any number of images and shards", () =>
    withFolder(async (folder) => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 25 }), fc.integer({ min: 1, max: 25 }), async (count, wanted) => {
          const out = join(folder, String(run++));
          const shards = Math.min(count, wanted);
          const files = await convertToShards(set(count), { out, shards, prefix: "x" });
          const records = files.map((file) => file.records);
          expect(Math.max(...records) - Math.min(...records)).toBeLessThanOrEqual(1);
          const back = await tfrecordDataset(files.map(({ path }) => path));
          expect(back.entries.map(({ id }) => id)).toEqual(set(count).entries.map(({ id }) => id));
          await back.close();
        }),
        { numRuns: 25 },
      );
    }));

  it("writes the same bytes again", () =>
    withFolder(async (folder) => {
      const [a, b] = [join(folder, "a"), join(folder, "b")];
      await convertToShards(set(5), { out: a, shards: 2 });
      await convertToShards(set(5), { out: b, shards: 2 });
      for (const name of await readdir(a)) expect(await readFile(join(b, name))).toEqual(await readFile(join(a, name)));
    }));

  it("resizes and encodes where a size is given", () =>
    withFolder(async (folder) => {
      const bytes = await encodeJpeg({ width: 40, height: 30, pixels: new Uint8Array(3600).fill(90) });
      const data = memoryDataset({ classes, images: [{ id: "a.jpg", label: 1, bytes }] });
      await convertToShards(data, { out: join(folder, "out"), shards: 1, size: [8, 12], quality: 95 });
      const back = await tfrecordDataset(join(folder, "out"));
      const image = await sharpDecoder().decode(await back.read(back.entries[0]!), { file: "", id: "" });
      expect([image.width, image.height]).toEqual([12, 8]);
      expect([...image.pixels].every((value) => Math.abs(value - 90) <= 2)).toBe(true);
      await back.close();
    }));

  it("leaves nothing behind after a failure or an abort, and the caller's folder as it was", () =>
    withFolder(async (folder) => {
      const data = set(9);
      const broken = {
        ...data,
        read: (entry: { id: string }) =>
          entry.id === "i7" ? Promise.reject(new Error("EIO")) : data.read(data.entries[0]!),
      };
      for (const out of [join(folder, "new"), join(folder, "deep", "new")]) {
        expect(await rejection(convertToShards(broken, { out, shards: 2 }))).toMatchObject({ message: "EIO" });
      }
      const bad = memoryDataset({ classes, images: [{ id: "bad", label: 0, bytes: plain(1, 2, 3) }] });
      const unreadable = await rejection(convertToShards(bad, { out: join(folder, "new"), shards: 1, size: [2, 2] }));
      expect(isDataError(unreadable, "IMAGE_UNREADABLE") && unreadable.id).toBe("bad");
      const stop = new AbortController();
      const reason = new Error("enough");
      const abort = convertToShards(data, {
        out: join(folder, "new"),
        shards: 2,
        signal: stop.signal,
        onProgress: () => stop.abort(reason),
      });
      expect(await rejection(abort)).toBe(reason);
      expect((await readdir(folder, { recursive: true })).sort()).toEqual(["deep"]);
    }));

  it("never mixes with what is there, but takes an empty folder", () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "mine.txt"), "mine");
      expect(await rejection(convertToShards(set(3), { out: folder, shards: 1 }))).toMatchObject({
        code: "OUTPUT_EXISTS",
        file: folder,
      });
      expect(await readdir(folder)).toEqual(["mine.txt"]);
      await withFolder(async (empty) => {
        await convertToShards(set(3), { out: empty, shards: 1 });
        expect(await readdir(empty)).toContain("ld_train00-3.tfrec");
      });
      expect(await rejection(convertToShards(set(3), { out: join(folder, "mine.txt"), shards: 1 }))).toMatchObject({
        code: "OUTPUT_FAILED",
      });
      for (const shards of [0, 4, 1.5]) {
        expect(await rejection(convertToShards(set(3), { out: join(folder, "x"), shards }))).toMatchObject({
          code: "OPTION_INVALID",
        });
      }
      expect(
        await rejection(convertToShards(set(3), { out: join(folder, "x"), shards: 1, prefix: "a/b" })),
      ).toMatchObject({ code: "OUTPUT_FAILED" });
      expect(await readdir(folder)).toEqual(["mine.txt"]);
    }));
});

describe("writeFileAtomically", () => {
  it("replaces the file, or leaves it and no temporary", () =>
    withFolder(async (folder) => {
      const file = join(folder, "split.json");
      await writeFileAtomically(file, "old");
      await writeFileAtomically(file, new TextEncoder().encode("new"));
      expect(await readFile(file, "utf8")).toBe("new");
      expect(await rejection(writeFileAtomically(join(folder, "no", "x"), ""))).toMatchObject({
        code: "OUTPUT_FAILED",
      });
      // A folder cannot be replaced by a file: the rename fails, after the temporary was written.
      expect(await rejection(writeFileAtomically(folder, "x"))).toMatchObject({ code: "OUTPUT_FAILED", file: folder });
      expect(await readdir(folder)).toEqual(["split.json"]);
    }));
});
