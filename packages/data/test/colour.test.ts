import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyPlan, type ColourStep } from "../src/index.ts";

function coloured(pixels: readonly number[], ...colour: ColourStep[]): number[] {
  const out = new Uint8Array(pixels.length);
  const fill = { mode: "reflect", value: 0 } as const;
  applyPlan(
    Uint8Array.from(pixels),
    1,
    pixels.length / 3,
    { matrix: [1, 0, 0, 0, 1, 0], fill, colour, erase: [] },
    out,
  );
  return [...out];
}

const pixels = fc
  .array(fc.nat(255), { minLength: 3, maxLength: 60 })
  .map((values) => values.slice(0, values.length - (values.length % 3)));
const amount = fc.double({ min: 0, max: 3, noNaN: true });

describe("colour", () => {
  it("leaves every pixel where the amount is nothing", () => {
    fc.assert(
      fc.property(pixels, (values) => {
        expect(coloured(values, { kind: "brightness", delta: 0 })).toEqual(values);
        expect(coloured(values, { kind: "contrast", factor: 1 })).toEqual(values);
        expect(coloured(values, { kind: "saturation", factor: 1 })).toEqual(values);
        for (const turn of [0, 1, -1]) expect(coloured(values, { kind: "hue", turn })).toEqual(values);
      }),
    );
  });

  it("brightens by shares of 255 and cuts", () => {
    expect(coloured([0, 100, 250], { kind: "brightness", delta: 0.1 })).toEqual([26, 126, 255]);
    expect(coloured([0, 100, 250], { kind: "brightness", delta: -1 })).toEqual([0, 0, 0]);
  });

  it("spreads each channel about its own mean; steps count from the image that the last one left", () => {
    expect(coloured([10, 0, 90, 30, 0, 110], { kind: "contrast", factor: 2 })).toEqual([0, 0, 80, 40, 0, 120]);
    expect(coloured([10, 0, 90, 30, 0, 110], { kind: "contrast", factor: 0 })).toEqual([20, 0, 100, 20, 0, 100]);
    const steps = [{ kind: "brightness", delta: 0.9 } as const, { kind: "contrast", factor: 0.5 } as const];
    // 240 and 255 after brightness: their mean is 247.5.
    expect(coloured([10, 10, 10, 90, 90, 90], ...steps).slice(0, 1)).toEqual([
      Math.round((239.5 - 247.25) / 2 + 247.25),
    ]);
  });

  it("keeps the value, scales the saturation, and greys at 0", () => {
    fc.assert(
      fc.property(pixels, amount, (values, factor) => {
        const found = coloured(values, { kind: "saturation", factor });
        for (let at = 0; at < values.length; at += 3) {
          const [before, after] = [values.slice(at, at + 3), found.slice(at, at + 3)];
          const value = Math.max(...before);
          expect(Math.max(...after)).toBe(value);
          const wanted = Math.min(value, (value - Math.min(...before)) * factor);
          expect(Math.abs(value - Math.min(...after) - wanted)).toBeLessThanOrEqual(0.5 + 1e-9);
        }
      }),
    );
    expect(coloured([200, 100, 50], { kind: "saturation", factor: 0 })).toEqual([200, 200, 200]);
  });

  it("turns red to green to blue, keeps value and chroma, and comes back", () => {
    expect(coloured([200, 10, 10], { kind: "hue", turn: 1 / 3 })).toEqual([10, 200, 10]);
    expect(coloured([200, 10, 10], { kind: "hue", turn: -1 / 3 })).toEqual([10, 10, 200]);
    expect(coloured([7, 7, 7], { kind: "hue", turn: 0.4 })).toEqual([7, 7, 7]);
    fc.assert(
      fc.property(pixels, fc.double({ min: -1, max: 1, noNaN: true }), (values, turn) => {
        const there = coloured(values, { kind: "hue", turn });
        for (let at = 0; at < values.length; at += 3) {
          const [before, after] = [values.slice(at, at + 3), there.slice(at, at + 3)];
          expect([Math.max(...after), Math.min(...after)]).toEqual([Math.max(...before), Math.min(...before)]);
        }
        const back = coloured(there, { kind: "hue", turn: -turn });
        // The middle channel is rounded twice.
        expect(Math.max(...back.map((value, at) => Math.abs(value - values[at]!)))).toBeLessThanOrEqual(1);
      }),
    );
  });
});
