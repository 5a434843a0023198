import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { storeContract } from "../../contracts/test/store-contract.ts";
import { cacheStorage } from "../src/browser.ts";
import { isModelsError } from "../src/index.ts";
import { keyOfPath, pathOfKey } from "../src/node/store-path.ts";
import { cacheFolder } from "../src/node.ts";
import { fakeCacheStorage } from "./fake-cache-storage.ts";
import { withFolder } from "./with-folder.ts";

const bytes = Uint8Array.of(1, 2, 3);

afterEach(() => vi.unstubAllGlobals());

// The same cases run against the stores of @cassava/data, and against the real Cache API in `pnpm test:browser`.
describe("the store contract", () => {
  it.each(storeContract)("cacheFolder $name", ({ run }) =>
    withFolder((folder) => run(cacheFolder({ folder: join(folder, "made", "later") }))),
  );
  it.each(storeContract)("cacheStorage $name", async ({ run }) => {
    vi.stubGlobal("caches", fakeCacheStorage());
    await run(cacheStorage());
  });
});

describe("cacheFolder", () => {
  it("is the user's cache folder; a variable that is empty is not set", () => {
    const at = (env: NodeJS.ProcessEnv) => cacheFolder({ env }).location.folder;
    expect(at({ CASSAVA_CACHE: "/big/cache", XDG_CACHE_HOME: "/x", HOME: "/h" })).toBe("/big/cache");
    expect(at({ CASSAVA_CACHE: "", XDG_CACHE_HOME: "/x", HOME: "/h" })).toBe("/x/cassava");
    expect(at({ XDG_CACHE_HOME: "", HOME: "/h" })).toBe("/h/.cache/cassava");
  });

  it("tells where a key's file is", () =>
    withFolder(async (folder) => {
      const store = cacheFolder({ folder });
      const path = store.location.fileOf("weights/resnet50_notop.h5");
      expect(path).toBe(join(folder, "weights", "resnet50_notop.h5"));
      await mkdir(join(folder, "weights"));
      await writeFile(path, bytes);
      expect(await store.get("weights/resnet50_notop.h5")).toEqual(bytes);
    }));

  it("escapes keys one to one, into names that every file system takes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (key) => {
        const path = pathOfKey(key);
        expect(keyOfPath(path)).toBe(key);
        for (const name of path) expect(name).toMatch(/^[a-z0-9_%-][a-z0-9_%+.-]{0,205}$/);
      }),
    );
    expect(pathOfKey("weights/a_1.0.h5.part/94-%22tag%22/0")).toEqual([
      "weights",
      "a_1%2e0%2eh5%2epart",
      "94-%2522tag%2522",
      "0.bin",
    ]);
  });

  it("leaves no temporary and no empty folder behind, and lists no stranger's file", () =>
    withFolder(async (folder) => {
      const store = cacheFolder({ folder });
      await store.put("a/b/c.h5", bytes);
      await store.put("a/d.h5", bytes);
      await store.delete("a/b/c.h5");
      expect((await readdir(folder, { recursive: true })).sort()).toEqual(["a", join("a", "d.h5")]);
      for (const name of [".tmp-crashed", "README", "UPPER.bin", "%zz.bin"])
        await writeFile(join(folder, name), "mine");
      const keys: string[] = [];
      for await (const key of store.keys()) keys.push(key);
      expect(keys).toEqual(["a/d.h5"]);
      await store.delete("a/d.h5");
      expect((await readdir(folder)).sort()).toEqual(["%zz.bin", ".tmp-crashed", "README", "UPPER.bin"]);
    }));

  it("puts into a folder that others remove as empty all the time", () =>
    withFolder(async (folder) => {
      const work = Array.from({ length: 8 }, async (_, writer) => {
        const store = cacheFolder({ folder });
        for (let round = 0; round < 60; round++) {
          await store.put(`a/${writer}`, bytes);
          expect(await store.get(`a/${writer}`)).toEqual(bytes);
          await store.delete(`a/${writer}`);
        }
      });
      await Promise.all(work);
      expect(await readdir(folder)).toEqual([]);
    }));

  it("names the folder and what to do where the file system refuses, and leaves no temporary", () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "a"), "a file where a folder must be");
      const error = await cacheFolder({ folder })
        .put("a/b", bytes)
        .catch((thrown: unknown) => thrown);
      expect(isModelsError(error, "STORE_FAILED") && error.message).toMatch(
        new RegExp(`^${folder}: cannot write a/b \\(.*\\): check .* or set CASSAVA_CACHE to another folder$`),
      );
      expect(await readdir(folder)).toEqual(["a"]);
    }));
});

describe("cacheStorage", () => {
  it("keeps stores of different names apart", async () => {
    vi.stubGlobal("caches", fakeCacheStorage());
    await cacheStorage("one").put("k", bytes);
    expect(await cacheStorage("two").get("k")).toBeUndefined();
    expect(await cacheStorage("one").get("k")).toEqual(bytes);
  });

  it("says so where there is no Cache API, or no space", async () => {
    vi.stubGlobal("caches", undefined);
    Reflect.deleteProperty(globalThis, "caches");
    const absent = await cacheStorage()
      .get("k")
      .catch((thrown: unknown) => thrown);
    expect(isModelsError(absent, "STORE_FAILED") && absent.message).toMatch(/serve the page by https/);
    vi.stubGlobal("caches", fakeCacheStorage({ full: true }));
    const full = await cacheStorage()
      .put("k", bytes)
      .catch((thrown: unknown) => thrown);
    expect(isModelsError(full, "STORE_FAILED") && full.message).toMatch(/cannot write k \(QuotaExceededError: .*\)/);
  });
});
