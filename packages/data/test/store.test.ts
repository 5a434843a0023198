import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
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
});
