import { createHash } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import type { Store } from "@cassava/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isModelsError } from "../src/index.ts";
import { cacheFolder } from "../src/node.ts";
import { type DownloadOptions, download } from "../src/weights/download.ts";
import { chunked, dropAfter, type FileServer, ignoreRange, say, serve, startFileServer } from "./file-server.ts";
import { mapStore, noise } from "./support.ts";
import { withFolder } from "./with-folder.ts";

const PIECE = 64 * 1024;
const SIZE = 5 * PIECE + 1234;
const key = "weights/weights.h5";
const bytesOf = (seed: number) => {
  const next = noise(seed);
  return Uint8Array.from({ length: SIZE }, () => 128 + 127 * next());
};
const first = bytesOf(1);
const second = bytesOf(2);
const md5 = createHash("md5").update(first).digest("hex");

let server: FileServer;
beforeEach(async () => {
  server = await startFileServer(first);
});
afterEach(() => server.close());

const get = (options: Partial<DownloadOptions> = {}) =>
  download(server.url(), { key, bytes: SIZE, md5, pieceBytes: PIECE, retryDelay: 1, attempts: 3, ...options });

async function failing(work: Promise<unknown>, code: "DOWNLOAD_FAILED" | "CHECKSUM_MISMATCH") {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isModelsError(error, code)) throw new Error(`expected ${code}, got ${error}`);
  expect(error.file).toBe(server.url());
  expect(error.message).not.toContain("\n");
  return error.message.replace(server.url(), "URL");
}

function expectBytes(found: Uint8Array | undefined, wanted: Uint8Array): void {
  expect(found?.length).toBe(wanted.length);
  // Vitest takes a second to compare so many bytes one by one.
  expect(Buffer.compare(found!, wanted)).toBe(0);
}

/** Ends a download that got bytes: its next request fails for good. */
const gone = say(410, "text/plain", "");

/** Where the requests after the first started. */
const starts = () => server.asked.map((range) => (range === "whole" ? 0 : Number(range.slice(6, -1))));

describe("download", () => {
  it("fetches once, tells of every byte, and keeps one file and no pieces", async () => {
    const store = mapStore();
    const seen: number[] = [];
    const onProgress = ({ received, total }: { received: number; total?: number }) => {
      expect(total).toBe(SIZE);
      seen.push(received);
    };
    expectBytes(await get({ store, onProgress }), first);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(SIZE);
    expect([...store.map.keys()]).toEqual([key]);
    expectBytes(store.map.get(key), first);
    expectBytes(await get({ store }), first);
    expect(server.asked).toEqual(["whole"]);
  });

  it("goes on where a connection dropped, as often as bytes keep coming", async () => {
    const store = mapStore();
    server.next.push(...[0, 1, 2, 3].map(() => dropAfter(PIECE + 100)));
    expectBytes(await get({ store }), first);
    expect(starts()[0]).toBe(0);
    expect(starts()).toEqual([...new Set(starts())].sort((a, b) => a - b));
    expect(server.asked.length).toBe(5);
    expect([...store.map.keys()]).toEqual([key]);
  });

  it("goes on from the pieces of a process that died, by ETag or by Last-Modified", async () => {
    const versions: Record<string, string>[] = [
      { etag: '"v1"' },
      { etag: 'W/"weak"', "last-modified": "Tue, 01 Jan 2019 00:00:00 GMT" },
    ];
    for (const headers of versions) {
      server.file = { bytes: first, headers };
      server.asked.length = 0;
      const store = mapStore();
      server.next.push(dropAfter(2 * PIECE + 100), gone);
      // Whoever kills a process gives it no time to put the rest.
      const put: Store["put"] = async (at, data) => void (data.length === PIECE && store.map.set(at, data.slice()));
      const killed = get({ store: { ...store, put } });
      await failing(killed, "DOWNLOAD_FAILED");
      expect(store.map.size).toBe(2);
      expectBytes(await get({ store }), first);
      expect(server.asked).toEqual(["whole", expect.stringMatching(/^bytes=/), `bytes=${2 * PIECE}-`]);
      // A weak ETag does not promise the same bytes.
      expect(server.conditions.slice(-2)).toEqual([0, 1].map(() => headers["last-modified"] ?? headers.etag));
      expect([...store.map.keys()]).toEqual([key]);
    }
  });

  it("loses no byte that arrived before it gave up", async () => {
    const store = mapStore();
    server.next.push(dropAfter(PIECE + 100), dropAfter(0));
    expect(await failing(get({ store, attempts: 1 }), "DOWNLOAD_FAILED")).toMatch(
      /^URL: the connection drops again and again/,
    );
    const kept = [...store.map.values()].reduce((sum, piece) => sum + piece.length, 0);
    expect(kept).toBeGreaterThan(PIECE);
    await get({ store });
    expect(server.asked[2]).toBe(`bytes=${kept}-`);
  });

  it("joins no pieces of two versions", async () => {
    const store = mapStore();
    server.next.push(dropAfter(2 * PIECE), gone);
    await failing(get({ store }), "DOWNLOAD_FAILED");
    server.file = { bytes: second, headers: { etag: '"v2"' } };
    server.next.push(dropAfter(2 * PIECE), gone);
    await failing(get({ store }), "DOWNLOAD_FAILED");
    expect(new Set([...store.map.keys()].map((piece) => piece.split("/")[2]))).toEqual(new Set([`${SIZE}-%22v2%22`]));
    expectBytes(await get({ store, md5: undefined }), second);
    expect([...store.map.keys()]).toEqual([key]);
    expect(server.asked[2]).toMatch(/^bytes=/);
  });

  it("starts anew where a server sends a range of another version, or none", async () => {
    const store = mapStore();
    server.next.push(dropAfter(2 * PIECE), ({ headers }, request, response) =>
      // Without regard to If-Range.
      serve(
        { bytes: second, headers: { ...headers, etag: '"v2"' } },
        Object.assign(request, { headers: { range: request.headers.range } }),
        response,
      ),
    );
    expectBytes(await get({ store }), first);
    expect(starts()[1]).toBeGreaterThan(0);
    expect(starts()[2]).toBe(0);

    store.map.clear();
    server.asked.length = 0;
    server.next.push(dropAfter(2 * PIECE), ignoreRange);
    expectBytes(await get({ store }), first);
    expect(server.asked.length).toBe(2);

    store.map.clear();
    server.next.push(dropAfter(2 * PIECE), say(416, "text/plain", "no such range"));
    expectBytes(await get({ store }), first);
  });

  it("takes a file whose size the server does not name", async () => {
    server.next.push(chunked);
    expectBytes(await get({ store: mapStore() }), first);
    server.next.push(({ bytes }, _, response) => {
      response.writeHead(200);
      response.end(bytes.subarray(0, 100));
    });
    expect(await failing(get(), "CHECKSUM_MISMATCH")).toMatch(`has 100 bytes instead of ${SIZE}`);
  });

  it("works without a store, and resumes in memory", async () => {
    server.next.push(dropAfter(3 * PIECE));
    expectBytes(await get(), first);
    expect(starts()[1]).toBeGreaterThan(0);
  });

  it("waits for a server that is overloaded, and asks for all on the last try", async () => {
    server.next.push(say(503, "text/plain", "busy"));
    expectBytes(await get(), first);
    server.asked.length = 0;
    server.next.push(dropAfter(2 * PIECE), say(503, "text/plain", ""), say(503, "text/plain", ""));
    expectBytes(await get(), first);
    expect(server.asked.map((range) => range === "whole")).toEqual([true, false, false, true]);
  });

  it("takes raw numbers whose first byte is that of a page's tag", async () => {
    for (const start of ["<", " <\n", "<h", "<!--"]) {
      const bytes = first.slice();
      bytes.set(new TextEncoder().encode(start));
      server.file = { bytes, headers: { etag: '"v1"', "content-type": "application/octet-stream" } };
      expectBytes(await get({ md5: undefined }), bytes);
    }
  });

  it("names the address and what came instead of the file", async () => {
    const store = mapStore();
    const page = "<!DOCTYPE html><title>Sign in</title>";
    const cases = [
      [
        say(200, "text/html; charset=utf-8", "Sign in"),
        /^URL: answered with an HTML or XML page instead of a file; try again, or put the file at the key weights\/weights.h5/,
      ],
      [say(200, "application/octet-stream", `\n ${page}`), /answered with an HTML or XML page/],
      [say(200, "application/octet-stream", "<html lang=en>"), /answered with an HTML or XML page/],
      [
        say(200, "application/octet-stream", "\ufeff<?xml version='1.0'?><Error/>"),
        /answered with an HTML or XML page/,
      ],
      [say(200, "application/xml", "<Error/>"), /answered with an HTML or XML page/],
      [say(200, "application/xhtml+xml; charset=utf-8", "<a/>"), /answered with an HTML or XML page/],
      [say(404, "text/html", page), /^URL: answered HTTP 404 Not Found: there is no such file;/],
      [say(403, "text/plain", ""), /^URL: answered HTTP 403 Forbidden;/],
    ] as const;
    for (const [behaviour, message] of cases) {
      server.asked.length = 0;
      server.next.push(behaviour);
      expect(await failing(get({ store }), "DOWNLOAD_FAILED")).toMatch(message);
      expect(server.asked.length).toBe(1);
      expect(store.map.size).toBe(0);
    }
  });

  it("keeps good pieces when a page of the network stands in the way", async () => {
    const store = mapStore();
    server.next.push(dropAfter(2 * PIECE), say(200, "text/html", "Sign in"));
    await failing(get({ store }), "DOWNLOAD_FAILED");
    await get({ store });
    expect(starts().at(-1)).toBeGreaterThan(0);
  });

  it("refuses other bytes, and keeps none of them", async () => {
    const store = mapStore();
    server.file = { bytes: second, headers: { etag: '"v2"' } };
    const found = createHash("md5").update(second).digest("hex");
    expect(await failing(get({ store }), "CHECKSUM_MISMATCH")).toBe(
      `URL: has the MD5 ${found} instead of ${md5}; it is not the published file`,
    );
    server.file = { bytes: second.subarray(1), headers: {} };
    expect(await failing(get({ store }), "CHECKSUM_MISMATCH")).toBe(
      `URL: has ${SIZE - 1} bytes instead of ${SIZE}; it is not the published file`,
    );
    expect(store.map.size).toBe(0);
  });

  it("fetches again what is damaged in the store: the file, or a piece", async () => {
    const store = mapStore();
    for (const damaged of [first.subarray(1), second]) {
      store.map.set(key, damaged);
      server.asked.length = 0;
      expectBytes(await get({ store }), first);
      expect(server.asked).toEqual(["whole"]);
    }
    store.map.clear();
    server.next.push(dropAfter(2 * PIECE), gone);
    await failing(get({ store }), "DOWNLOAD_FAILED");
    store.map.get([...store.map.keys()][0]!)![5]! ^= 1;
    expectBytes(await get({ store }), first);
    expectBytes(store.map.get(key), first);
    expect(store.map.size).toBe(1);
  });

  it("says without network where to put the file, and takes the file that is put there", () =>
    withFolder(async (folder) => {
      const store = cacheFolder({ folder });
      const fetch = () =>
        Promise.reject(new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND x") }));
      const path = `${folder}/weights/weights.h5`;
      expect(await failing(get({ store, fetch }), "DOWNLOAD_FAILED")).toBe(
        `URL: cannot be reached (getaddrinfo ENOTFOUND x); try again, or put the file at ${path}`,
      );
      await store.put(key, first.subarray(7));
      expect(await failing(get({ store, fetch }), "DOWNLOAD_FAILED")).toMatch(
        `put the file at ${path} (the file that was there has ${SIZE - 7} bytes instead of ${SIZE} and was removed)`,
      );
      expect(await store.get(key)).toBeUndefined();
      await mkdir(`${folder}/weights`, { recursive: true });
      await writeFile(path, first);
      expectBytes(await get({ store, fetch }), first);
      expect(server.asked).toEqual([]);
    }));

  it("stops when it is told to, and goes on later", async () => {
    const store = mapStore();
    const controller = new AbortController();
    const onProgress = ({ received }: { received: number }) =>
      received > PIECE && controller.abort(new Error("enough"));
    await expect(get({ store, signal: controller.signal, onProgress })).rejects.toThrow("enough");
    expect(store.map.size).toBeGreaterThan(0);
    expectBytes(await get({ store }), first);
    expect(starts()[1]).toBeGreaterThan(PIECE);
  });

  it("leaves one good file and no pieces when two download at once into one folder", () =>
    withFolder(async (folder) => {
      server.next.push(dropAfter(3 * PIECE), dropAfter(2 * PIECE + 7));
      const both = await Promise.all([0, 1].map(() => get({ store: cacheFolder({ folder }) })));
      for (const bytes of both) expectBytes(bytes, first);
      expect((await readdir(folder, { recursive: true })).sort()).toEqual(["weights", "weights/weights.h5"]);
      expectBytes(await cacheFolder({ folder }).get(key), first);
    }));
});
