import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDataError, memoryStore, type Store } from "../src/index.ts";
import { keyOfPath, pathOfKey } from "../src/node/store-path.ts";
import { folderStore } from "../src/node.ts";
import { rejection, withFolder } from "./support.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function keysOf(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.keys()) keys.push(key);
  return keys.sort();
}

/** The contract of a Store: every adapter runs it. */
function storeContract(name: string, withStore: (work: (store: Store) => Promise<void>) => Promise<void>): void {
  describe(`the store contract: ${name}`, () => {
    it("gives back what was put, under any key", () =>
      withStore(async (store) => {
        const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: "grapheme" }), fc.uint8Array()), {
          selector: ([key]) => key,
          maxLength: 12,
        });
        await fc.assert(
          fc.asyncProperty(entries, async (pairs) => {
            for (const [key, value] of pairs) await store.put(key, value);
            for (const [key, value] of pairs) expect(await store.get(key)).toEqual(value);
            expect(await keysOf(store)).toEqual(pairs.map(([key]) => key).sort());
            for (const [key] of pairs) await store.delete(key);
            expect(await keysOf(store)).toEqual([]);
          }),
          { numRuns: 30 },
        );
      }));

    it("keeps keys apart that a file system could mix up", () =>
      withStore(async (store) => {
        const long = "x".repeat(700);
        const keys = [
          "",
          "/",
          "//",
          ".",
          "..",
          "../up",
          "a",
          "A",
          "a/",
          "a/b",
          "a/b/c",
          "/a",
          "a.bin",
          "a\\b",
          "con",
          "%61",
          "a:b",
          "a*?",
          "é",
          "e\u0301",
          " ",
          "nul.bin",
          long,
          `${long}y`,
          `${long}/z`,
          "😀".repeat(90),
        ];
        for (const key of keys) await store.put(key, bytes(key));
        for (const key of keys) expect(new TextDecoder().decode(await store.get(key))).toBe(key);
        expect(await keysOf(store)).toEqual(keys.toSorted());
      }));

    it("knows nothing of a key that was never put, or was deleted; deleting it is no error", () =>
      withStore(async (store) => {
        expect(await store.get("absent")).toBeUndefined();
        await store.delete("absent");
        expect(await keysOf(store)).toEqual([]);
        await store.put("a/b", bytes("1"));
        expect(await store.get("a")).toBeUndefined();
        expect(await store.get("a/b/c")).toBeUndefined();
        await store.delete("a/b");
        expect(await store.get("a/b")).toBeUndefined();
      }));

    it("replaces, holds empty values, and keeps its own copy of the bytes", () =>
      withStore(async (store) => {
        const value = bytes("first");
        await store.put("k", value);
        value.fill(0);
        expect(new TextDecoder().decode(await store.get("k"))).toBe("first");
        (await store.get("k"))!.fill(0);
        expect(new TextDecoder().decode(await store.get("k"))).toBe("first");
        await store.put("k", new Uint8Array(0));
        expect(await store.get("k")).toEqual(new Uint8Array(0));
      }));

    it("shows a reader the old bytes or the new ones, never a part, while writers race", () =>
      withStore(async (store) => {
        const values = [0, 1, 2, 3].map((k) => new Uint8Array(200_000).fill(k));
        await store.put("k", values[0]!);
        const reads: (Uint8Array | undefined)[] = [];
        const writers = values.map((value) => store.put("k", value));
        for (let k = 0; k < 20; k++) reads.push(await store.get("k"));
        await Promise.all(writers);
        for (const read of reads) {
          expect(read?.length).toBe(200_000);
          expect(new Set(read).size).toBe(1);
        }
        expect(await keysOf(store)).toEqual(["k"]);
      }));

    it("may lose keys while they are listed", () =>
      withStore(async (store) => {
        for (const key of ["a", "b/c", "b/d", "e"]) await store.put(key, bytes(key));
        for await (const key of store.keys()) await store.delete(key);
        expect(await keysOf(store)).toEqual([]);
      }));
  });
}

storeContract("memoryStore", (work) => work(memoryStore()));
storeContract("folderStore", (work) => withFolder((folder) => work(folderStore(join(folder, "made", "later")))));

describe("folderStore", () => {
  it("escapes keys one to one, into names that every file system takes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (key) => {
        const path = pathOfKey(key);
        expect(keyOfPath(path)).toBe(key);
        for (const name of path) expect(name).toMatch(/^[a-z0-9_%+-][a-z0-9_%+.-]{0,201}(\.bin)?$/);
      }),
    );
    expect(pathOfKey("resnet50-ab12/0f9c/0")).toEqual(["resnet50-ab12", "0f9c", "0.bin"]);
    expect(pathOfKey("model/cassava.json")).toEqual(["model", "cassava.json"]);
    expect(["a.bin", "nul.txt", ".a.b", "A.txt"].map((key) => pathOfKey(key)[0])).toEqual([
      "a%2ebin.bin",
      "nul%2etxt.bin",
      "%2ea%2eb.bin",
      "%41%2etxt.bin",
    ]);
  });

  it("leaves no temporary behind, and lists no stranger's file", () =>
    withFolder(async (folder) => {
      const store = folderStore(folder);
      await store.put("k", bytes("1"));
      expect(await readdir(folder)).toEqual(["k.bin"]);
      await writeFile(join(folder, "README.md"), "mine");
      await writeFile(join(folder, ".tmp-crashed"), "half");
      await writeFile(join(folder, "UPPER.bin"), "not a name of ours");
      expect(await keysOf(store)).toEqual(["k"]);
      expect(await readFile(join(folder, "README.md"), "utf8")).toBe("mine");
    }));

  it("names folder and key where the file system refuses, and leaves no temporary", () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "a"), "a file where a folder must be");
      const store = folderStore(folder);
      const error = await rejection(store.put("a/b", bytes("1")));
      expect(isDataError(error, "STORE_FAILED") && error.file).toBe(folder);
      expect((error as Error).message).toContain('cannot write the key "a/b"');
      await mkdir(join(folder, "full.bin"));
      expect(isDataError(await rejection(store.put("full", bytes("1"))), "STORE_FAILED")).toBe(true);
      expect((await readdir(folder)).sort()).toEqual(["a", "full.bin"]);
    }));
});
