import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { augmentation } from "../src/augment/augmentation.ts";
import { augmentPlan } from "../src/augment/draw-plan.ts";
import { randomFlip } from "../src/augment/steps.ts";
import { type ImageLoader, imageLoader, isDataError } from "../src/index.ts";
import { pixelCache } from "../src/node.ts";
import { plain, plainDecoder, rejection, withFolder } from "./support.ts";

const origin = { file: "a.csv", id: "leaf" };
const target = { height: 4, width: 3 };
/** 16 bytes of header and 4 x 3 x 3 of pixels. */
const ENTRY = 16 + 36;

/** A loader that counts. */
function counting(id = "one") {
  const decoder = plainDecoder();
  const inner = imageLoader(decoder);
  let closed = 0;
  const loader: ImageLoader = {
    id,
    load: (...all) => inner.load(...all),
    async close() {
      closed++;
    },
  };
  return { loader, loads: () => decoder.seen.length, closed: () => closed };
}

async function filesBelow(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

describe("pixelCache", () => {
  it("decodes once for each content, size and loader, in this process and the next", () =>
    withFolder(async (folder) => {
      const one = counting();
      const cache = pixelCache(one.loader, folder);
      expect(cache.id).toBe("one");
      const first = await cache.load(plain(5, 5, 77), origin, target);
      expect(first).toEqual(new Uint8Array(36).fill(77));
      expect(await cache.load(plain(5, 5, 77), { file: "b", id: "other name" }, target)).toEqual(first);
      expect(await pixelCache(one.loader, folder).load(plain(5, 5, 77), origin, target)).toEqual(first);
      expect(one.loads()).toBe(1);
      await cache.load(plain(5, 5, 78), origin, target);
      await cache.load(plain(5, 5, 77), origin, { height: 3, width: 4 });
      expect(one.loads()).toBe(3);
      const two = counting("two");
      await pixelCache(two.loader, folder).load(plain(5, 5, 77), origin, target);
      expect(two.loads()).toBe(1);
      expect(await filesBelow(folder)).toHaveLength(4);
      await cache.close?.();
      expect(one.closed()).toBe(1);
    }));

  it("takes the hash that the caller knows, and applies a plan to what it keeps", () =>
    withFolder(async (folder) => {
      const { loader, loads } = counting();
      const cache = pixelCache(loader, folder);
      const hash = "ab".repeat(32);
      const plan = augmentPlan(augmentation([randomFlip()]), { seed: 1, id: "leaf", view: 1, size: [4, 3] });
      const turned = await cache.load(plain(5, 5, 7), origin, { ...target, hash, plan });
      expect(turned).toEqual(await loader.load(plain(5, 5, 7), origin, { ...target, plan }));
      const before = loads();
      expect(await cache.load(plain(9, 9, 9), origin, { ...target, hash })).toEqual(new Uint8Array(36).fill(7));
      expect(loads()).toBe(before);
    }));

  it("takes a damaged, cut or foreign file for a miss, and replaces it", () =>
    withFolder(async (folder) => {
      const { loader, loads } = counting();
      const cache = pixelCache(loader, folder);
      const pixels = await cache.load(plain(5, 5, 77), origin, target);
      const [path] = (await filesBelow(folder)) as [string];
      const whole = await readFile(path);
      const flipped = Buffer.from(whole);
      flipped[30]! ^= 1;
      const wrongSize = Buffer.from(whole);
      wrongSize[4] = 3;
      const damages = [
        flipped,
        wrongSize,
        whole.subarray(0, 20),
        whole.subarray(0, -1),
        Buffer.alloc(0),
        Buffer.alloc(52),
      ];
      for (const [k, damage] of damages.entries()) {
        await writeFile(path, damage);
        expect(await cache.load(plain(5, 5, 77), origin, target)).toEqual(pixels);
        expect(loads()).toBe(k + 2);
        expect(await readFile(path)).toEqual(whole);
      }
    }));

  it("stays below maxBytes: what earlier runs wrote goes, oldest first; what this run wrote stays", () =>
    withFolder(async (folder) => {
      const maxBytes = 4 * ENTRY;
      const before = pixelCache(counting().loader, folder, { maxBytes });
      for (const value of [1, 2, 3, 4]) await before.load(plain(5, 5, value), origin, target);
      // A cache never pushes out its own: the fifth is decoded again each time.
      await before.load(plain(5, 5, 5), origin, target);
      const earlier = await filesBelow(folder);
      expect(earlier).toHaveLength(4);
      const values = await Promise.all(earlier.map(async (path) => (await readFile(path)).at(-1)!));
      expect(values.toSorted()).toEqual([1, 2, 3, 4]);
      for (const [k, path] of earlier.entries()) await utimes(path, values[k]!, values[k]!);
      const stranger = join(folder, "notes.txt");
      await writeFile(stranger, "x".repeat(1000));

      const { loader, loads } = counting();
      const cache = pixelCache(loader, folder, { maxBytes });
      for (const value of [6, 7]) await cache.load(plain(5, 5, value), origin, target);
      const left = (await filesBelow(folder)).filter((path) => path !== stranger);
      expect((await Promise.all(left.map(async (path) => (await readFile(path)).at(-1)))).toSorted()).toEqual([
        3, 4, 6, 7,
      ]);
      expect(await readFile(stranger, "utf8")).toHaveLength(1000);
      for (const value of [6, 7]) await cache.load(plain(5, 5, value), origin, target);
      expect(loads()).toBe(2);
    }));

  it("is safe under two writers at once, and removes what a killed process left", () =>
    withFolder(async (folder) => {
      const maxBytes = 50 * ENTRY;
      const caches = [0, 1].map(() => pixelCache(counting().loader, folder, { maxBytes }));
      const loads = Array.from({ length: 80 }, (_, k) => caches[k % 2]!.load(plain(5, 5, k >> 1), origin, target));
      for (const [k, pixels] of (await Promise.all(loads)).entries()) expect(pixels[0]).toBe(k >> 1);
      const files = await filesBelow(folder);
      expect(files.every((path) => path.endsWith(".rgb"))).toBe(true);
      expect(files).toHaveLength(40);
      const [old, young] = [join(files[0]!, "../.tmp-killed"), join(files[0]!, "../.tmp-at-work")];
      await writeFile(old, "half");
      await writeFile(young, "half");
      await utimes(old, 1, 1);
      await pixelCache(counting().loader, folder, { maxBytes }).load(plain(5, 5, 99), origin, target);
      const after = await filesBelow(folder);
      expect(after).toContain(young);
      expect(after).not.toContain(old);
    }));

  it("says where it cannot write, or tells `onProblem` and goes on", () =>
    withFolder(async (folder) => {
      const blocked = join(folder, "file");
      await writeFile(blocked, "");
      const { loader } = counting();
      const error = await rejection(pixelCache(loader, blocked).load(plain(5, 5, 7), origin, target));
      expect(isDataError(error, "STORE_FAILED") && error.file).toBe(blocked);
      const told: unknown[] = [];
      const cache = pixelCache(loader, blocked, { onProblem: (problem) => told.push(problem.code) });
      expect((await cache.load(plain(5, 5, 7), origin, target))[0]).toBe(7);
      expect(told).toEqual(["STORE_FAILED"]);
      await mkdir(join(folder, "ok"));
      expect(() => pixelCache(loader, folder, { maxBytes: 0 })).toThrowError(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
    }));

  it("passes errors of the loader on and keeps nothing of them", () =>
    withFolder(async (folder) => {
      const cache = pixelCache(counting().loader, folder);
      expect(isDataError(await rejection(cache.load(plain(0, 0, 0), origin, target)), "IMAGE_UNREADABLE")).toBe(true);
      expect(await filesBelow(folder)).toEqual([]);
    }));
});
