import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  bytesFeature,
  encodeExample,
  floatFeature,
  frameRecord,
  int64Feature,
  readRecords,
  writeRecords,
} from "@cassava/tfrecord";
import { loadIndex, openFile } from "@cassava/tfrecord/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, scratchFolder } from "./support.ts";

const image = Uint8Array.of(0xff, 0xd8, 0, 7);
/** Of `image`, by sha256sum. */
const SHA256 = "a35ffe2610a77e5a2f0bb54b1a6f6a9f05421a2a4a633600233602ca3494746c";
const records = Array.from({ length: 6 }, (_, i) =>
  encodeExample({
    image: bytesFeature(image),
    name: bytesFeature(`leaf ${i}.jpg`),
    target: int64Feature(i === 5 ? 2n ** 60n : BigInt(i)),
    weight: floatFeature(0.5, Number.NaN),
  }),
);
const frames = records.map(frameRecord);
/** Where record 2 starts. */
const START = frames[0]!.length + frames[1]!.length;

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const path = (name: string) => join(folder.path, name);
const tfrecord = (...args: string[]) => cassava(folder.path, "tfrecord", ...args);
const json = async (...args: string[]) => {
  const outcome = await tfrecord(...args, "--json");
  return { ...outcome, document: JSON.parse(outcome.stdout) };
};

beforeAll(async () => {
  folder = await scratchFolder();
  const good = Buffer.concat(frames);
  await writeFile(path("good.tfrec"), good);
  await writeFile(path("packed.tfrec.gz"), writeRecords(records, { compression: "gzip" }));
  const corrupt = Buffer.from(good);
  corrupt[START + 20]! ^= 1;
  await writeFile(path("corrupt.tfrec"), corrupt);
  await writeFile(path("page.tfrec"), "<!DOCTYPE html><title>404</title>");
});
afterAll(() => folder.remove());

describe("tfrecord verify", () => {
  it("is content with intact files, compressed or not", async () => {
    const { code, stdout, stderr } = await tfrecord("verify", path("good.tfrec"), path("packed.tfrec.gz"));
    expect([code, stdout, stderr]).toEqual([0, "2 files, 12 records, all intact\n", ""]);
  });

  it("names file, record, bytes and reason of what is corrupt, and ends with exit code 1", async () => {
    const end = START + frames[2]!.length;
    const file = path("corrupt.tfrec");
    const { code, stdout, stderr } = await tfrecord("verify", file);
    expect([code, stderr]).toEqual([1, ""]);
    const [line, total] = stdout.split("\n");
    expect(line).toMatch(/: record 2, bytes \d+ to \d+: DATA_CRC_MISMATCH: the data does not match its checksum/);
    expect(line).toContain(`${file}: record 2, bytes ${START} to ${end}: `);
    expect(total).toBe("1 file, 5 records, 1 corrupt range");
    const { code: again, document } = await json("verify", file);
    expect(again).toBe(1);
    expect(document).toEqual({
      version: 1,
      records: 5,
      corrupt: 1,
      files: [
        {
          file,
          records: 5,
          corrupt: [{ record: 2, start: START, end, code: "DATA_CRC_MISMATCH", reason: expect.any(String) }],
        },
      ],
    });
  });

  it("goes on after a file that is none", async () => {
    const { code, document } = await json("verify", path("page.tfrec"), path("good.tfrec"));
    expect([code, document.records, document.corrupt]).toEqual([1, 6, 1]);
    expect(document.files[0].corrupt[0]).toMatchObject({
      code: "NOT_TFRECORD",
      reason: expect.stringContaining("HTML"),
    });
  });
});

describe("tfrecord repair", () => {
  it("copies the intact records, reports the rest, and will not overwrite", async () => {
    const args = ["repair", path("corrupt.tfrec"), "--out", "repaired.tfrec"];
    const { code, document } = await json(...args);
    const bytes = frames.reduce((sum, frame) => sum + frame.length, -frames[2]!.length);
    expect([code, document]).toEqual([
      0,
      expect.objectContaining({
        version: 1,
        file: path("corrupt.tfrec"),
        out: path("repaired.tfrec"),
        records: 5,
        bytes,
      }),
    ]);
    expect(document.skipped).toEqual([expect.objectContaining({ record: 2, start: START, code: "DATA_CRC_MISMATCH" })]);
    const saved: Uint8Array[] = [];
    for await (const record of readRecords(openFile(path("repaired.tfrec")))) saved.push(record);
    expect(saved).toEqual(records.toSpliced(2, 1));
    const before = await readFile(path("repaired.tfrec"));
    const again = await tfrecord(...args);
    expect([again.code, again.stdout]).toEqual([1, ""]);
    expect(again.stderr).toMatch(/^error: .*repaired\.tfrec: .*exists/);
    expect(await readFile(path("repaired.tfrec"))).toEqual(before);
  });

  it("says so where nothing was lost, and leaves nothing behind where there is nothing to save", async () => {
    const { code, stdout } = await tfrecord("repair", path("packed.tfrec.gz"), "--out", "copy.tfrec");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/copy\.tfrec: 6 records, .*; nothing was lost\n$/)]);
    expect(await readFile(path("copy.tfrec"))).toEqual(await readFile(path("good.tfrec")));
    const names = await readdir(folder.path);
    const failed = await tfrecord("repair", path("page.tfrec"), "--out", "page2.tfrec");
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringMatching(/^error: .*page\.tfrec.*HTML/)]);
    expect(await readdir(folder.path)).toEqual(names);
  });
});

describe("tfrecord index", () => {
  it("writes an index beside each file, in both formats", async () => {
    await mkdir(path("indexed"));
    await writeFile(path("indexed/a.tfrec"), Buffer.concat(frames));
    const { code, document } = await json("index", path("indexed"));
    const file = path("indexed/a.tfrec");
    expect([code, document]).toEqual([
      0,
      { version: 1, format: "json", files: [{ file, index: `${file}.index.json`, records: 6 }] },
    ]);
    expect((await loadIndex(`${file}.index.json`)).offsets[2]).toBe(START);
    const text = await tfrecord("index", file, "--format", "text");
    expect([text.code, text.stdout]).toEqual([0, `${file}.idx: 6 records\n`]);
    const [first] = (await readFile(`${file}.idx`, "utf8")).split("\n");
    expect(first).toBe(`0 ${frames[0]!.length}`);
    expect((await readdir(path("indexed"))).sort()).toEqual(["a.tfrec", "a.tfrec.idx", "a.tfrec.index.json"]);
  });

  it("refuses corrupt and compressed files, and then writes nothing", async () => {
    const names = await readdir(folder.path);
    const corrupt = await tfrecord("index", path("corrupt.tfrec"));
    expect([corrupt.code, corrupt.stderr]).toEqual([
      1,
      expect.stringMatching(/^error: .*corrupt\.tfrec, record 2, byte /),
    ]);
    const packed = await tfrecord("index", path("packed.tfrec.gz"));
    expect([packed.code, packed.stderr]).toEqual([1, expect.stringMatching(/^error: .*packed.*compressed \(gzip\)/)]);
    expect(await readdir(folder.path)).toEqual(names);
  });
});

describe("tfrecord count", () => {
  it("counts by headers, also where data is corrupt or compressed", async () => {
    const files = ["good.tfrec", "corrupt.tfrec", "packed.tfrec.gz"].map(path);
    const { code, document } = await json("count", ...files);
    expect([code, document]).toEqual([
      0,
      { version: 1, records: 18, files: files.map((file) => ({ file, records: 6 })) },
    ]);
    expect((await tfrecord("count", files[0]!)).stdout).toBe("6 records\n");
  });
});

describe("tfrecord cat", () => {
  const line = (i: number) => ({
    record: i,
    features: {
      image: [{ bytes: 4, sha256: SHA256 }],
      name: [`leaf ${i}.jpg`],
      target: [i === 5 ? "1152921504606846976" : i],
      weight: [0.5, null],
    },
  });

  it("prints one line of JSON for each record", async () => {
    for (const name of ["good.tfrec", "packed.tfrec.gz"]) {
      const { code, stdout } = await tfrecord("cat", path(name));
      const lines = stdout.trimEnd().split("\n");
      expect([code, lines.map((text) => JSON.parse(text))]).toEqual([0, records.map((_, i) => line(i))]);
    }
  });

  it("prints a part, as one document with --json", async () => {
    const { document } = await json("cat", path("good.tfrec"), "--offset", "4", "--limit", "1");
    expect(document).toEqual({ version: 1, file: path("good.tfrec"), records: [line(4)] });
    expect((await tfrecord("cat", path("good.tfrec"), "--limit", "0")).stdout).toBe("");
    // Damage behind the last record printed does not matter; damage before it does.
    expect((await tfrecord("cat", path("corrupt.tfrec"), "--limit", "2")).code).toBe(0);
    const { code, stderr } = await tfrecord("cat", path("corrupt.tfrec"));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: .*corrupt\.tfrec, record 2, byte /)]);
  });

  it("prints the schema as TypeScript", async () => {
    const schema =
      "schema({\n  image: bytes(),\n  name: string(),\n  target: bigint(),\n  weight: float({ list: true }),\n})";
    expect((await tfrecord("cat", path("good.tfrec"), "--schema")).stdout).toBe(`${schema}\n`);
    const { document } = await json("cat", path("corrupt.tfrec"), "--schema");
    expect(document).toMatchObject({ version: 1, records: 5 });
    expect(document.schema).toContain("image: bytes()");
  });

  it("prints what is no Example as it is", async () => {
    await writeFile(
      path("text.tfrec"),
      Buffer.concat(["7 leaves", "\u0000\u0001"].map((text) => frameRecord(Buffer.from(text)))),
    );
    const lines = (await tfrecord("cat", path("text.tfrec"))).stdout.trimEnd().split("\n");
    expect(lines.map((text) => JSON.parse(text))).toEqual([
      { record: 0, data: "7 leaves" },
      { record: 1, data: { bytes: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ]);
  });
});

it("names a file that is missing, in every command", async () => {
  for (const args of [["verify"], ["repair", "--out", "x.tfrec"], ["index"], ["count"], ["cat"], ["cat", "--schema"]]) {
    const { code, stdout, stderr } = await tfrecord(...args, path("nowhere.tfrec"));
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^error: .*nowhere\.tfrec: [^\n]*check the path\n$/);
    expect((await json(...args, path("nowhere.tfrec"))).document.error.code).toMatch(/NO_FILES|SOURCE_UNREADABLE/);
  }
});

it("has help with --json and --quiet for each, and suggests what was meant", async () => {
  for (const name of ["verify", "repair", "index", "count", "cat"]) {
    const { code, stdout } = await tfrecord(name, "--help");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/--json[\s\S]*--quiet/)]);
  }
  const { code, stderr } = await tfrecord("verfiy");
  expect([code, stderr]).toEqual([1, expect.stringMatching(/unknown command 'verfiy'[\s\S]*Did you mean verify/)]);
});
