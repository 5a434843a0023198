import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDataset, tfrecordDataset } from "../src/node.ts";
import { rejection, withFolder } from "./support.ts";

describe("what is no TFRecord file", () => {
  it("is refused with the reason that reading it gave, in the number of the files", () =>
    withFolder(async (folder) => {
      const readme = join(folder, "README.md");
      await writeFile(readme, "# Leaves\n\nPhotographs of cassava.\n");
      const one = await rejection(openDataset(readme, { onCorrupt: "skip" }));
      expect(one).toMatchObject({ code: "DATASET_EMPTY", file: readme });
      expect((one as Error).message).toMatch(
        /^1 file holds no record \(.*README\.md.*: this is not a TFRecord file but text .*\): pass TFRecord files or a folder of photographs, or write or download it again$/,
      );
      const empty = join(folder, "a.tfrec");
      await writeFile(empty, "");
      expect(((await rejection(openDataset(empty))) as Error).message).toBe(
        `1 file holds no record (${empty}): write or download it again`,
      );
      const both = await rejection(openDataset([empty, readme], { onCorrupt: "skip" }));
      expect((both as Error).message).toMatch(
        /^2 files hold no record \(.*README\.md.* text .*\): .* download them again$/,
      );
    }));

  it("is sent to its folder where it is a photograph, alone or one of several", () =>
    withFolder(async (folder) => {
      for (const name of ["1.jpg", "2.PNG", "3.webp"]) {
        const path = join(folder, name);
        await writeFile(path, "");
        for (const paths of [path, [path, path], join(folder, `*${name.slice(1)}`)]) {
          const error = await rejection(openDataset(paths, { onCorrupt: "skip" }));
          expect(error).toMatchObject({ code: "DATASET_UNKNOWN", file: path });
          expect((error as Error).message).toContain(`not a TFRecord file: pass its folder, ${folder},`);
        }
      }
    }));
});

it("says that folders of photographs cannot be several", () =>
  withFolder(async (folder) => {
    const photographs = join(folder, "photographs");
    await mkdir(join(photographs, "sick"), { recursive: true });
    await writeFile(join(photographs, "sick", "1.jpg"), "");
    const several = await rejection(openDataset([photographs, join(folder, "other")]));
    expect(several).toMatchObject({ code: "DATASET_MISSING", file: photographs });
    expect((several as Error).message).toBe(
      `${photographs} is one of 2 paths and holds no TFRecord file: only TFRecord files and folders of them can be several; photographs come from one folder: pass ${photographs} alone`,
    );
    const alone = await rejection(tfrecordDataset(photographs));
    expect((alone as Error).message).toMatch(/^no TFRecord file is at/);
    const gone = await rejection(openDataset([join(folder, "gone"), photographs]));
    expect((gone as Error).message).toMatch(/^no TFRecord file is at .*gone/);
  }));
