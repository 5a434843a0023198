import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { storeContract } from "../../contracts/test/store-contract.ts";
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

// The same cases run against the cache of @cassava/models.
describe("the store contract", () => {
  it.each(storeContract)("memoryStore $name", ({ run }) => run(memoryStore()));
  it.each(storeContract)("folderStore $name", ({ run }) =>
    withFolder((folder) => run(folderStore(join(folder, "made", "later")))),
  );
  it.each(storeContract)("folderStore with a bound that is far away $name", ({ run }) =>
    withFolder((folder) => run(folderStore(folder, { maxBytes: 2 ** 30 }))),
  );
});

describe("folderStore", () => {
  it("escapes keys one to one, into names that every file system takes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (key) => {
        const path = pathOfKey(key);
        expect(keyOfPath(path)).toBe(key);
        for (const name of path) expect(name).toMatch(/^[a-z0-9_%+-][a-z0-9_%+.-]{0,201}(\.value)?$/);
      }),
    );
    expect(pathOfKey("resnet50-ab12/0f9c/0")).toEqual(["resnet50-ab12", "0f9c", "0.value"]);
    expect(pathOfKey("model/cassava.json")).toEqual(["model", "cassava.json"]);
    expect(pathOfKey("model/group1-shard1of2.bin")).toEqual(["model", "group1-shard1of2.bin"]);
    expect(["a.value", "nul.txt", ".a.b", "A.txt"].map((key) => pathOfKey(key)[0])).toEqual([
      "a%2evalue.value",
      "nul%2etxt.value",
      "%2ea%2eb.value",
      "%41%2etxt.value",
    ]);
  });

  it("leaves no temporary behind, and lists no stranger's file", () =>
    withFolder(async (folder) => {
      const store = folderStore(folder);
      await store.put("k", bytes("1"));
      expect(await readdir(folder)).toEqual(["k.value"]);
      await writeFile(join(folder, "README.md"), "mine");
      await writeFile(join(folder, ".tmp-crashed"), "half");
      await writeFile(join(folder, "UPPER.value"), "not a name of ours");
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
      await mkdir(join(folder, "full.value"));
      expect(isDataError(await rejection(store.put("full", bytes("1"))), "STORE_FAILED")).toBe(true);
      expect((await readdir(folder)).sort()).toEqual(["a", "full.value"]);
    }));

  it("with a bound, forgets what has gone unused the longest, and never what it has put or read itself", () =>
    withFolder(async (folder) => {
      const value = new Uint8Array(100);
      const first = folderStore(folder, { maxBytes: 400 });
      for (const key of ["a/1", "a/2", "b/1/x", "b/1/y"]) await first.put(key, value);
      // It does not push out its own.
      await first.put("a/5", value);
      expect(await keysOf(first)).toEqual(["a/1", "a/2", "b/1/x", "b/1/y"]);
      for (const [age, key] of ["a/1", "b/1/y", "a/2", "b/1/x"].entries())
        await utimes(join(folder, ...pathOfKey(key)), 1000 + age, 1000 + age);
      await writeFile(join(folder, "README.md"), "x".repeat(1000));
      const second = folderStore(folder, { maxBytes: 400 });
      expect(await second.get("a/1")).toEqual(value);
      await second.put("c", value);
      expect(await keysOf(second)).toEqual(["a/1", "a/2", "b/1/x", "c"]);
      // What another process reads after this one has looked through the folder stays, too.
      expect(await folderStore(folder, { maxBytes: 400 }).get("a/2")).toEqual(value);
      await second.put("d", value);
      expect(await keysOf(second)).toEqual(["a/1", "a/2", "c", "d"]);
      await second.put("e", value);
      expect(await second.get("e")).toBe(undefined);
      await second.put("too-large", new Uint8Array(401));
      expect(await second.get("too-large")).toBe(undefined);
      expect(await readFile(join(folder, "README.md"), "utf8")).toHaveLength(1000);
      expect(() => folderStore(folder, { maxBytes: 0.5 })).toThrowError(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
    }));
});
