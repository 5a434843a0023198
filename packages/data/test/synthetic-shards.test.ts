import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { audit } from "../src/index.ts";
import { openDataset, sharpDecoder, writeSyntheticShards } from "../src/node.ts";
import { SYNTHETIC_CLASSES } from "../src/synthetic/leaves.ts";
import { rejection, withFolder } from "./support.ts";

const leaves = { count: 24, size: 32, seed: 5 };

describe("writeSyntheticShards", () => {
  it("writes a data set that opens with its classes, and of which every image decodes", () =>
    withFolder(async (folder) => {
      const out = join(folder, "leaves");
      const files = await writeSyntheticShards(out, leaves, { shards: 2 });
      expect(files.map(({ path, records }) => [path, records])).toEqual([
        [join(out, "ld_train00-12.tfrec"), 12],
        [join(out, "ld_train01-12.tfrec"), 12],
      ]);
      const data = await openDataset(out);
      const report = await audit(data, { decode: sharpDecoder() });
      expect(data.classes).toEqual(SYNTHETIC_CLASSES);
      expect(report.images).toEqual({ total: 24, labelled: 24, unlabelled: 0 });
      expect(report.sizes?.counts).toEqual({ "32x32": 24 });
      expect([report.unreadable, report.duplicates.groups]).toEqual([[], []]);
      await data.close();
    }));

  it("writes the same bytes for the same seed, and others for another", () =>
    withFolder(async (folder) => {
      const bytesOf = async (name: string, seed: number): Promise<Buffer> => {
        await writeSyntheticShards(join(folder, name), { ...leaves, seed }, { shards: 1 });
        return readFile(join(folder, name, "ld_train00-24.tfrec"));
      };
      const [a, b, c] = [await bytesOf("a", 1), await bytesOf("b", 1), await bytesOf("c", 2)];
      expect(a.equals(b)).toBe(true);
      expect(a.equals(c)).toBe(false);
    }));

  it("leaves nothing behind when it is aborted", () =>
    withFolder(async (folder) => {
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      expect(await rejection(writeSyntheticShards(join(folder, "x"), leaves, { shards: 1, signal }))).toBe(reason);
      expect(await readdir(folder)).toEqual([]);
    }));
});
