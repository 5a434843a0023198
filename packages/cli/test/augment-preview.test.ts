import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { applyPlan, augmentation, augmentPlan, imageBatches, randomFlip, randomRotation } from "@cassava/data";
import { openDataset, sharpDecoder, writeSyntheticShards } from "@cassava/data/node";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { augmentationFlag } from "../src/run/augmentation.ts";
import { cassava, everythingIn, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(join(folder.path, "shards"), { count: 6, seed: 7 }, { shards: 1 });
});
afterAll(() => folder.remove());

describe("cassava augment-preview", () => {
  const preview = (...args: string[]) =>
    cassava(folder.path, "augment-preview", "shards", "--out", "sheet.png", ...args);

  it("draws the originals and, beside them, the very views that training sees", async () => {
    const args = ["--images", "2", "--views", "3", "--size", "40", "--seed", "9", "--augment", "flip,rotation=20deg"];
    const { code, stdout } = await cassava(
      folder.path,
      "augment-preview",
      join(folder.path, "shards"),
      "--out",
      "sheet.png",
      ...args,
      "--json",
    );
    expect(code).toBe(0);
    const { images, file } = JSON.parse(stdout) as { images: string[]; file: string };
    expect(file).toBe(join(folder.path, "sheet.png"));
    const { data, info } = await sharp(await readFile(file))
      .raw()
      .toBuffer({ resolveWithObject: true });
    // Gaps of 6 pixels, and 18 after the originals.
    expect([info.width, info.height, info.channels]).toEqual([6 + 4 * 46 + 12, 6 + 2 * 46, 3]);
    const at = (row: number, column: number): Uint8Array => {
      const left = 6 + column * 46 + (column > 0 ? 12 : 0);
      const lines = Array.from({ length: 40 }, (_, y) => ((6 + row * 46 + y) * info.width + left) * 3);
      return Uint8Array.from(lines.flatMap((start) => [...data.subarray(start, start + 120)]));
    };
    const dataset = await openDataset(join(folder.path, "shards"));
    const policy = augmentation([randomFlip(), randomRotation({ degrees: 20 })]);
    const source = imageBatches(dataset, { ids: images, size: [40, 40], batchSize: 2, decode: sharpDecoder() });
    for await (const batch of source.batches(0)) {
      for (const [row, id] of images.entries()) {
        const original = Uint8Array.from(batch.images.subarray(row * 4800, (row + 1) * 4800));
        expect(at(row, 0)).toEqual(original);
        for (const view of [1, 2, 3]) {
          const wanted = new Uint8Array(4800);
          applyPlan(original, 40, 40, augmentPlan(policy, { seed: 9, id, view, size: [40, 40] }), wanted);
          expect(at(row, view)).toEqual(wanted);
        }
      }
    }
    await dataset.close();
  });

  it("refuses an augmentation that it does not understand, and leaves no file behind", async () => {
    const before = await everythingIn(folder.path);
    const { code, stderr } = await preview("--augment", "flip,spin=3");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/--augment.*"spin" is no step: use brightness, contrast/s),
    ]);
    const nothing = await preview("--augment", "none");
    expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining("--augment none changes nothing")]);
    expect(await everythingIn(folder.path)).toEqual(before);
  });
});

describe("--augment", () => {
  const idOf = (text: string) => augmentationFlag(text).id;

  it("reads steps in order, with one number or two bounds", () => {
    expect(idOf("flip,rotation=0.1,zoom=0.2,shift=0.1")).toBe(
      "augment-1|randomFlip(horizontal_and_vertical)|randomRotation(-0.1,0.1)|randomZoom(-0.2,0.2 null)" +
        "|randomTranslation(-0.1,0.1 -0.1,0.1)|reflect",
    );
    expect(idOf("flip=vertical, rotation=-36:72deg")).toBe(
      "augment-1|randomFlip(vertical)|randomRotation(-0.1,0.2)|reflect",
    );
    expect(idOf("brightness=-0.1:0.2,contrast=0.1,saturation=0.4:0.6,hue=0.05,fill=nearest")).toBe(
      "augment-1|randomBrightness(-0.1,0.2)|randomContrast(0.1,0.1)|randomSaturation(0.4,0.6)|randomHue(0,0.05)|nearest",
    );
    expect(idOf("crop=0.8,shear=0.1,erasing=0.5")).toBe(
      "augment-1|randomCrop(0.8 0.8)|randomShear(-0.1,0.1 -0.1,0.1)|randomErasing(0.5,0.5 0.02,0.33 null)|reflect",
    );
    expect(augmentationFlag("none").steps).toEqual([]);
  });

  it("names the step that is wrong and says what it takes", () => {
    const messages: Record<string, RegExp> = {
      "": /"" is no step/,
      rotate: /"rotate" is no step: use .*rotation/,
      rotation: /"rotation" needs a value, such as rotation=0.1/,
      "rotation=": /"rotation" needs a value/,
      "rotation=fast": /"rotation=fast": use a number/,
      "rotation=2": /"rotation=2": .* from -1 to 1/,
      "rotation=400deg": /degrees is 400: .* from -360 to 360/,
      "zoom=0.1:0.2:0.3": /"zoom=0.1:0.2:0.3": use a number, or two bounds/,
      "zoom=0.2:0.1": /"zoom=0.2:0.1"/,
      "flip=both": /use flip \(both ways\)/,
      "crop=200": /share of each side between 0 and 1/,
      "saturation=0.2": /saturation=0.4:0.6/,
      "fill=black": /use fill=reflect/,
      "fill=nearest": /no step/,
      "flip=vertical=1": /more than one "="/,
    };
    for (const [text, message] of Object.entries(messages)) expect(() => augmentationFlag(text)).toThrowError(message);
  });
});
