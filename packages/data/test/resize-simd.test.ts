import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resizePlain } from "../src/image/resize-plain.ts";
import { resizeSimd } from "../src/image/resize-simd.ts";
import { tapsOf } from "../src/image/taps.ts";
import { random } from "../src/index.ts";

function both(from: readonly [number, number], to: readonly [number, number], seed: number) {
  const draw = random(seed);
  const [height, width] = from;
  // Extremes as well as noise: sums reach their bounds.
  const kind = draw.int(3);
  const value = (): number => (kind === 0 ? 255 : kind === 1 ? draw.int(2) * 255 : draw.int(256));
  const pixels = Uint8Array.from({ length: height * width * 3 }, value);
  const image = { width, height, pixels };
  const [across, down] = [tapsOf(width, to[1]), tapsOf(height, to[0])];
  const size = to[0] * to[1] * 3;
  const [plain, simd] = [new Uint8Array(size + 20).fill(7), new Uint8Array(size + 20).fill(7)];
  resizePlain(image, across, down, plain, 5);
  return { plain, simd, done: resizeSimd(image, across, down, simd, 5) };
}

describe("the resize by SIMD", () => {
  it("gives the bytes of the plain one for any sizes and pixels, and touches nothing else", () => {
    const side = fc.integer({ min: 1, max: 70 });
    const sides = fc.tuple(side, side);
    fc.assert(
      fc.property(sides, sides, fc.nat(), (from, to, seed) => {
        const { plain, simd, done } = both(from, to, seed);
        expect(done).toBe(true);
        expect(Buffer.compare(simd, plain)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("also at the sizes of photographs, down and up", () => {
    for (const [from, to] of [
      [
        [600, 800],
        [224, 224],
      ],
      [
        [512, 512],
        [299, 299],
      ],
      [
        [97, 131],
        [224, 224],
      ],
    ] as const) {
      const { plain, simd } = both(from, to, 3);
      expect(Buffer.compare(simd, plain)).toBe(0);
    }
  });

  it("leaves an image that would need more than 64 MiB to the plain one", () => {
    const image = { width: 8192, height: 3000, pixels: new Uint8Array(8192 * 3000 * 3) };
    expect(resizeSimd(image, tapsOf(8192, 4), tapsOf(3000, 4), new Uint8Array(48), 0)).toBe(false);
  });
});
