import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { bytesFeature, encodeExample, frameRecord, int64Feature } from "@cassava/tfrecord";
import { describe, expect, it } from "vitest";
import {
  type DirectoryHandleLike,
  directoryDataset,
  filesDataset,
  imageUrlDataset,
  urlDataset,
} from "../src/browser.ts";
import { type Dataset, type DatasetEntry, memoryStore } from "../src/index.ts";
import { openDataset, tfrecordDataset } from "../src/node.ts";
import { rejection, withFolder } from "./support.ts";

const map = '{"0":"Blight","1":"Mosaic","2":"Healthy"}';

const record = (name: string, target: number): Uint8Array =>
  encodeExample({ image: bytesFeature(name), image_name: bytesFeature(name), target: int64Feature(target) });

const shard = (...records: readonly Uint8Array[]): Uint8Array => Buffer.concat(records.map(frameRecord));

async function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** What a folder picker gives: files with their path from the folder, its name included. */
async function picked(folder: string): Promise<File[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.reverse().map(async (path) => {
      const file = new File([await readFile(path)], path.split("/").at(-1)!);
      Object.defineProperty(file, "webkitRelativePath", { value: `picked/${path.slice(folder.length + 1)}` });
      return file;
    }),
  );
}

/** A folder as a page has it after the user gave access. */
function handleOf(path: string, name = "picked"): DirectoryHandleLike {
  return {
    kind: "directory",
    name,
    async *values() {
      for (const entry of await readdir(path, { withFileTypes: true })) {
        const below = join(path, entry.name);
        if (entry.isDirectory()) yield handleOf(below, entry.name);
        else
          yield { kind: "file", name: entry.name, getFile: async () => new File([await readFile(below)], entry.name) };
      }
    },
  };
}

/** All that a data set says and holds, without where it lies. */
async function all(data: Dataset) {
  const images = await Promise.all(data.entries.map(async (entry) => new TextDecoder().decode(await data.read(entry))));
  const base = (entry: DatasetEntry) => ({ ...entry, file: entry.file.split("/").at(-1) });
  await data.close();
  return {
    classes: data.classes,
    entries: data.entries.map(base),
    problems: data.problems.map(({ kind, id }) => [kind, id]),
    images,
  };
}

const kinds: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
  "CSV and images": {
    "train.csv": "image_id,label\nb.jpg,1\nmissing.jpg,0\na.jpg,2\nb.jpg,1\nsub/c.PNG,\n",
    "label_num_to_disease_map.json": map,
    "train_images/a.jpg": "A",
    "train_images/b.jpg": "B",
    "train_images/extra.webp": "E",
    "train_images/sub/c.PNG": "C",
    "train_images/.hidden.jpg": "H",
  },
  "TFRecord files": {
    "train_tfrecords/t01-2.tfrec": shard(record("c", 1), record("d", 0)),
    "train_tfrecords/t00-2.tfrec": shard(record("a", 2), record("b", 0)),
    "label_num_to_disease_map.json": map,
    "notes.txt": "nothing",
  },
  "TFRecord files, without folder": { "a.tfrec": shard(record("a", 1)) },
  "a folder per class": {
    "healthy/1.jpg": "1",
    "blight/2.jpg": "2",
    "10.jpg": "10",
    "readme.md": "no",
    "blight/3.heic": "3",
  },
  "numbered folders and a map": { "1/x.png": "x", "0/y.webp": "y", "label_num_to_disease_map.json": map },
};

describe("files and folders of a browser", () => {
  it.each(Object.entries(kinds))("are the data set that Node sees: %s", (_, files) =>
    withFolder(async (folder) => {
      await write(folder, files);
      const node = await all(await openDataset(folder, { indexes: false }));
      expect(node.images.length).toBeGreaterThan(0);
      expect(await all(await filesDataset(await picked(folder)))).toEqual(node);
      expect(await all(await directoryDataset(handleOf(folder)))).toEqual(node);
    }),
  );

  it("may be picked one by one, without their folders", async () => {
    const files = [
      new File(["image_id,label\na.jpg,0\nb.jpg,1\n"], "train.csv"),
      new File(["B"], "b.jpg"),
      new File(["A"], "a.jpg"),
    ];
    const { entries, images, problems } = await all(await filesDataset(files));
    expect(problems).toEqual([]);
    expect(entries.map(({ id, label }) => [id, label])).toEqual([
      ["a.jpg", 0],
      ["b.jpg", 1],
    ]);
    expect(images).toEqual(["A", "B"]);
  });

  it("are named where they are no data set, damaged or vanished", async () => {
    expect(await rejection(filesDataset([new File([], "notes.txt")]))).toMatchObject({ code: "DATASET_UNKNOWN" });
    expect(await rejection(filesDataset([new File(["A"], "a.jpg"), new File([""], "labels.csv")]))).toMatchObject({
      code: "CSV_UNREAD",
    });
    const bad = shard(record("a", 1));
    bad[20]! ^= 1;
    const files = [new File([new Uint8Array(bad)], "a.tfrec")];
    expect(await rejection(filesDataset(files))).toMatchObject({
      code: "RECORD_UNREADABLE",
      file: "a.tfrec",
      record: 0,
    });
    const csv = [new File(["image_id,label\na.jpg,x\n"], "train.csv"), new File(["A"], "a.jpg")];
    expect(await rejection(filesDataset(csv, { classes: ["y"] }))).toMatchObject({ code: "LABEL_UNKNOWN", line: 2 });
    const handle: DirectoryHandleLike = {
      kind: "directory",
      name: "gone",
      async *values() {
        yield { kind: "file", name: "a.jpg", getFile: () => Promise.reject(new Error("NotFoundError")) };
      },
    };
    const data = await directoryDataset(handle);
    expect(await rejection(data.read(data.entries[0]!))).toMatchObject({ code: "IMAGE_UNREADABLE", id: "a.jpg" });
  });

  it("keep their indexes in a store: the second visit reads no shard through", async () => {
    const store = memoryStore();
    const content = shard(record("a", 1), record("b", 0));
    const file = (bytes: Uint8Array) => new File([new Uint8Array(bytes)], "a.tfrec", { lastModified: 1000 });
    const first = await all(await filesDataset([file(content)], { indexes: store }));
    const blank = await filesDataset([file(new Uint8Array(content.length))], { indexes: store });
    expect(blank.entries.map(({ id, label }) => [id, label])).toEqual(
      first.entries.map(({ id, label }) => [id, label]),
    );
    expect(await rejection(blank.read(blank.entries[0]!))).toMatchObject({ code: "RECORD_UNREADABLE" });
  });
});

/** Serves a folder with ranges, and counts the bytes of bodies by path. */
async function serve(folder: string) {
  const sent = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const path = new URL(request.url!, "http://127.0.0.1").pathname;
    const bytes = await readFile(join(folder, path)).catch(() => undefined);
    if (bytes === undefined) return void response.writeHead(404).end("no such file");
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const [start, end] = range ? [Number(range[1]), Number(range[2]) + 1] : [0, bytes.length];
    sent.set(path, (sent.get(path) ?? 0) + Math.min(end, bytes.length) - start);
    const headers = { "Content-Range": `bytes ${start}-${Math.min(end, bytes.length) - 1}/${bytes.length}` };
    response.writeHead(range ? 206 : 200, range ? headers : {}).end(bytes.subarray(start, end));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

describe("addresses", () => {
  it("of TFRecord files are a data set; with an index beside them only the images asked for are sent", () =>
    withFolder(async (folder) => {
      const records = Array.from({ length: 50 }, (_, k) => record(`${"image".repeat(4000)}${k}`, k % 3));
      await write(folder, { "s/t00-50.tfrec": shard(...records), "label_num_to_disease_map.json": map });
      const server = await serve(folder);
      try {
        const url = `${server.origin}/s/t00-50.tfrec`;
        const node = await all(await tfrecordDataset(join(folder, "s"), { indexes: false }));
        expect(await all(await urlDataset(url))).toEqual(node);
        // Node's index of a file that is an hour old lies beside it from now on.
        const { utimes } = await import("node:fs/promises");
        await utimes(join(folder, "s/t00-50.tfrec"), Date.now() / 1000 - 3600, Date.now() / 1000 - 3600);
        await (await tfrecordDataset(join(folder, "s"))).close();
        server.sent.clear();
        const data = await urlDataset([url]);
        expect(data.entries).toHaveLength(50);
        await data.read(data.entries[7]!);
        expect(server.sent.get("/s/t00-50.tfrec")).toBeLessThan(2 * records[7]!.length);
        expect(await rejection(urlDataset([]))).toMatchObject({ code: "DATASET_MISSING" });
        expect(await rejection(urlDataset(`${server.origin}/none.tfrec`))).toMatchObject({
          code: "RECORD_UNREADABLE",
          file: `${server.origin}/none.tfrec`,
        });
      } finally {
        await server.close();
      }
    }));

  it("of images are a data set, by name or number of their class", () =>
    withFolder(async (folder) => {
      await write(folder, { "x/a.jpg": "A", "x/b.jpg": "B" });
      const server = await serve(folder);
      try {
        const at = (name: string) => `${server.origin}/x/${name}`;
        const data = imageUrlDataset(
          [
            { url: at("a.jpg?size=2"), label: "good" },
            { url: at("b.jpg"), id: "second", label: 0 },
            { url: at("gone.jpg") },
            { url: at("b.jpg"), id: "second", label: 0 },
          ],
          { classes: ["bad", "good"] },
        );
        expect(data.entries.map(({ id, label }) => [id, label])).toEqual([
          ["a.jpg", 1],
          ["second", 0],
          ["gone.jpg", undefined],
        ]);
        expect(data.problems.map(({ kind, id }) => [kind, id])).toEqual([["duplicate-id", "second"]]);
        expect(new TextDecoder().decode(await data.read(data.entries[0]!))).toBe("A");
        const error = await rejection(data.read(data.entries[2]!));
        expect(error).toMatchObject({ code: "IMAGE_UNREADABLE", id: "gone.jpg", file: at("gone.jpg") });
        expect((error as Error).message).toContain("404");
        expect(await rejection(async () => imageUrlDataset([]))).toMatchObject({ code: "NO_IMAGES" });
      } finally {
        await server.close();
      }
    }));
});
