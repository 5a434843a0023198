import type { Store } from "@cassava/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isModelsError } from "../src/index.ts";
import { type DownloadOptions, download } from "../src/weights/download.ts";
import { dropAfter, type FileServer, say, startFileServer } from "./file-server.ts";
import { mapStore, noise } from "./support.ts";

const PIECE = 64 * 1024;
const next = noise(1);
const first = Uint8Array.from({ length: 5 * PIECE + 1234 }, () => 128 + 127 * next());
const key = "weights/weights.h5";

let server: FileServer;
beforeEach(async () => {
  server = await startFileServer(first);
});
afterEach(() => server.close());

const get = (options: Partial<DownloadOptions> = {}) =>
  download(server.url(), { key, bytes: first.length, pieceBytes: PIECE, retryDelay: 1, ...options });

async function fails(work: Promise<unknown>): Promise<void> {
  await expect(work).rejects.toSatisfy((error) => isModelsError(error, "DOWNLOAD_FAILED"));
}

function expectBytes(found: Uint8Array): void {
  // Vitest takes a second to compare so many bytes one by one.
  expect(Buffer.compare(found, first)).toBe(0);
}

/** Ends a download that got bytes: its next request fails for good. */
const gone = say(410, "text/plain", "");

/** Bytes in the store. */
const keptIn = ({ map }: ReturnType<typeof mapStore>) =>
  [...map.values()].reduce((sum, piece) => sum + piece.length, 0);

describe("the pieces of a download", () => {
  it("stay where the last try, for all of the file, brings less", async () => {
    const store = mapStore();
    server.next.push(dropAfter(2 * PIECE + 100), say(503, "text/plain", ""), dropAfter(PIECE / 2));
    await fails(get({ store, attempts: 2 }));
    expect(server.asked.map((range) => range === "whole")).toEqual([true, false, true]);
    const kept = keptIn(store);
    expect(kept).toBeGreaterThanOrEqual(2 * PIECE);
    expectBytes(await get({ store }));
    expect(server.asked.at(-1)).toBe(`bytes=${kept}-`);
    expect([...store.map.keys()]).toEqual([key]);
  });

  it("are put once where the last try goes on after all", async () => {
    const store = mapStore();
    server.next.push(dropAfter(PIECE + 100), say(503, "text/plain", ""), dropAfter(3 * PIECE), gone);
    const puts: string[] = [];
    const put: Store["put"] = async (at, data) => {
      puts.push(at);
      await store.put(at, data);
    };
    await fails(get({ store: { ...store, put }, attempts: 2 }));
    expect(new Set(puts).size).toBe(puts.length);
    const kept = keptIn(store);
    expect(kept).toBeGreaterThanOrEqual(2 * PIECE);
    expectBytes(await get({ store }));
    expect(server.asked.at(-1)).toBe(`bytes=${kept}-`);
  });

  it("are deleted where a process died after it had put the file; where they cannot be, the file serves", async () => {
    const store = mapStore();
    server.next.push(dropAfter(2 * PIECE), gone);
    await fails(get({ store }));
    expect(store.map.size).toBeGreaterThan(0);
    store.map.set(key, first);
    const refuse = () => Promise.reject(new Error("read-only"));
    expectBytes(await get({ store: { ...store, delete: refuse } }));
    expect(store.map.size).toBeGreaterThan(1);
    expectBytes(await get({ store }));
    expect([...store.map.keys()]).toEqual([key]);
  });
});
