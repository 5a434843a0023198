import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { frameRecord, type RandomAccess } from "../src/index.ts";
import { openFile } from "../src/node.ts";
import {
  blobAccess,
  buildIndex,
  bytesAccess,
  httpAccess,
  readRecordAt,
  readRecordsAt,
  readShuffled,
} from "../src/random-access.ts";
import { collect, concat, failure, failureCode, frames, hex, random } from "./helpers.ts";

const next = random(9);
const records = Array.from({ length: 40 }, (_, i) =>
  Uint8Array.from({ length: i % 7 === 0 ? 0 : next() % 9000 }, next),
);
const content = frames(...records);

let folder: string;
let server: Server;
let requests: string[] = [];
/** How the server behaves for the next requests. */
let mood: "ranges" | "no-ranges" | "changed" | "compressed" | "short" | "gone" = "ranges";

function serve(request: IncomingMessage, response: ServerResponse): void {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  requests.push(request.headers.range ?? "");
  if (mood === "gone") return void response.writeHead(404).end();
  if (mood === "no-ranges" || range === null) return void response.writeHead(200).end(content);
  if (request.url === "/empty") return void response.writeHead(416, { "Content-Range": "bytes */0" }).end();
  const [start, end] = [Number(range[1]), Math.min(Number(range[2]), content.length - 1)];
  response.writeHead(206, {
    "Content-Range": `bytes ${start}-${end}/${content.length}`,
    ETag: mood === "changed" ? '"two"' : '"one"',
    ...(mood === "compressed" ? { "Content-Encoding": "gzip" } : {}),
  });
  response.end(content.subarray(start, mood === "short" ? end : end + 1));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tfrecord-access-"));
  await writeFile(join(folder, "a.tfrec"), content);
  server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  mood = "ranges";
  requests = [];
});

const address = (path = "/a.tfrec") => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const adapters: Record<string, () => Promise<RandomAccess>> = {
  bytes: async () => bytesAccess(content, "bytes"),
  Blob: async () => blobAccess(new File([Buffer.from(content)], "a.tfrec")),
  file: async () => openFile(join(folder, "a.tfrec")),
  HTTP: async () => await httpAccess(address()),
};

describe.each(Object.entries(adapters))("random access to %s", (_, open) => {
  it("knows its size and name and gives exactly the bytes asked for", async () => {
    const access = await open();
    expect(access.byteLength).toBe(content.length);
    expect(access.name).toMatch(/bytes|a\.tfrec/);
    for (const [start, end] of [
      [0, 1],
      [0, content.length],
      [5, 5],
      [content.length, content.length],
      [1000, 70_000],
    ] as const) {
      expect(hex(await access.slice(start, end))).toBe(hex(content.subarray(start, end)));
    }
  });

  it("is indexed by its headers, and gives every record, alone or with others", async () => {
    const access = await open();
    const index = await buildIndex(access);
    expect([...index.lengths]).toEqual(records.map((data) => data.length));
    expect(index).toMatchObject({ count: records.length, byteLength: content.length });
    expect(await buildIndex(access, { verify: "full" })).toEqual(index);
    expect(hex(await readRecordAt(access, index, 17))).toBe(hex(records[17]!));
    const order = Array.from({ length: 60 }, () => next() % records.length);
    const read = await readRecordsAt(access, index, order);
    expect(read.map(hex)).toEqual(order.map((i) => hex(records[i]!)));
    const shuffled = await collect(
      readShuffled(
        [
          { access, index },
          { access, index },
        ],
        { seed: 4, readAhead: 3 },
      ),
    );
    expect(shuffled.length).toBe(2 * records.length);
    for (const { record, data } of shuffled) expect(hex(data)).toBe(hex(records[record]!));
    expect(new Set(shuffled.map(({ file, record }) => `${file} ${record}`)).size).toBe(2 * records.length);
  });
});

describe("httpAccess", () => {
  it("asks once for neighbours", async () => {
    const access = await httpAccess(address());
    const index = await buildIndex(access);
    requests = [];
    await readRecordsAt(access, index, [11, 10, 12, 10]);
    expect(requests.length).toBe(1);
    requests = [];
    await readRecordsAt(access, index, [1, 38], { maxGapBytes: 100 });
    expect(requests.length).toBe(2);
    requests = [];
    await readRecordsAt(
      access,
      index,
      Array.from(records, (_, i) => i),
      { maxReadBytes: content.length / 4 },
    );
    expect(requests.length).toBeGreaterThanOrEqual(4);
  });

  it("reads an empty file", async () => {
    const access = await httpAccess(address("/empty"));
    expect(access.byteLength).toBe(0);
    expect((await buildIndex(access)).count).toBe(0);
  });

  it.each(["no-ranges", "compressed", "gone"] as const)("refuses a server that is %s", async (kind) => {
    mood = kind;
    expect(await failure(httpAccess(address()))).toMatchObject({ code: "SOURCE_UNREADABLE", file: address() });
  });

  it.each(["changed", "short", "gone"] as const)("notices a server that becomes %s", async (kind) => {
    const access = await httpAccess(address());
    mood = kind;
    expect(await failure(access.slice(10, 20))).toMatchObject({ code: "SOURCE_UNREADABLE", file: address() });
  });

  it("names an address that nobody serves", async () => {
    expect(await failureCode(httpAccess("http://127.0.0.1:1/a"))).toBe("SOURCE_UNREADABLE");
  });

  it("sends headers and honours the signal", async () => {
    const seen: string[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      seen.push(new Headers(init?.headers).get("authorization") ?? "");
      return await globalThis.fetch(input, init);
    };
    const controller = new AbortController();
    const access = await httpAccess(address(), {
      headers: { Authorization: "Bearer x" },
      fetch,
      signal: controller.signal,
    });
    expect(seen).toEqual(["Bearer x"]);
    controller.abort();
    expect(await failureCode(access.slice(0, 5))).toBe("SOURCE_UNREADABLE");
  });
});

describe("an index", () => {
  it("of damaged files names the damage as reading does", async () => {
    const cut = concat([content, frameRecord(new Uint8Array(9)).subarray(0, 20)]);
    const zeros = concat([content, new Uint8Array(30)]);
    const bad = content.slice();
    bad[4]! ^= 1;
    for (const [bytes, code] of [
      [cut, "DATA_TRUNCATED"],
      [zeros, "ZERO_TAIL"],
      [bad, "LENGTH_CRC_MISMATCH"],
    ] as const) {
      expect(await failureCode(buildIndex(bytes))).toBe(code);
      expect(await failureCode(buildIndex([bytes]))).toBe(code);
    }
    expect(await failure(buildIndex(cut, { file: "x" }))).toMatchObject({
      file: "x",
      record: 40,
      byteOffset: content.length,
    });
    expect(await failureCode(buildIndex(content, { maxRecordBytes: 100 }))).toBe("LENGTH_LIMIT");
    expect((await buildIndex(zeros, { onCorrupt: "skip" })).count).toBe(records.length);
    expect(await failureCode(buildIndex(new Blob(["version https://git-lfs.github.com/spec/v1"])))).toBe(
      "NOT_TFRECORD",
    );
  });

  it("does not fit another file", async () => {
    const index = await buildIndex(content);
    const shifted = frames(...records.toReversed());
    expect(await failureCode(readRecordAt(bytesAccess(content.subarray(1)), index, 0))).toBe("INDEX_MISMATCH");
    expect(await failureCode(readRecordAt(bytesAccess(shifted), index, 5))).toBe("INDEX_MISMATCH");
    for (const i of [-1, 40, 1.5, Number.NaN])
      expect(await failureCode(readRecordAt(bytesAccess(content), index, i))).toBe("INVALID_ARGUMENT");
    expect(await failureCode(readRecordsAt(bytesAccess(content), index, [0, 40]))).toBe("INVALID_ARGUMENT");
  });

  it("leads to records that are checked as asked", async () => {
    const index = await buildIndex(content);
    const damaged = content.slice();
    damaged[index.offsets[1]! + 12]! ^= 1;
    damaged[index.offsets[2]! + 8]! ^= 1;
    const access = bytesAccess(damaged, "a.tfrec");
    expect(await failure(readRecordAt(access, index, 1))).toMatchObject({
      code: "DATA_CRC_MISMATCH",
      file: "a.tfrec",
      record: 1,
      byteOffset: index.offsets[1],
    });
    expect((await readRecordAt(access, index, 1, { verify: "length" })).length).toBe(records[1]!.length);
    expect(await failureCode(readRecordAt(access, index, 2, { verify: "length" }))).toBe("LENGTH_CRC_MISMATCH");
    expect(hex(await readRecordAt(access, index, 2, { verify: "none" }))).toBe(hex(records[2]!));
    expect(await failureCode(readRecordAt(access, index, 3, { crc32c: () => 0 }))).toBe("DATA_CRC_MISMATCH");
    expect(await failure(readRecordsAt(access, index, [1]))).toMatchObject({ file: "a.tfrec" });
    expect(await failure(readRecordsAt(access, index, [1], { file: "b" }))).toMatchObject({ file: "b" });
    expect(await failureCode(readRecordsAt(access, index, [3, 1]))).toBe("DATA_CRC_MISMATCH");
    expect(await failureCode(collect(readShuffled([{ access, index }])))).toMatch(/CRC_MISMATCH/);
  });
});
