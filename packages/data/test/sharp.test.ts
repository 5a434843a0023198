import sharp, { type Sharp } from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { isDataError, type RgbImage } from "../src/index.ts";
import { encodeJpeg, sharpDecoder } from "../src/node.ts";
import { rejection } from "./support.ts";

const origin = { file: "train.csv", id: "leaf.jpg" };
const decode = (bytes: Uint8Array) => sharpDecoder().decode(bytes, origin);

/** 40 x 30, left half red, right half blue. */
function picture(): Sharp {
  const pixels = new Uint8Array(40 * 30 * 3);
  for (let at = 0; at < 1200; at++) pixels.set(at % 40 < 20 ? [200, 10, 20] : [20, 10, 200], at * 3);
  return sharp(pixels, { raw: { width: 40, height: 30, channels: 3 } });
}

const at = ({ width, pixels }: RgbImage, x: number, y: number): number[] => [
  ...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

describe("sharpDecoder", () => {
  it("gives exact RGB of every lossless kind: palette, alpha, 16 bits, WebP", async () => {
    const kinds: Readonly<Record<string, Sharp>> = {
      png: picture().png(),
      palette: picture().png({ palette: true, quality: 100 }),
      alpha: picture().ensureAlpha(0.5).png(),
      deep: picture().toColourspace("rgb16").png(),
      webp: picture().webp({ lossless: true }),
    };
    for (const [kind, image] of Object.entries(kinds)) {
      const decoded = await decode(await image.toBuffer());
      expect([decoded.width, decoded.height, decoded.pixels.length], kind).toEqual([40, 30, 3600]);
      expect([at(decoded, 0, 0), at(decoded, 39, 29)], kind).toEqual([
        [200, 10, 20],
        [20, 10, 200],
      ]);
    }
  });

  it("makes grey and CMYK images RGB", async () => {
    for (const image of [
      picture().greyscale().jpeg(),
      picture().toColourspace("b-w").png(),
      picture().greyscale().ensureAlpha(0.2).png(),
    ]) {
      const { pixels } = await decode(await image.toBuffer());
      expect(pixels.length).toBe(3600);
      for (let k = 0; k < 3600; k += 3) expect([pixels[k + 1], pixels[k + 2]]).toEqual([pixels[k], pixels[k]]);
    }
    const cmyk = await decode(await picture().toColourspace("cmyk").jpeg().toBuffer());
    expect(cmyk.pixels.length).toBe(3600);
    const [red, , blue] = at(cmyk, 2, 2) as [number, number, number];
    expect(red).toBeGreaterThan(blue + 80);
  });

  it("turns the image by its EXIF orientation", async () => {
    const turned = await decode(await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer());
    expect([turned.width, turned.height]).toEqual([30, 40]);
    // Orientation 6: the first row of the file is the right side; its left half comes on top.
    expect(at(turned, 15, 2)[0]).toBeGreaterThan(150);
    expect(at(turned, 15, 37)[2]).toBeGreaterThan(150);
  });

  it("leaves the stored numbers alone where a colour profile is embedded", async () => {
    const bytes = await picture().withIccProfile("p3").png().toBuffer();
    const raw = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
    expect((await sharp(bytes).metadata()).icc?.length).toBeGreaterThan(100);
    expect((await decode(bytes)).pixels).toEqual(new Uint8Array(raw));
  });

  describe("on damage", () => {
    let jpeg: Uint8Array;
    let png: Uint8Array;
    beforeAll(async () => {
      jpeg = await picture().jpeg().toBuffer();
      png = await picture().png().toBuffer();
    });

    it("refuses a file that was cut anywhere, naming file and id", async () => {
      const cuts = [
        jpeg.subarray(0, 100),
        jpeg.subarray(0, jpeg.length - 60),
        jpeg.subarray(0, jpeg.length - 2),
        png.subarray(0, 60),
        png.subarray(0, png.length - 20),
      ];
      for (const bytes of cuts) {
        const error = await rejection(decode(bytes));
        expect(isDataError(error, "IMAGE_UNREADABLE") && [error.file, error.id]).toEqual(["train.csv", "leaf.jpg"]);
        expect((error as Error).message).toMatch(/^image "leaf.jpg" of train.csv cannot be decoded \(.+\): /);
      }
    });

    it("says what the file is in place of an image", async () => {
      const text = (content: string) => new TextEncoder().encode(content);
      const wrong: readonly (readonly [Uint8Array, string])[] = [
        [new Uint8Array(0), "it is empty"],
        [text("version https://git-lfs.github.com/spec/v1\noid"), "Git LFS pointer"],
        [text("<!DOCTYPE html><html>"), "HTML page"],
        [text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), "not JPEG, PNG or WebP"],
        [await picture().tiff().toBuffer(), "it is TIFF or a raw photograph, not JPEG, PNG or WebP"],
        [await picture().gif().toBuffer(), "it is GIF, not"],
        [await picture().avif().toBuffer(), "it is AVIF, not"],
        [text("\0\0\0\x24ftypheic\0\0\0\0mif1"), "it is HEIC, not"],
      ];
      for (const [bytes, reason] of wrong) {
        const error = await rejection(decode(bytes));
        expect(isDataError(error, "IMAGE_UNREADABLE") && error.message).toContain(reason);
      }
    });

    it("names an image once where its file says its id, with one remedy", async () => {
      const heic = new TextEncoder().encode("\0\0\0\x24ftypheic\0\0\0\0mif1");
      for (const [file, name] of [
        ["bad/CBB/1.jpg", "image bad/CBB/1.jpg"],
        ["bad\\CBB\\1.jpg", "image bad\\CBB\\1.jpg"],
        ["a.tfrec (record 3)", 'image "CBB/1.jpg" of a.tfrec (record 3)'],
      ]) {
        const error = await rejection(sharpDecoder().decode(heic, { file: file!, id: "CBB/1.jpg" }));
        const what = "cannot be decoded (it is HEIC, not JPEG, PNG or WebP): repair, convert or remove it";
        expect((error as Error).message).toBe(`${name} ${what}`);
      }
    });

    it("refuses too many pixels by the header alone", async () => {
      const limited = sharpDecoder({ maxPixels: 1199 });
      expect(isDataError(await rejection(limited.decode(png, origin)), "IMAGE_TOO_LARGE")).toBe(true);
      expect((await sharpDecoder({ maxPixels: 1200 }).decode(png, origin)).width).toBe(40);
      // 60,000 x 60,000 pixels claimed by a header without data: nothing of that size is allocated.
      const bomb = Uint8Array.from(png);
      new DataView(bomb.buffer).setUint32(16, 60_000);
      new DataView(bomb.buffer).setUint32(20, 60_000);
      const before = process.memoryUsage().rss;
      expect(isDataError(await rejection(decode(bomb)))).toBe(true);
      expect(process.memoryUsage().rss - before).toBeLessThan(500e6);
      expect(() => sharpDecoder({ maxPixels: 0 })).toThrowError(expect.objectContaining({ code: "OPTION_INVALID" }));
    });
  });
});

describe("encodeJpeg", () => {
  const image: RgbImage = {
    width: 64,
    height: 48,
    pixels: Uint8Array.from({ length: 64 * 48 * 3 }, (_, k) => (k * k) % 251),
  };

  it("writes a JPEG of the size, finer with higher quality, and the same bytes for the same pixels", async () => {
    const [low, high, again] = [
      await encodeJpeg(image, { quality: 30 }),
      await encodeJpeg(image),
      await encodeJpeg(image),
    ];
    expect(high).toEqual(again);
    expect(high.length).toBeGreaterThan(low.length);
    const { width, height } = await decode(high);
    expect([width, height]).toEqual([64, 48]);
    const flat = { width: 16, height: 16, pixels: new Uint8Array(768).fill(120) };
    expect((await decode(await encodeJpeg(flat))).pixels).toEqual(flat.pixels);
  });

  it("refuses a quality or pixels that make no sense", async () => {
    expect(isDataError(await rejection(encodeJpeg(image, { quality: 0 })), "OPTION_INVALID")).toBe(true);
    expect(isDataError(await rejection(encodeJpeg({ ...image, width: 63 })), "OPTION_INVALID")).toBe(true);
  });
});
