import { DataError } from "../errors.ts";

/** Bounds, both included; equal bounds fix the value. */
export type Bounds = readonly [lower: number, upper: number];

/** Which mirror images {@link randomFlip} may make. */
export type FlipMode = "horizontal" | "vertical" | "horizontal_and_vertical";

/** One step of an augmentation: plain data, made by the function of its name. */
export type AugmentStep =
  | { readonly name: "randomFlip"; readonly mode: FlipMode }
  | { readonly name: "randomRotation"; readonly factor: Bounds }
  | { readonly name: "randomZoom"; readonly heightFactor: Bounds; readonly widthFactor: Bounds | null }
  | { readonly name: "randomTranslation"; readonly heightFactor: Bounds; readonly widthFactor: Bounds }
  | { readonly name: "randomShear"; readonly xFactor: Bounds; readonly yFactor: Bounds }
  | { readonly name: "randomCrop"; readonly height: number; readonly width: number }
  | { readonly name: "randomBrightness"; readonly factor: Bounds }
  | { readonly name: "randomContrast"; readonly factor: Bounds }
  | { readonly name: "randomSaturation"; readonly factor: Bounds }
  | { readonly name: "randomHue"; readonly factor: Bounds }
  | {
      readonly name: "randomErasing";
      readonly factor: Bounds;
      readonly scale: Bounds;
      /** 0-255; null for noise. */
      readonly fillValue: number | null;
    };

/**
 * Mirrors half of the images; with `horizontal_and_vertical`, both ways independently (Keras draws once for both, so
 * that it makes only the half-turned image: a quarter of its views are missing). As `keras.layers.RandomFlip`.
 */
export function randomFlip(mode: FlipMode = "horizontal_and_vertical"): AugmentStep {
  if (mode === "horizontal" || mode === "vertical" || mode === "horizontal_and_vertical") {
    return { name: "randomFlip", mode };
  }
  throw invalid("randomFlip", "mode", mode, '"horizontal", "vertical" or "horizontal_and_vertical"');
}

/**
 * Turns the image about its centre by an angle between the bounds, as `keras.layers.RandomRotation`.
 *
 * @param factor shares of a full turn in [-1, 1], positive counter-clockwise; one number `f` means [-|f|, |f|]. Or
 *   `{ degrees }`, likewise one number or two bounds, in [-360, 360]: `randomRotation({ degrees: 20 })`.
 */
export function randomRotation(factor: number | Bounds | { readonly degrees: number | Bounds }): AugmentStep {
  if (typeof factor === "object" && "degrees" in factor) {
    const [lower, upper] = bounds("randomRotation", "degrees", factor.degrees, -360, 360);
    return { name: "randomRotation", factor: [lower / 360, upper / 360] };
  }
  return { name: "randomRotation", factor: bounds("randomRotation", "factor", factor, -1, 1) };
}

/**
 * Zooms about the centre, as `keras.layers.RandomZoom`: by 1 + factor, where a positive factor zooms out (the picture gets
 * smaller, its border is filled) and a negative one zooms in.
 *
 * @param heightFactor in (-1, 1]; one number `f` means [-|f|, |f|]
 * @param widthFactor likewise; null (the default) keeps the aspect ratio
 */
export function randomZoom(heightFactor: number | Bounds, widthFactor: number | Bounds | null = null): AugmentStep {
  const check = (name: string, factor: number | Bounds): Bounds => {
    const checked = bounds("randomZoom", name, factor, -1, 1);
    // A factor of -1 would show a single point.
    if (checked[0] <= -1) throw invalid("randomZoom", name, factor, "more than -1 and at most 1");
    return checked;
  };
  return {
    name: "randomZoom",
    heightFactor: check("heightFactor", heightFactor),
    widthFactor: widthFactor === null ? null : check("widthFactor", widthFactor),
  };
}

/**
 * Moves the image, as `keras.layers.RandomTranslation`.
 *
 * @param heightFactor share of the height in [-1, 1], positive moves down; one number `f` means [-|f|, |f|]
 * @param widthFactor share of the width, positive moves right; default: the same bounds as `heightFactor`
 */
export function randomTranslation(
  heightFactor: number | Bounds,
  widthFactor: number | Bounds = heightFactor,
): AugmentStep {
  return {
    name: "randomTranslation",
    heightFactor: bounds("randomTranslation", "heightFactor", heightFactor, -1, 1),
    widthFactor: bounds("randomTranslation", "widthFactor", widthFactor, -1, 1),
  };
}

/**
 * Shears the image about its top left corner, as `keras.layers.RandomShear`: a row `y` moves by `xFactor` times y pixels, a
 * column `x` by `yFactor` times x.
 *
 * @param xFactor one number `f` means [-|f|, |f|]; two bounds in [0, 1] are magnitudes, and half of the images are sheared
 *   the other way (in both axes)
 * @param yFactor likewise; default 0
 */
export function randomShear(xFactor: number | Bounds, yFactor: number | Bounds = 0): AugmentStep {
  const check = (name: string, factor: number | Bounds): Bounds => {
    const checked = bounds("randomShear", name, factor, -1, 1);
    if (checked[0] >= 0 || checked[0] === -checked[1]) return checked;
    throw invalid("randomShear", name, factor, "one number, or two from 0 to 1");
  };
  return { name: "randomShear", xFactor: check("xFactor", xFactor), yFactor: check("yFactor", yFactor) };
}

/**
 * Cuts a window out of the image at a random whole pixel, as `keras.layers.RandomCrop`, and enlarges it to the size of the
 * image (Keras gives an image of the window's size: batches here have one size).
 *
 * @param height of the window: whole pixels (at least 2) of the resized image, or a share of its height between 0 and 1
 * @param width likewise
 */
export function randomCrop(height: number, width: number = height): AugmentStep {
  for (const [name, value] of [["height", height] as const, ["width", width] as const]) {
    const usable = (value > 0 && value < 1) || (Number.isInteger(value) && value >= 2);
    if (!usable) throw invalid("randomCrop", name, value, "whole pixels, at least 2, or a share between 0 and 1");
  }
  return { name: "randomCrop", height, width };
}

/**
 * Adds 255 times the factor to every channel, as `keras.layers.RandomBrightness`.
 *
 * @param factor in [-1, 1]; one number `f` means [-|f|, |f|]
 */
export function randomBrightness(factor: number | Bounds): AugmentStep {
  return { name: "randomBrightness", factor: bounds("randomBrightness", "factor", factor, -1, 1) };
}

/**
 * Moves every channel away from its mean over the image: `(x - mean) c + mean`, with c between 1 - lower and 1 + upper, as
 * `keras.layers.RandomContrast` documents it (with a single number, Keras 3.15 draws from [1, 1 + f] alone).
 *
 * @param factor [lower, upper], each in [0, 1]; one number `f` means [f, f]
 */
export function randomContrast(factor: number | Bounds): AugmentStep {
  const pair = typeof factor === "number" ? ([factor, factor] as const) : factor;
  const [lower, upper] = pair;
  const inRange = (value: number): boolean => value >= 0 && value <= 1;
  if (pair.length === 2 && inRange(lower) && inRange(upper)) return { name: "randomContrast", factor: [lower, upper] };
  throw invalid("randomContrast", "factor", factor, "one number or [lower, upper], from 0 to 1");
}

/**
 * Multiplies the saturation of HSV by f / (1 - f), as `keras.layers.RandomSaturation`: 0 is grey, 0.5 changes nothing, 1 is
 * full. Saturation is cut at 1, as Keras does with `value_range=(0, 1)`.
 *
 * @param factor bounds in [0, 1], such as `[0.4, 0.6]`; one number `f` means [0, f], which mostly fades
 */
export function randomSaturation(factor: number | Bounds): AugmentStep {
  return { name: "randomSaturation", factor: magnitude("randomSaturation", "factor", factor) };
}

/**
 * Turns the hue by half the factor (a share of the colour circle), either way, as `keras.layers.RandomHue`.
 *
 * @param factor bounds in [0, 1]; one number `f` means [0, f]
 */
export function randomHue(factor: number | Bounds): AugmentStep {
  return { name: "randomHue", factor: magnitude("randomHue", "factor", factor) };
}

/** How {@link randomErasing} chooses and paints. */
export interface RandomErasingOptions {
  /** Bounds in (0, 1] of the erased share: each side is the square root of its own draw. Default [0.02, 0.33]. */
  readonly scale?: Bounds;
  /** 0-255, for every channel; null (the default) for noise, which is half black. */
  readonly fillValue?: number | null;
}

/**
 * Paints over one rectangle of some images, as `keras.layers.RandomErasing` (Zhong et al., arXiv 1708.04896).
 *
 * @param factor probability: a value between the bounds in [0, 1] is drawn for each image; one number `f` means [0, f], so
 *   that `f` / 2 of the images are erased, as in Keras; `[0.5, 0.5]` erases half
 */
export function randomErasing(
  factor: number | Bounds = 1,
  { scale = [0.02, 0.33], fillValue = null }: RandomErasingOptions = {},
): AugmentStep {
  if (fillValue !== null && !(fillValue >= 0 && fillValue <= 255)) {
    throw invalid("randomErasing", "fillValue", fillValue, "a number from 0 to 255, or null for noise");
  }
  const checked = magnitude("randomErasing", "scale", scale);
  if (checked[0] <= 0) throw invalid("randomErasing", "scale", scale, "bounds above 0 and at most 1");
  return { name: "randomErasing", factor: magnitude("randomErasing", "factor", factor), scale: checked, fillValue };
}

/** Two bounds within `least` … `most`; one number means itself and its negative. */
function bounds(step: string, name: string, factor: number | Bounds, least: number, most: number): Bounds {
  const pair = typeof factor === "number" ? [-Math.abs(factor), Math.abs(factor)] : [...factor];
  const [lower, upper] = pair;
  if (pair.length === 2 && lower! >= least && lower! <= upper! && upper! <= most) return [lower! + 0, upper! + 0];
  throw invalid(step, name, factor, `one number or [lower, upper], from ${least} to ${most}`);
}

/** Two bounds within 0 … 1; one number means from 0 to itself. */
function magnitude(step: string, name: string, factor: number | Bounds): Bounds {
  return bounds(step, name, typeof factor === "number" ? [0, factor] : factor, 0, 1);
}

function invalid(step: string, name: string, value: unknown, use: string): DataError {
  return new DataError("OPTION_INVALID", `${step}: ${name} is ${JSON.stringify(value)}: use ${use}`);
}
