import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AffineMatrix, compose, flip, identity, rotation, translation, zoom } from "../src/augment/matrix.ts";
import { type AugmentPlan, applyPlan, type FillMode, isDataError } from "../src/index.ts";

const plan = (matrix: AffineMatrix, mode: FillMode = "reflect", value = 0): AugmentPlan => ({
  matrix,
  fill: { mode, value },
  colour: [],
  erase: [],
});

function run(pixels: Uint8Array, height: number, width: number, what: AugmentPlan): Uint8Array {
  const out = new Uint8Array(height * width * 3);
  applyPlan(pixels, height, width, what, out);
  return out;
}

/** The definition, in floating point, pixel by pixel: four neighbours, each folded into the image by itself. */
function slow(pixels: Uint8Array, height: number, width: number, { matrix, fill }: AugmentPlan): Float64Array {
  const [a, b, c, d, e, f] = matrix;
  const fold = (at: number, n: number): number | undefined => {
    if (at >= 0 && at < n) return at;
    if (fill.mode === "constant") return undefined;
    if (fill.mode === "nearest") return at < 0 ? 0 : n - 1;
    if (fill.mode === "wrap") return ((at % n) + n) % n;
    const period = ((at % (2 * n)) + 2 * n) % (2 * n);
    return period < n ? period : 2 * n - 1 - period;
  };
  const value = (y: number, x: number, channel: number): number => {
    const [row, column] = [fold(y, height), fold(x, width)];
    return row === undefined || column === undefined ? fill.value : pixels[(row * width + column) * 3 + channel]!;
  };
  const out = new Float64Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [a * x + b * y + c, d * x + e * y + f];
      const [iu, iv] = [Math.floor(u), Math.floor(v)];
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (const [dy, dx] of [[0, 0] as const, [0, 1] as const, [1, 0] as const, [1, 1] as const]) {
          const weight = (dx === 1 ? u - iu : iu + 1 - u) * (dy === 1 ? v - iv : iv + 1 - v);
          sum += weight * value(iv + dy, iu + dx, channel);
        }
        out[(y * width + x) * 3 + channel] = sum;
      }
    }
  }
  return out;
}

const image = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .chain(([height, width]) =>
    fc
      .uint8Array({ minLength: height * width * 3, maxLength: height * width * 3 })
      .map((pixels) => ({ height, width, pixels })),
  );
const mode = fc.constantFrom<FillMode>("reflect", "constant", "nearest", "wrap");
const number = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
const matrix = fc.tuple(number(2), number(2), number(40), number(2), number(2), number(40));

describe("applyPlan, the warp", () => {
  it("is the bilinear definition within one rounding, for any matrix and fill", () => {
    fc.assert(
      fc.property(image, matrix, mode, fc.nat(255), ({ height, width, pixels }, numbers, fillMode, value) => {
        const what = plan(numbers, fillMode, value);
        const found = run(pixels, height, width, what);
        // 1/2 for the rounding, and 255 * 2 / 4096 for weights of 11 bits.
        for (const [at, exact] of slow(pixels, height, width, what).entries()) {
          expect(Math.abs(found[at]! - exact)).toBeLessThan(0.63);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("agrees with the definition where the inside of a row is long and on whole pixels too", () => {
    const [height, width] = [31, 57];
    const pixels = Uint8Array.from({ length: height * width * 3 }, (_, k) => Math.imul(k, 2654435761) >>> 24);
    const turned = compose(rotation(0.07, height, width), zoom(0.8, 1.3, height, width));
    const matrices = [turned, rotation(0.25, height, width), zoom(0.5, 0.5, height, width), translation(3, -7.5)];
    for (const one of matrices) {
      const found = run(pixels, height, width, plan(one));
      const exact = slow(pixels, height, width, plan(one));
      expect(Math.max(...exact.map((value, at) => Math.abs(found[at]! - value)))).toBeLessThan(0.63);
    }
  });

  it("composes as one map after the other does", () => {
    const through = ([a, b, c, d, e, f]: AffineMatrix, [x, y]: readonly [number, number]) =>
      [a * x + b * y + c, d * x + e * y + f] as const;
    fc.assert(
      fc.property(matrix, matrix, number(50), number(50), (first, second, x, y) => {
        const [u, v] = through(compose(first, second), [x, y]);
        const [wantedU, wantedV] = through(first, through(second, [x, y]));
        expect(u).toBeCloseTo(wantedU, 8);
        expect(v).toBeCloseTo(wantedV, 8);
      }),
    );
  });

  it("copies where nothing moves, and flips twice to the same bytes", () => {
    fc.assert(
      fc.property(image, fc.boolean(), fc.boolean(), ({ height, width, pixels }, across, down) => {
        expect(run(pixels, height, width, plan(identity))).toEqual(pixels);
        const mirror = plan(flip(across, down, height, width));
        const once = run(pixels, height, width, mirror);
        expect(run(once, height, width, mirror)).toEqual(pixels);
        expect(once.toSorted()).toEqual(pixels.toSorted());
      }),
    );
  });

  it("flips the way it says", () => {
    const pixels = Uint8Array.from([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
    const first = (across: boolean, down: boolean) =>
      [...run(pixels, 2, 2, plan(flip(across, down, 2, 2)))].filter((_, at) => at % 3 === 0);
    expect(first(true, false)).toEqual([2, 1, 4, 3]);
    expect(first(false, true)).toEqual([3, 4, 1, 2]);
    expect(first(true, true)).toEqual([4, 3, 2, 1]);
  });

  it("fills as the four names say", () => {
    const pixels = Uint8Array.from([10, 20, 30, 40].flatMap((value) => [value, value, value]));
    const moved = (by: number, fillMode: FillMode) =>
      [...run(pixels, 1, 4, plan(translation(0, by), fillMode, 7))].filter((_, at) => at % 3 === 0);
    expect(moved(2, "reflect")).toEqual([20, 10, 10, 20]);
    expect(moved(-2, "reflect")).toEqual([30, 40, 40, 30]);
    expect(moved(2, "constant")).toEqual([7, 7, 10, 20]);
    expect(moved(2, "nearest")).toEqual([10, 10, 10, 20]);
    expect(moved(2, "wrap")).toEqual([30, 40, 10, 20]);
    expect(moved(6, "reflect")).toEqual([30, 40, 40, 30]);
  });

  it("writes at its offset and nowhere else, and leaves the input alone", () => {
    const pixels = Uint8Array.from({ length: 27 }, (_, k) => k);
    const out = new Uint8Array(40).fill(99);
    applyPlan(pixels, 3, 3, plan(rotation(0.1, 3, 3)), out, 5);
    expect([...out.subarray(0, 5), ...out.subarray(32)]).toEqual(new Array(13).fill(99));
    expect(pixels).toEqual(Uint8Array.from({ length: 27 }, (_, k) => k));
  });

  it("refuses arrays that are too short and matrices that are not finite", () => {
    const refused = (work: () => void): boolean => {
      try {
        work();
      } catch (error) {
        return isDataError(error, "OPTION_INVALID");
      }
      return false;
    };
    expect(refused(() => applyPlan(new Uint8Array(26), 3, 3, plan(identity), new Uint8Array(27)))).toBe(true);
    expect(refused(() => applyPlan(new Uint8Array(27), 3, 3, plan(identity), new Uint8Array(30), 4))).toBe(true);
    expect(refused(() => run(new Uint8Array(27), 3, 3, plan([Number.NaN, 0, 0, 0, 1, 0])))).toBe(true);
  });
});
