import { adjustHueSaturation } from "./hue-saturation.ts";

/** One change of colour, with its amount drawn. */
export type ColourStep =
  /** Adds 255 times `delta` (-1 … 1) to every channel. */
  | { readonly kind: "brightness"; readonly delta: number }
  /** Moves every channel away from its mean over the image by `factor` (>= 0): `(x - mean) factor + mean`. */
  | { readonly kind: "contrast"; readonly factor: number }
  /** Multiplies the saturation of HSV by `factor` (>= 0), at most to full saturation. */
  | { readonly kind: "saturation"; readonly factor: number }
  /** Turns the hue of HSV by `turn`, a share of the colour circle. */
  | { readonly kind: "hue"; readonly turn: number };

type ToneStep = Extract<ColourStep, { kind: "brightness" | "contrast" }>;

/**
 * Changes the colours of `length` RGB bytes from `offset` on, in place, step by step; results are cut to 0-255 after each
 * step, as Keras's layers cut them. Steps of brightness and contrast that follow each other are one table for each
 * channel, made from its histogram: exact but for one rounding.
 */
export function applyColour(pixels: Uint8Array, offset: number, length: number, steps: readonly ColourStep[]): void {
  let at = 0;
  while (at < steps.length) {
    const step = steps[at]!;
    if (step.kind === "saturation") adjustHueSaturation(pixels, offset, length, 0, step.factor);
    else if (step.kind === "hue") adjustHueSaturation(pixels, offset, length, step.turn, 1);
    else {
      const tones: ToneStep[] = [step];
      for (let next = steps[at + 1]; next !== undefined; next = steps[at + 1]) {
        if (next.kind !== "brightness" && next.kind !== "contrast") break;
        tones.push(next);
        at++;
      }
      adjustTones(pixels, offset, length, tones);
    }
    at++;
  }
}

function adjustTones(pixels: Uint8Array, offset: number, length: number, steps: readonly ToneStep[]): void {
  const end = offset + length;
  const counts = new Int32Array(3 * 256);
  if (steps.some(({ kind }) => kind === "contrast")) {
    for (let at = offset; at < end; at += 3) {
      counts[pixels[at]!]!++;
      counts[256 + pixels[at + 1]!]!++;
      counts[512 + pixels[at + 2]!]!++;
    }
  }
  const table = new Uint8Array(3 * 256);
  for (let channel = 0; channel < 3; channel++) {
    const curve = toneCurve(counts.subarray(channel * 256, (channel + 1) * 256), length / 3, steps);
    for (let value = 0; value < 256; value++) table[channel * 256 + value] = Math.floor(curve[value]! + 0.5);
  }
  for (let at = offset; at < end; at += 3) {
    pixels[at] = table[pixels[at]!]!;
    pixels[at + 1] = table[256 + pixels[at + 1]!]!;
    pixels[at + 2] = table[512 + pixels[at + 2]!]!;
  }
}

/** What becomes of each value of a channel with this histogram of `total` pixels. */
function toneCurve(counts: Int32Array, total: number, steps: readonly ToneStep[]): Float64Array {
  const curve = Float64Array.from({ length: 256 }, (_, value) => value);
  for (const step of steps) {
    let mean = 0;
    if (step.kind === "contrast") {
      for (let value = 0; value < 256; value++) mean += (counts[value]! * curve[value]!) / total;
    }
    for (let value = 0; value < 256; value++) {
      const old = curve[value]!;
      const changed = step.kind === "brightness" ? old + 255 * step.delta : (old - mean) * step.factor + mean;
      curve[value] = Math.min(255, Math.max(0, changed));
    }
  }
  return curve;
}
