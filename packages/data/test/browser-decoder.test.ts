import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { browserDecoder } from "../src/browser.ts";
import { type ImageDecoder, isDataError } from "../src/index.ts";
import { sharpDecoder } from "../src/node.ts";
import { cassava, hasCassava, rejection } from "./support.ts";

const origin = { file: "train.csv", id: "leaf.jpg" };
const noise = Uint8Array.from({ length: 37 * 26 * 3 }, (_, k) => (k * k * 7 + k * 13) % 251);
const picture = (): Sharp => sharp(noise, { raw: { width: 37, height: 26, channels: 3 } });

// The WebAssembly that a browser would fetch, here compiled by hand; what goes through a canvas is tested in a browser.
let decoder: ImageDecoder;
beforeAll(async () => {
  const path = createRequire(import.meta.url).resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
  decoder = browserDecoder({ wasm: await WebAssembly.compile(await readFile(path)) });
});

describe("browserDecoder", () => {
  it("gives sharp's pixels of every kind of colour and grey JPEG, in every orientation, bit for bit", async () => {
    const kinds: Readonly<Record<string, Sharp>> = {
      "4:2:0": picture().jpeg(),
      "4:4:4": picture().jpeg({ chromaSubsampling: "4:4:4", quality: 40 }),
      progressive: picture().jpeg({ progressive: true }),
      grey: picture().greyscale().jpeg(),
      turned: picture().withMetadata({ orientation: 6 }).jpeg(),
    };
    for (const [kind, image] of Object.entries(kinds)) {
      const bytes = await image.toBuffer();
      expect(await decoder.decode(bytes, origin), kind).toEqual(await sharpDecoder().decode(bytes, origin));
    }
    expect(decoder.id).toBe(sharpDecoder().id);
  });

  it("refuses empty, cut and damaged files, naming file and id, and goes on with the next image", async () => {
    const jpeg = await picture().jpeg({ quality: 95 }).toBuffer();
    const holed = Buffer.from(jpeg);
    holed.fill(0x55, jpeg.length - 200, jpeg.length - 100);
    holed.set([0xff, 0xd9], jpeg.length - 100);
    // A marker that no decoder knows, in the middle: libjpeg's fatal error.
    const fatal = Buffer.from(jpeg);
    fatal.set([0xff, 0x4c, 0, 4, 0, 0], jpeg.length - 300);
    for (const bytes of [new Uint8Array(0), jpeg.subarray(0, 700), holed, fatal]) {
      const error = await rejection(decoder.decode(bytes, origin));
      expect(isDataError(error, "IMAGE_UNREADABLE") && [error.file, error.id]).toEqual(["train.csv", "leaf.jpg"]);
      expect((await decoder.decode(jpeg, origin)).width).toBe(37);
    }
  });

  it("refuses too many pixels by the header", async () => {
    const bytes = await picture().jpeg().toBuffer();
    const limited = browserDecoder({ maxPixels: 37 * 26 - 1 });
    expect(isDataError(await rejection(limited.decode(bytes, origin)), "IMAGE_TOO_LARGE")).toBe(true);
  });
});

const photographs = hasCassava ? "" : " (SKIPPED: ../shared/data/cassava is not there)";
describe.skipIf(!hasCassava)(`real photographs${photographs}`, () => {
  it("come out of the WebAssembly as out of sharp, bit for bit", async () => {
    const folder = join(cassava, "train_images");
    for (const name of (await readdir(folder)).sort().slice(20, 26)) {
      const bytes = await readFile(join(folder, name));
      const [wasm, plain] = [await decoder.decode(bytes, origin), await sharpDecoder().decode(bytes, origin)];
      expect(Buffer.compare(wasm.pixels, plain.pixels), name).toBe(0);
    }
  });
});
