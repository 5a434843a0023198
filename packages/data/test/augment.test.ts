import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AugmentStep,
  applyPlan,
  augmentation,
  augmentPlan,
  isDataError,
  parseAugmentation,
  randomBrightness,
  randomContrast,
  randomCrop,
  randomErasing,
  randomFlip,
  randomHue,
  randomRotation,
  randomSaturation,
  randomShear,
  randomTranslation,
  randomZoom,
} from "../src/index.ts";

/** A policy as a file holds it. */
interface Json {
  id: string;
  fillMode: string;
  steps: Record<string, unknown>[];
}

const size = [20, 30] as const;
const everything = augmentation([
  randomFlip(),
  randomRotation(0.1),
  randomZoom(0.2),
  randomTranslation(0.1, 0.2),
  randomShear(0.1),
  randomCrop(0.8),
  randomBrightness(0.1),
  randomContrast(0.2),
  randomSaturation([0.4, 0.6]),
  randomHue(0.1),
  randomErasing(),
]);
const seed = fc.integer();
const id = fc.string();
const view = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const ids = Array.from({ length: 2000 }, (_, k) => `image-${k}`);

/** What one step draws for many images. */
const draws = (step: AugmentStep, count = ids.length) => {
  const policy = augmentation([step]);
  return ids.slice(0, count).map((name) => augmentPlan(policy, { seed: 5, id: name, view: 1, size }));
};
const share = (of: readonly boolean[]): number => of.filter(Boolean).length / of.length;

describe("augmentPlan", () => {
  it("is a pure function of seed, id and view, whatever else was drawn before", () => {
    fc.assert(
      fc.property(seed, id, view, (s, name, v) => {
        const options = { seed: s, id: name, view: v, size };
        const first = augmentPlan(everything, options);
        augmentPlan(everything, { ...options, id: `${name}x` });
        expect(augmentPlan(structuredClone(everything), options)).toEqual(first);
        expect(structuredClone(first)).toEqual(first);
      }),
    );
  });

  it("differs with each of seed, id and view", () => {
    fc.assert(
      fc.property(seed, id, view, (s, name, v) => {
        const matrixOf = (change: object) => {
          return augmentPlan(everything, { seed: s, id: name, view: v, size, ...change }).matrix;
        };
        expect(matrixOf({ seed: s + 1 })).not.toEqual(matrixOf({}));
        expect(matrixOf({ id: `${name}x` })).not.toEqual(matrixOf({}));
        expect(matrixOf({ view: v === 1 ? 2 : v - 1 })).not.toEqual(matrixOf({}));
      }),
    );
  });

  it("changes nothing in view 0, to the byte", () => {
    const pixels = Uint8Array.from({ length: 20 * 30 * 3 }, (_, k) => Math.imul(k, 2654435761) >>> 24);
    const out = new Uint8Array(pixels.length);
    applyPlan(pixels, 20, 30, augmentPlan(everything, { seed: 3, id: "a", view: 0, size }), out);
    expect(out).toEqual(pixels);
  });

  it("draws each step for itself: one more at the end leaves the others as they were", () => {
    const more = augmentation([...everything.steps, randomRotation([0, 0]), randomBrightness(0.3)]);
    for (const name of ids.slice(0, 50)) {
      const [a, b] = [everything, more].map((policy) => augmentPlan(policy, { seed: 1, id: name, view: 4, size }));
      expect(b!.matrix).toEqual(a!.matrix);
      expect(b!.colour.slice(0, -1)).toEqual(a!.colour);
      expect(b!.erase).toEqual(a!.erase);
    }
  });

  it("refuses a view that is no whole number from 0", () => {
    for (const wrong of [-1, 0.5, 2 ** 31, Number.NaN]) {
      expect(() => augmentPlan(everything, { seed: 1, id: "a", view: wrong, size })).toThrowError(
        expect.objectContaining({ code: "OPTION_INVALID", id: "a" }),
      );
    }
  });
});

describe("the steps", () => {
  // n = 2,000 images of one seed: a share of 1/2 lies within 0.45 … 0.55 but for one seed in 10^5.
  it("flip half of the images, each way by itself", () => {
    const flips = draws(randomFlip()).map(({ matrix: [a, , , , e] }) => [a === -1, e === -1] as const);
    for (const wanted of [0, 1, 2, 3]) {
      const found = share(flips.map(([across, down]) => Number(across) * 2 + Number(down) === wanted));
      expect(found).toBeGreaterThan(0.2);
      expect(found).toBeLessThan(0.3);
    }
    expect(share(draws(randomFlip("vertical")).map(({ matrix: [a] }) => a === -1))).toBe(0);
    expect(share(draws(randomFlip("horizontal")).map(({ matrix }) => matrix[4] === -1))).toBe(0);
  });

  it("turn and move within their bounds, and use all of them", () => {
    const angles = draws(randomRotation([-0.1, 0.2])).map(({ matrix: [a, , , d] }) => Math.atan2(d, a) / (2 * Math.PI));
    expect(Math.min(...angles)).toBeGreaterThanOrEqual(-0.1);
    expect(Math.min(...angles)).toBeLessThan(-0.098);
    expect(Math.max(...angles)).toBeLessThanOrEqual(0.2);
    expect(Math.max(...angles)).toBeGreaterThan(0.198);
    const downs = draws(randomTranslation(0.1, [0, 0])).map(({ matrix }) => -matrix[5] / 20);
    expect(Math.max(...downs.map(Math.abs))).toBeLessThanOrEqual(0.1);
    expect(share(downs.map((down) => down > 0))).toBeCloseTo(0.5, 1);
    expect(randomRotation({ degrees: 36 })).toEqual(randomRotation(0.1));
  });

  it("zoom both sides alike, or each for itself", () => {
    for (const { matrix } of draws(randomZoom(0.3), 50)) expect(matrix[0]).toBe(matrix[4]);
    const both = draws(randomZoom([-0.3, -0.1], [0.1, 0.2]), 50);
    for (const { matrix } of both) {
      expect(matrix[4]).toBeGreaterThanOrEqual(0.7);
      expect(matrix[4]).toBeLessThanOrEqual(0.9);
      expect(matrix[0]).toBeGreaterThanOrEqual(1.1);
      expect(matrix[0]).toBeLessThanOrEqual(1.2);
    }
  });

  it("crop a window that lies inside the image", () => {
    for (const { matrix } of draws(randomCrop(10, 0.5))) {
      const [across, , left, , down, top] = matrix;
      expect([across * 30, down * 20]).toEqual([15, 10]);
      // From the outer edge of the first pixel to that of the last.
      const from = [left - across / 2, top - down / 2];
      const to = [left + across * 29.5, top + down * 19.5];
      expect(Math.min(...from)).toBeGreaterThanOrEqual(-0.5 - 1e-9);
      expect(to[0]).toBeLessThanOrEqual(29.5 + 1e-9);
      expect(to[1]).toBeLessThanOrEqual(19.5 + 1e-9);
    }
    const policy = augmentation([randomCrop(21, 10)]);
    expect(() => augmentPlan(policy, { seed: 1, id: "a", view: 1, size })).toThrowError(/21 of an image of 20 pixels/);
  });

  it("erase rectangles inside the image, of the area that was asked for, as often as was asked for", () => {
    const big = [200, 300] as const;
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 0.1, noNaN: true }),
        seed,
        (low, more, s) => {
          const policy = augmentation([randomErasing([1, 1], { scale: [low, low + more], fillValue: 0 })]);
          const { erase } = augmentPlan(policy, { seed: s, id: "a", view: 1, size: big });
          const { top, left, height, width } = erase[0]!;
          expect([top >= 0, left >= 0, top + height <= 200, left + width <= 300]).toEqual([true, true, true, true]);
          // Each side is whole pixels: it may be one pixel off.
          expect(height * width).toBeGreaterThanOrEqual((Math.sqrt(low) * 200 - 1) * (Math.sqrt(low) * 300 - 1));
          const most = Math.sqrt(low + more);
          expect(height * width).toBeLessThanOrEqual((most * 200 + 1) * (most * 300 + 1));
        },
      ),
    );
    const often = (step: AugmentStep) => share(draws(step).map(({ erase }) => erase.length > 0));
    expect(often(randomErasing([0.3, 0.3]))).toBeCloseTo(0.3, 1);
    expect(often(randomErasing(1))).toBeCloseTo(0.5, 1);
    expect(often(randomErasing(0))).toBe(0);
  });

  it("paint noise that is half black and a sixth white, the same every time", () => {
    const noise = { top: 0, left: 0, height: 100, width: 100, fill: { noiseSeed: 12 } };
    const paint = () => {
      const out = new Uint8Array(100 * 100 * 3);
      const fill = { mode: "reflect", value: 0 } as const;
      applyPlan(
        new Uint8Array(out.length),
        100,
        100,
        { matrix: [1, 0, 0, 0, 1, 0], fill, colour: [], erase: [noise] },
        out,
      );
      return out;
    };
    const values = [...paint()];
    expect(paint()).toEqual(Uint8Array.from(values));
    // Of a standard normal number, 50.08 % lie below 1/510 and 15.87 % above 1 (n = 30,000, six deviations).
    expect(Math.abs(share(values.map((value) => value === 0)) - 0.5008)).toBeLessThan(0.0174);
    expect(Math.abs(share(values.map((value) => value === 255)) - 0.159)).toBeLessThan(0.013);
  });

  it("refuse values out of range, with the range in the message", () => {
    const wrong: (() => AugmentStep)[] = [
      () => randomFlip("diagonal" as "vertical"),
      () => randomRotation(1.1),
      () => randomRotation([0.2, 0.1]),
      () => randomRotation({ degrees: 400 }),
      () => randomZoom(-1),
      () => randomZoom(Number.NaN),
      () => randomTranslation([0, 2]),
      () => randomShear([-0.1, 0.2]),
      () => randomCrop(0),
      () => randomCrop(1),
      () => randomCrop(10.5),
      () => randomBrightness(2),
      () => randomContrast([0.2, 1.5]),
      () => randomContrast(-0.1),
      () => randomSaturation(1.1),
      () => randomHue([-0.1, 0.1]),
      () => randomErasing(1, { scale: [0, 0.5] }),
      () => randomErasing(1, { fillValue: 256 }),
    ];
    for (const make of wrong) {
      expect(make).toThrowError(
        expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining(": use ") }),
      );
    }
  });
});

describe("augmentation", () => {
  it("survives JSON, and its id tells any two apart", () => {
    const others = [
      augmentation([]),
      augmentation([], { fillMode: "nearest" }),
      augmentation([], { fillMode: "constant", fillValue: 3 }),
      augmentation([randomRotation(0.1)]),
      augmentation([randomRotation(0.2)]),
      augmentation([randomFlip(), randomRotation(0.1)]),
      augmentation([randomRotation(0.1), randomFlip()]),
      augmentation([randomZoom(0.1)]),
      augmentation([randomZoom(0.1, 0.1)]),
      augmentation([randomErasing()]),
      augmentation([randomErasing(1, { fillValue: 0 })]),
    ];
    for (const policy of [everything, ...others])
      expect(parseAugmentation(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
    expect(new Set(others.map(({ id: name }) => name)).size).toBe(others.length);
    // Cache keys hold it: it may not change from version to version unless the views do.
    expect(augmentation([randomFlip("horizontal"), randomZoom([-0.1, 0.2])]).id).toBe(
      "augment-1|randomFlip(horizontal)|randomZoom(-0.1,0.2 null)|reflect",
    );
  });

  it("refuses what is not an augmentation, or was changed or made by another version", () => {
    const changed = (change: (value: Json) => void): unknown => {
      const value = JSON.parse(JSON.stringify(everything)) as Json;
      change(value);
      return value;
    };
    const wrong = [
      null,
      "flip",
      {},
      { steps: [{ name: "randomSpin" }] },
      { steps: [{ name: "randomRotation" }] },
      changed((value) => void value.steps.pop()),
      changed((value) => {
        value.steps[1]!.factor = [0, 3];
      }),
      changed((value) => (value.fillMode = "mirror")),
      changed((value) => (value.id = value.id.replace("augment-1", "augment-0"))),
    ];
    for (const value of wrong) {
      let error: unknown;
      try {
        parseAugmentation(value);
      } catch (thrown) {
        error = thrown;
      }
      expect(isDataError(error, "OPTION_INVALID")).toBe(true);
    }
  });
});
