import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { type ImageDecoder, isDataError } from "../src/index.ts";
import { defaultDecoder, sharpDecoder, turboDecoder } from "../src/node.ts";
import { cassava, hasCassava, rejection } from "./support.ts";

const origin = { file: "train.csv", id: "leaf.jpg" };
const decoders: Readonly<Record<string, (options?: { maxPixels: number }) => ImageDecoder>> = {
  sharpDecoder,
  turboDecoder,
  "turboDecoder, on this thread": (options) => turboDecoder({ ...options, sync: true }),
  defaultDecoder,
};

/** 37 x 26 pixels, all different from their neighbours, so that a turn or a shift shows. */
const size = { width: 37, height: 26 };
const noise = Uint8Array.from({ length: 37 * 26 * 3 }, (_, k) => (k * k * 7 + k * 13) % 251);
const picture = (): Sharp => sharp(noise, { raw: { ...size, channels: 3 } });
const raw = async (image: Sharp) => {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
};

describe.each(Object.entries(decoders))("%s", (_, make) => {
  const decode = (bytes: Uint8Array) => make().decode(bytes, origin);

  it("gives sharp's pixels of every kind of JPEG, bit for bit", async () => {
    const kinds: Readonly<Record<string, Sharp>> = {
      "4:2:0": picture().jpeg(),
      "4:4:4": picture().jpeg({ chromaSubsampling: "4:4:4", quality: 40 }),
      progressive: picture().jpeg({ progressive: true }),
      grey: picture().greyscale().jpeg(),
      CMYK: picture().toColourspace("cmyk").jpeg(),
    };
    for (const [kind, image] of Object.entries(kinds)) {
      const bytes = await image.toBuffer();
      const expected = await raw(sharp(bytes, { ignoreIcc: true }).toColourspace("srgb"));
      expect(await decode(bytes), kind).toEqual(expected);
    }
  });

  it("turns by all eight EXIF orientations as sharp's rotate does, in JPEG, PNG and WebP", async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const tagged = () => picture().withMetadata({ orientation });
      for (const image of [tagged().jpeg(), tagged().png(), tagged().webp({ lossless: true })]) {
        const bytes = await image.toBuffer();
        expect((await sharp(bytes).metadata()).orientation).toBe(orientation);
        expect(await decode(bytes), `orientation ${orientation}`).toEqual(await raw(sharp(bytes).rotate()));
      }
    }
  });

  it("drops alpha without blending and cuts 16 bits to 8", async () => {
    expect((await decode(await picture().ensureAlpha(0.25).png().toBuffer())).pixels).toEqual(noise);
    expect((await decode(await picture().toColourspace("rgb16").png().toBuffer())).pixels).toEqual(noise);
  });

  it("refuses an empty file, a cut one and one with lost pixels, naming file and id", async () => {
    const jpeg = await picture().jpeg({ quality: 95 }).toBuffer();
    const holed = Buffer.from(jpeg);
    holed.fill(0x55, jpeg.length - 200, jpeg.length - 100);
    holed.set([0xff, 0xd9], jpeg.length - 100);
    const wrong = [new Uint8Array(0), ...[2, 20, 700, jpeg.length - 2].map((end) => jpeg.subarray(0, end)), holed];
    for (const bytes of wrong) {
      const error = await rejection(decode(bytes));
      expect(isDataError(error, "IMAGE_UNREADABLE") && [error.file, error.id]).toEqual(["train.csv", "leaf.jpg"]);
    }
  });

  it("takes a JPEG with bytes of a stranger before its end: no pixel is lost", async () => {
    const jpeg = await picture().jpeg().toBuffer();
    const strange = Buffer.concat([jpeg.subarray(0, -2), Buffer.of(1, 2, 3), jpeg.subarray(-2)]);
    expect(await decode(strange)).toEqual(await decode(jpeg));
    expect(await decode(Buffer.concat([jpeg, Buffer.alloc(50, 7)]))).toEqual(await decode(jpeg));
  });

  it("refuses 20,000 x 20,000 pixels by the header, before anything of that size is allocated", async () => {
    const jpeg = new Uint8Array(await picture().jpeg().toBuffer());
    const frame = jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xc0);
    new DataView(jpeg.buffer).setUint16(frame + 5, 20_000);
    new DataView(jpeg.buffer).setUint16(frame + 7, 20_000);
    const png = new Uint8Array(await picture().png().toBuffer());
    new DataView(png.buffer).setUint32(16, 20_000);
    new DataView(png.buffer).setUint32(20, 20_000);
    const webp = new Uint8Array(await picture().webp({ lossless: true }).toBuffer());
    new DataView(webp.buffer).setUint32(21, (16_000 - 1) | ((16_000 - 1) << 14), true);
    const before = process.memoryUsage().rss;
    for (const bytes of [jpeg, png, webp]) {
      const error = await rejection(decode(bytes));
      expect(isDataError(error, "IMAGE_TOO_LARGE") && [error.file, error.id]).toEqual(["train.csv", "leaf.jpg"]);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
    const small = await picture().jpeg().toBuffer();
    const limited = make({ maxPixels: 37 * 26 - 1 });
    expect(isDataError(await rejection(limited.decode(small, origin)), "IMAGE_TOO_LARGE")).toBe(true);
    expect((await make({ maxPixels: 37 * 26 }).decode(small, origin)).width).toBe(37);
    expect(() => make({ maxPixels: 0.5 })).toThrowError(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  it("has the id that all of them share", () => {
    expect(make().id).toBe(sharpDecoder().id);
  });
});

describe("turboDecoder", () => {
  it("says what to install where the library is not there, and never falls back from a library that was named", async () => {
    const jpeg = await picture().jpeg().toBuffer();
    for (const decoder of [turboDecoder({ library: "/nowhere.so" }), defaultDecoder({ library: "/nowhere.so" })]) {
      const error = await rejection(decoder.decode(jpeg, origin));
      expect(isDataError(error, "DECODER_MISSING") && error.message).toContain(
        "npm install koffi @julusian/jpeg-turbo",
      );
    }
  });
});

const photographs = hasCassava ? "" : " (SKIPPED: ../shared/data/cassava is not there)";
describe.skipIf(!hasCassava)(`real photographs${photographs}`, () => {
  it("come out of libjpeg-turbo as out of sharp, bit for bit", async () => {
    const folder = join(cassava, "train_images");
    for (const name of (await readdir(folder)).sort().slice(0, 12)) {
      const bytes = await readFile(join(folder, name));
      const [turbo, plain] = [await turboDecoder().decode(bytes, origin), await sharpDecoder().decode(bytes, origin)];
      expect([turbo.width, turbo.height], name).toEqual([plain.width, plain.height]);
      expect(Buffer.compare(turbo.pixels, plain.pixels), name).toBe(0);
    }
  });
});
