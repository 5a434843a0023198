import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesFeature, encodeExample, frameRecord, int64Feature } from "@cassava/tfrecord";
import { describe, expect, it } from "vitest";
import { type Dataset, type DatasetEntry, isDataError, unreadFiles } from "../src/index.ts";
import { labelMapName } from "../src/labels.ts";
import { csvDataset, folderDataset, openDataset, tfrecordDataset } from "../src/node.ts";
import { rejection, withFolder } from "./support.ts";

const map = '{"0":"Blight","1":"Mosaic","2":"Healthy"}';

/** Writes files, with their folders; the content of an image is its name. */
async function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

const images = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`train_images/${name}`, name.split("/").at(-1)!]));

const contents = async (data: Dataset): Promise<string[]> =>
  Promise.all(data.entries.map(async (entry) => new TextDecoder().decode(await data.read(entry))));

const labelsOf = (data: Dataset) => data.entries.map(({ id, label }) => [id, label]);

/** A record whose image is its name. */
function record(name: string, target?: number): Uint8Array {
  return encodeExample({
    image: bytesFeature(name),
    image_name: bytesFeature(name),
    ...(target !== undefined && { target: int64Feature(target) }),
  });
}

const shard = (...records: readonly Uint8Array[]): Uint8Array => Buffer.concat(records.map(frameRecord));

/** The contract of a Dataset: ids unique, labels within the classes, reads by entry, in any order. */
async function checkContract(data: Dataset): Promise<void> {
  expect(new Set(data.entries.map(({ id }) => id)).size).toBe(data.entries.length);
  for (const { label } of data.entries) if (label !== undefined) expect(data.classes[label]!.index).toBe(label);
  expect(await contents(data)).toEqual(data.entries.map(({ id }) => id.split("/").at(-1)));
  const last = data.entries.at(-1)!;
  expect(new TextDecoder().decode(await data.read({ ...last }))).toBe(last.id.split("/").at(-1));
  const error = await rejection(data.read({ id: "stranger", file: last.file }));
  expect(isDataError(error, "ID_UNKNOWN") && error.id).toBe("stranger");
  await data.close();
}

describe("csvDataset", () => {
  it("joins rows and images, and reports whatever is left over on either side", () =>
    withFolder(async (folder) => {
      await write(folder, {
        "train.csv": "image_id,label\nb.jpg,1\nmissing.jpg,0\na.jpg,2\nb.jpg,1\nsub/c.PNG,\n",
        "label_num_to_disease_map.json": map,
        ...images("a.jpg", "b.jpg", "sub/c.PNG", "extra.webp", "notes.txt", ".hidden.jpg"),
      });
      const data = await csvDataset(folder);
      expect(data.classes.map(({ name }) => name)).toEqual(["Blight", "Mosaic", "Healthy"]);
      expect(labelsOf(data)).toEqual([
        ["b.jpg", 1],
        ["a.jpg", 2],
        ["sub/c.PNG", undefined],
      ]);
      expect(data.entries[0]!.file).toBe(join(folder, "train_images", "b.jpg"));
      expect(data.problems.map(({ kind, id }) => [kind, id])).toEqual([
        ["duplicate-id", "b.jpg"],
        ["row-without-image", "missing.jpg"],
        ["image-without-row", "extra.webp"],
        ["unread-file", "notes.txt"],
      ]);
      expect(data.problems[0]!.message).toContain("train.csv line 5");
      expect(data.problems[1]!.message).toContain("train.csv line 3");
      await checkContract(data);
    }));

  it("takes other names of file, folder and columns; the map may be one folder up, or absent", () =>
    withFolder(async (folder) => {
      await write(folder, { "sub/l.csv": "name,class\nx.jpg,1\n", "sub/pics/x.jpg": "x.jpg" });
      const options = { csv: "l.csv", images: "pics", idColumn: "name", labelColumn: "class" };
      expect((await csvDataset(join(folder, "sub"), options)).classes.map(({ name }) => name)).toEqual(["0", "1"]);
      await write(folder, { "label_num_to_disease_map.json": map });
      expect((await csvDataset(join(folder, "sub"), options)).classes.map(({ name }) => name)).toContain("Mosaic");
    }));

  it("reads what spreadsheets write: byte order mark, CRLF, quotes, a name with a comma, labels by name", () =>
    withFolder(async (folder) => {
      const text = '\uFEFFimage_id,label\r\n"b, 1.jpg","Mosaic"\r\na.jpg,Healthy\r\n"a.jpg","Healthy"\r\n';
      await write(folder, { "train.csv": text, ...images("b, 1.jpg", "a.jpg") });
      const options = { classes: ["Blight", "Mosaic", "Healthy"] };
      const data = await csvDataset(folder, options);
      expect(labelsOf(data)).toEqual([
        ["b, 1.jpg", 1],
        ["a.jpg", 2],
      ]);
      expect(data.problems.map(({ kind, id }) => [kind, id])).toEqual([["duplicate-id", "a.jpg"]]);
      await checkContract(data);
      await write(folder, { "train.csv": `${text}"a.jpg",Mould\r\n` });
      expect(await rejection(csvDataset(folder, options))).toMatchObject({
        code: "LABEL_UNKNOWN",
        line: 5,
        id: "a.jpg",
      });
    }));

  it("never reads outside the folder of images", () =>
    withFolder(async (folder) => {
      await write(folder, {
        "train.csv": "image_id,label\n../secret.jpg,0\na.jpg,0\n",
        "secret.jpg": "s",
        ...images("a.jpg"),
      });
      const data = await csvDataset(folder);
      expect(data.problems.map(({ kind, id }) => [kind, id])).toEqual([["row-without-image", "../secret.jpg"]]);
    }));

  it("has a typed error, with its place, for each way to be wrong", () =>
    withFolder(async (folder) => {
      const wrong: readonly (readonly [string, Record<string, string>, object])[] = [
        ["gone", {}, { code: "DATASET_MISSING", file: join(folder, "gone") }],
        ["no-csv", images("a.jpg"), { code: "DATASET_MISSING" }],
        ["no-images", { "train.csv": "image_id,label\na.jpg,0\n" }, { code: "DATASET_MISSING" }],
        ["empty", { "train.csv": "", ...images("a.jpg") }, { code: "CSV_EMPTY" }],
        ["column", { "train.csv": "id,label\na.jpg,0\n", ...images("a.jpg") }, { code: "CSV_COLUMN", line: 1 }],
        ["none", { "train.csv": "image_id,label\na,0\nb,0\n", ...images("a.jpg") }, { code: "NO_IMAGES" }],
        [
          "label",
          {
            "train.csv": "image_id,label\na.jpg,0\nb.jpg,3\n",
            ...images("a.jpg"),
            "label_num_to_disease_map.json": map,
          },
          { code: "LABEL_UNKNOWN", line: 3, id: "b.jpg", file: join(folder, "label", "train.csv") },
        ],
        [
          "conflict",
          { "train.csv": "image_id,label\na.jpg,0\na.jpg,1\n", ...images("a.jpg") },
          { code: "LABEL_CONFLICT", line: 3, id: "a.jpg" },
        ],
        [
          "map",
          { "train.csv": "image_id,label\na.jpg,0\n", ...images("a.jpg"), "label_num_to_disease_map.json": "{" },
          { code: "LABEL_MAP_INVALID" },
        ],
      ];
      for (const [name, files, expected] of wrong) {
        await write(join(folder, name), files);
        const error = await rejection(csvDataset(join(folder, name)));
        expect(isDataError(error), name).toBe(true);
        expect(error, name).toMatchObject(expected);
        expect((error as Error).message, name).toContain(join(folder, name));
      }
    }));

  it("names an image that vanished after opening", () =>
    withFolder(async (folder) => {
      await write(folder, { "train.csv": "image_id,label\na.jpg,0\nb.jpg,0\n", ...images("a.jpg", "b.jpg") });
      const data = await csvDataset(folder);
      const { rm } = await import("node:fs/promises");
      await rm(join(folder, "train_images", "b.jpg"));
      const error = await rejection(data.read(data.entries[1]!));
      expect(isDataError(error, "IMAGE_UNREADABLE") && [error.id, error.file]).toEqual([
        "b.jpg",
        join(folder, "train_images", "b.jpg"),
      ]);
    }));
});

describe("folderDataset", () => {
  it("makes a class of each subfolder", () =>
    withFolder(async (folder) => {
      await write(folder, {
        "sick/1.jpg": "1.jpg",
        "healthy/2.png": "2.png",
        "healthy/deep/3.webp": "3.webp",
        "loose.jpg": "l",
        "healthy/x.txt": "",
      });
      const data = await folderDataset(folder);
      expect(data.classes.map(({ name }) => name)).toEqual(["healthy", "sick"]);
      expect(labelsOf(data)).toEqual([
        ["healthy/2.png", 0],
        ["healthy/deep/3.webp", 0],
        ["sick/1.jpg", 1],
      ]);
      expect(data.problems.map(({ kind, id }) => [kind, id])).toEqual([
        ["image-without-row", "loose.jpg"],
        ["unread-file", "healthy/x.txt"],
      ]);
      await checkContract(data);
    }));

  it("reports every file that is not read, and what to do with a photograph", () =>
    withFolder(async (folder) => {
      const names = ["a/1.jpg", "b/2.jpg", "b/3.HEIC", "b/4.heic", "b/5.tif", "notes.csv", "README", "b/.DS_Store"];
      await write(folder, Object.fromEntries([...names, labelMapName].map((name) => [name, "{}"])));
      const { problems } = await folderDataset(folder, { classes: ["a", "b"] });
      expect(unreadFiles(problems)).toEqual({
        count: 5,
        ids: ["README", "b/3.HEIC", "b/4.heic", "b/5.tif", "notes.csv"],
        extensions: { ".heic": 2, "(none)": 1, ".tif": 1, ".csv": 1 },
        photographs: 3,
      });
      expect(problems[1]!.message).toBe(
        `${join(folder, "b/3.HEIC")} is no JPEG, PNG or WebP by its name, and not read: convert it to JPEG`,
      );
    }));

  it("does not take the parts of a split for classes, unless they are named as such", () =>
    withFolder(async (folder) => {
      await write(folder, { "train/a/1.jpg": "1.jpg", "Test/2.jpg": "2.jpg" });
      const error = await rejection(folderDataset(folder));
      expect(isDataError(error, "DATASET_PARTS") && error.file).toBe(folder);
      expect((error as Error).message).toContain(`open ${join(folder, "train")}, which is divided anew`);
      expect((error as Error).message).toContain(`${join(folder, "Test")}: for cassava evaluate`);
      expect((await folderDataset(folder, { classes: ["train", "Test"] })).entries).toHaveLength(2);
      await write(folder, { "bus/3.jpg": "3.jpg" });
      expect((await folderDataset(folder)).classes.map(({ name }) => name)).toEqual(["Test", "bus", "train"]);
    }));

  it("orders numbered folders as numbers, and takes names and indices of a label map", () =>
    withFolder(async (folder) => {
      await write(folder, { "n/10/a.jpg": "a.jpg", "n/9/b.jpg": "b.jpg" });
      const numbered = await folderDataset(join(folder, "n"));
      expect(numbered.classes.map(({ name }) => name)).toEqual(["9", "10"]);
      expect(labelsOf(numbered)).toEqual([
        ["10/a.jpg", 1],
        ["9/b.jpg", 0],
      ]);
      await write(folder, { "m/2/a.jpg": "a.jpg", "m/Blight/b.jpg": "b.jpg", "label_num_to_disease_map.json": map });
      const mapped = await folderDataset(join(folder, "m"));
      expect(mapped.classes).toHaveLength(3);
      expect(labelsOf(mapped)).toEqual([
        ["2/a.jpg", 2],
        ["Blight/b.jpg", 0],
      ]);
      await write(folder, { "m/Rust/c.jpg": "c.jpg" });
      expect(await rejection(folderDataset(join(folder, "m")))).toMatchObject({
        code: "LABEL_UNKNOWN",
        id: "Rust/c.jpg",
      });
    }));

  it("takes a folder of images without subfolders as unlabelled", () =>
    withFolder(async (folder) => {
      await write(folder, { "b.jpg": "b.jpg", "a.JPEG": "a.JPEG" });
      const data = await folderDataset(folder);
      expect(labelsOf(data)).toEqual([
        ["a.JPEG", undefined],
        ["b.jpg", undefined],
      ]);
      expect(data.classes).toEqual([]);
      await checkContract(data);
    }));

  it("refuses a folder without images, or none", () =>
    withFolder(async (folder) => {
      expect(await rejection(folderDataset(folder))).toMatchObject({ code: "NO_IMAGES", file: folder });
      expect(await rejection(folderDataset(join(folder, "no")))).toMatchObject({ code: "DATASET_MISSING" });
    }));
});

describe("tfrecordDataset", () => {
  it("reads names, labels and positions of all shards, and images by position, across files", () =>
    withFolder(async (folder) => {
      await write(folder, {
        "s/t01-2.tfrec": shard(record("c", 1), record("d")),
        "s/t00-2.tfrec": shard(record("a", 2), record("b", 0)),
        "label_num_to_disease_map.json": map,
      });
      for (const pattern of [
        join(folder, "s"),
        join(folder, "s", "*.tfrec"),
        [join(folder, "s", "t00-2.tfrec"), join(folder, "s", "t01-2.tfrec")],
      ]) {
        const data = await tfrecordDataset(pattern);
        expect(labelsOf(data)).toEqual([
          ["a", 2],
          ["b", 0],
          ["c", 1],
          ["d", undefined],
        ]);
        expect(data.entries[2]).toEqual({ id: "c", label: 1, file: join(folder, "s", "t01-2.tfrec"), record: 0 });
        expect(data.classes[1]!.name).toBe("Mosaic");
        await checkContract(data);
        expect(isDataError(await rejection(data.read(data.entries[0]!)), "DATASET_CLOSED")).toBe(true);
      }
    }));

  it("takes other feature names, and records without names", () =>
    withFolder(async (folder) => {
      const example = encodeExample({ jpeg: bytesFeature("x"), "image/class": int64Feature(1) });
      await write(folder, { "a.tfrecord": shard(example, example) });
      const data = await tfrecordDataset(join(folder, "a.tfrecord"), {
        features: { image: "jpeg", id: null, label: "image/class" },
      });
      expect(labelsOf(data)).toEqual([
        ["a.tfrecord#0", 1],
        ["a.tfrecord#1", 1],
      ]);
      expect(await contents(data)).toEqual(["x", "x"]);
      await data.close();
    }));

  it("keeps the first of two equal names, and refuses two that disagree", () =>
    withFolder(async (folder) => {
      await write(folder, { "a.tfrec": shard(record("x", 1), record("x", 1), record("y", 0)) });
      const data = await tfrecordDataset(folder);
      expect(labelsOf(data)).toEqual([
        ["x", 1],
        ["y", 0],
      ]);
      expect(data.problems).toMatchObject([{ kind: "duplicate-id", id: "x" }]);
      expect(await contents(data)).toEqual(["x", "y"]);
      await data.close();
      await write(folder, { "b.tfrec": shard(record("y", 1)) });
      expect(await rejection(tfrecordDataset(folder))).toMatchObject({
        code: "LABEL_CONFLICT",
        file: join(folder, "b.tfrec"),
        record: 0,
        id: "y",
      });
    }));

  it("names the damaged record, or leaves it out and says so", () =>
    withFolder(async (folder) => {
      const bytes = shard(record("a", 0), record("b", 1), record("c", 2));
      const size = bytes.length / 3;
      bytes[size + 20]! ^= 1;
      const noExample = frameRecord(new TextEncoder().encode("no Example"));
      await write(folder, { "a.tfrec": Buffer.concat([bytes, noExample, frameRecord(record("d", 0))]) });
      const error = await rejection(tfrecordDataset(folder));
      expect(error).toMatchObject({ code: "RECORD_UNREADABLE", file: join(folder, "a.tfrec"), record: 1 });
      expect((error as Error).cause).toMatchObject({ code: "DATA_CRC_MISMATCH" });
      const data = await tfrecordDataset(folder, { onCorrupt: "skip" });
      expect(data.entries.map(({ id, record }) => [id, record])).toEqual([
        ["a", 0],
        ["c", 2],
        ["d", 4],
      ]);
      expect(data.problems.map(({ kind, id }) => [kind, id])).toEqual([
        ["corrupt-record", "a.tfrec#1"],
        ["corrupt-record", "a.tfrec#3"],
      ]);
      await checkContract(data);
    }));

  it("names file and record of a missing feature, a label outside the map, a truncated file", () =>
    withFolder(async (folder) => {
      const nameless = encodeExample({ image: bytesFeature("x") });
      await write(folder, { "a/a.tfrec": shard(record("a"), nameless) });
      expect(await rejection(tfrecordDataset(join(folder, "a")))).toMatchObject({
        code: "RECORD_UNREADABLE",
        record: 1,
        cause: { code: "FEATURE_MISSING" },
      });
      await write(folder, { "b/b.tfrec": shard(record("a", 0), record("b", 7)), "label_num_to_disease_map.json": map });
      expect(await rejection(tfrecordDataset(join(folder, "b")))).toMatchObject({
        code: "LABEL_UNKNOWN",
        record: 1,
        file: join(folder, "b", "b.tfrec"),
      });
      await write(folder, { "c/c.tfrec": shard(record("a", 0)).subarray(0, 30) });
      expect(await rejection(tfrecordDataset(join(folder, "c")))).toMatchObject({
        code: "RECORD_UNREADABLE",
        cause: { code: "DATA_TRUNCATED" },
      });
      const imageless = encodeExample({ image_name: bytesFeature("x") });
      await write(folder, { "d/d.tfrec": shard(imageless) });
      const data = await tfrecordDataset(join(folder, "d"));
      expect(await rejection(data.read(data.entries[0]!))).toMatchObject({
        code: "RECORD_UNREADABLE",
        id: "x",
        record: 0,
        file: join(folder, "d", "d.tfrec"),
      });
      await data.close();
    }));

  it("says so where nothing matches, or nothing is in the files", () =>
    withFolder(async (folder) => {
      expect(await rejection(tfrecordDataset(join(folder, "*.tfrec")))).toMatchObject({ code: "DATASET_MISSING" });
      await write(folder, { "a.tfrec": "" });
      expect(await rejection(tfrecordDataset(folder))).toMatchObject({
        code: "DATASET_EMPTY",
        file: join(folder, "a.tfrec"),
      });
    }));
});

describe("openDataset", () => {
  it("recognizes what lies there", () =>
    withFolder(async (folder) => {
      const csv = { "train.csv": "image_id,label\ncsv.jpg,0\n", ...images("csv.jpg") };
      const shards = { "train_tfrecords/t00-1.tfrec": shard(record("shard", 0)) };
      const under = (name: string, files: Readonly<Record<string, string | Uint8Array>>) =>
        write(join(folder, name), files);
      await under("both", { ...csv, ...shards });
      await under("shards", { ...shards, "train.csv": csv["train.csv"] });
      await under("classes", { "healthy/c.jpg": "c.jpg" });
      await under("flat", { "f.jpg": "f.jpg" });
      const first = async (path: string | readonly string[]): Promise<DatasetEntry | undefined> => {
        const data = await openDataset(path);
        await data.close();
        return data.entries[0];
      };
      expect((await first(join(folder, "both")))?.id).toBe("csv.jpg");
      expect((await first(join(folder, "both", "train.csv")))?.id).toBe("csv.jpg");
      expect((await first(join(folder, "shards")))?.id).toBe("shard");
      expect((await first(join(folder, "both", "train_tfrecords")))?.id).toBe("shard");
      expect((await first(join(folder, "both", "train_tfrecords", "*.tfrec")))?.id).toBe("shard");
      expect((await first(join(folder, "both", "train_tfrecords", "t00-1.tfrec")))?.record).toBe(0);
      expect((await first([join(folder, "shards", "train_tfrecords")]))?.id).toBe("shard");
      expect((await first(join(folder, "classes")))?.id).toBe("healthy/c.jpg");
      expect((await first(join(folder, "flat")))?.id).toBe("f.jpg");
    }));

  it("refuses images whose labels are in a CSV of another name, or that lie in a folder of another name", () =>
    withFolder(async (folder) => {
      const refused = async (name: string, files: Readonly<Record<string, string>>) => {
        await write(join(folder, name), files);
        const error = await rejection(openDataset(join(folder, name)));
        expect(isDataError(error, "CSV_UNREAD"), name).toBe(true);
        return (error as Error).message;
      };
      const csv = "image_id,label\na.jpg,0\n";
      const image = images("a.jpg");
      const renamed = "call the file with the labels train.csv, and the folder of its images beside it train_images";
      expect(await refused("labels", { "labels.csv": csv, ...image })).toContain(
        `${join(folder, "labels/labels.csv")} was not read: ${renamed}`,
      );
      expect(await refused("case", { "Train.csv": csv, ...image })).toContain(renamed);
      expect(await refused("flat", { "labels.csv": csv, "a.jpg": "a.jpg" })).toContain(renamed);
      const both = { "train.csv": csv, "sample.csv": csv, "pictures/a.jpg": "a.jpg" };
      expect(await refused("pictures", both)).toContain(
        `${join(folder, "pictures/train.csv")} was not read: call the folder of its images train_images`,
      );
      // With classes the folders say enough; the file is reported.
      await write(join(folder, "classes"), { "a/1.jpg": "1.jpg", "b/2.jpg": "2.jpg", "labels.csv": csv });
      const { problems } = await openDataset(join(folder, "classes"));
      expect(problems.map(({ kind, id }) => [kind, id])).toEqual([["unread-file", "labels.csv"]]);
      // Named by itself it is read, with the images where they belong.
      expect((await openDataset(join(folder, "labels", "labels.csv"))).entries).toHaveLength(1);
      const apart = await rejection(openDataset(join(folder, "pictures", "train.csv")));
      expect(apart).toMatchObject({ code: "DATASET_MISSING", file: join(folder, "pictures", "train_images") });
      expect((apart as Error).message).toContain("call the folder with the images");
    }));

  it("names parts of a split and photographs to convert where it finds no image", () =>
    withFolder(async (folder) => {
      await write(folder, {
        "parts/train/a/1.jpg": "",
        "parts/test/a/2.jpg": "",
        "heic/a/1.HEIC": "",
        "heic/b/2.heic": "",
      });
      expect(await rejection(openDataset(join(folder, "parts")))).toMatchObject({ code: "DATASET_PARTS" });
      const error = await rejection(openDataset(join(folder, "heic")));
      expect(isDataError(error, "DATASET_UNKNOWN") && error.message).toContain(
        "it holds 2 such as 1.HEIC: convert them",
      );
    }));

  it("says what it looked for", () =>
    withFolder(async (folder) => {
      await write(folder, { "README.md": "nothing" });
      const error = await rejection(openDataset(folder));
      expect(error).toMatchObject({ code: "DATASET_UNKNOWN", file: folder });
      expect((error as Error).message).toContain("*.tfrec");
      expect(await rejection(openDataset(join(folder, "gone")))).toMatchObject({
        code: "DATASET_MISSING",
        file: join(folder, "gone"),
      });
      expect(await rejection(openDataset(join(folder, "*.tfrec")))).toMatchObject({ code: "DATASET_MISSING" });
      expect(await rejection(openDataset([]))).toMatchObject({ code: "DATASET_MISSING" });
      expect(await rejection(openDataset(join(folder, "README.md")))).toMatchObject({ code: "RECORD_UNREADABLE" });
      expect(await readFile(join(folder, "README.md"), "utf8")).toBe("nothing");
    }));
});
