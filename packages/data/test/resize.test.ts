import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDataError, type RgbImage, resizeBilinear } from "../src/index.ts";

/** TensorFlow's answer to one resize: every `step`-th row and column of its float32 values. */
interface Golden {
  readonly kind: string;
  readonly from: readonly [height: number, width: number];
  readonly to: readonly [height: number, width: number];
  readonly step: number;
  readonly values: readonly number[];
}

const lines = readFileSync(new URL("./golden/resize.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n");
// The first line says where the others come from.
const golden = lines.slice(1).map((line) => JSON.parse(line) as Golden);

/** The formulas of golden/make-resize.py. */
function formula(kind: string, height: number, width: number): RgbImage {
  const pixels = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const noise = Math.imul(y * 8191 + x * 131 + c * 17 + 7, 2654435761) >>> 24;
        const ramp = Math.floor((x * (c + 1) + y * (3 - c)) / 4) % 256;
        pixels[(y * width + x) * 3 + c] = kind === "ramp" ? ramp : noise;
      }
    }
  }
  return { width, height, pixels };
}

/** Largest distance between our whole numbers and TensorFlow's float32 answers. */
function worst(resize: typeof resizeBilinear, { kind, from, to, step, values }: Golden): number {
  const { pixels, width, height } = resize(formula(kind, ...from), ...to);
  expect([height, width]).toEqual(to);
  let far = 0;
  let k = 0;
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      for (let c = 0; c < 3; c++) far = Math.max(far, Math.abs(pixels[(y * width + x) * 3 + c]! - values[k++]!));
    }
  }
  expect(k).toBe(values.length);
  return far;
}

describe("resizeBilinear", () => {
  for (const one of golden) {
    it(`gives the rounded values of tf.image.resize(antialias=True): ${one.kind} ${one.from} to ${one.to}`, () => {
      expect(worst(resizeBilinear, one)).toBeLessThan(0.5 + 1e-3);
    });
  }

  it("would fail without antialiasing, and with corners in place of half-pixel centres", () => {
    const nearest = (image: RgbImage, height: number, width: number): RgbImage => {
      const pixels = new Uint8Array(height * width * 3);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const at =
            Math.floor(((y + 0.5) * image.height) / height) * image.width +
            Math.floor(((x + 0.5) * image.width) / width);
          pixels.set(image.pixels.subarray(at * 3, at * 3 + 3), (y * width + x) * 3);
        }
      }
      return { width, height, pixels };
    };
    const shrinking = golden.filter(({ kind, from, to }) => kind === "noise" && from[0] > to[0] && from[1] > to[1]);
    expect(shrinking.length).toBeGreaterThan(3);
    for (const one of shrinking) expect(worst(nearest, one)).toBeGreaterThan(5);
  });

  it("copies an image that has the size already, and never returns the caller's bytes", () => {
    const image = formula("noise", 5, 4);
    const same = resizeBilinear(image, 5, 4);
    expect(same.pixels).toEqual(image.pixels);
    expect(same.pixels.buffer).not.toBe(image.pixels.buffer);
  });

  it("keeps a constant image constant and never leaves the range of the input", () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, side, side, fc.integer({ min: 0, max: 255 }), (h, w, toH, toW, value) => {
        const flat = { width: w, height: h, pixels: new Uint8Array(h * w * 3).fill(value) };
        expect(resizeBilinear(flat, toH, toW).pixels.every((pixel) => pixel === value)).toBe(true);
      }),
    );
  });

  it("mirrors: resizing the mirror image is the mirror of resizing", () => {
    const mirrored = ({ width, height, pixels }: RgbImage): RgbImage => {
      const out = new Uint8Array(pixels.length);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const from = (y * width + (width - 1 - x)) * 3;
          out.set(pixels.subarray(from, from + 3), (y * width + x) * 3);
        }
      }
      return { width, height, pixels: out };
    };
    const image = formula("noise", 37, 53);
    const [a, b] = [resizeBilinear(mirrored(image), 16, 20).pixels, mirrored(resizeBilinear(image, 16, 20)).pixels];
    expect(Math.max(...a.map((value, at) => Math.abs(value - b[at]!)))).toBeLessThanOrEqual(1);
  });

  it("names a size that is none", () => {
    for (const [height, width] of [
      [0, 4],
      [4, 1.5],
      [-1, 4],
      [Number.NaN, 4],
      [4, 70_000],
    ] as const) {
      let thrown: unknown;
      try {
        resizeBilinear(formula("noise", 2, 2), height, width);
      } catch (error) {
        thrown = error;
      }
      expect(isDataError(thrown, "OPTION_INVALID")).toBe(true);
    }
  });
});
