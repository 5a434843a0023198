import {
  type Augmentation,
  type AugmentStep,
  augmentation,
  type Bounds,
  type FillMode,
  type FlipMode,
  isDataError,
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
} from "@cassava/data";
import { InvalidArgumentError } from "commander";

/** What `--augment` may be, for `--help`. */
export const AUGMENT =
  "random changes in this order, such as flip,rotation=0.1,zoom=0.2,shift=0.1: " +
  "flip[=horizontal|vertical], rotation=<turns or 20deg>, zoom, shift, shear, crop=<share of each side>, " +
  "brightness, contrast, saturation=<lower>:<upper> (0.5 changes nothing), hue, erasing=<probability>, " +
  "fill=reflect|nearest|wrap|constant; a number f means -f to f, lower:upper sets both bounds; none for nothing";

/** Without `--augment`, of a preview: what suits photographs of leaves, which have no upper side and whose colour is a symptom. */
export const DEFAULT_AUGMENT = "flip,rotation=0.1,zoom=0.2,shift=0.1";

type Factor = number | Bounds;

/** Steps that take one number or two bounds; their functions check the range. */
const numeric: Readonly<Record<string, (factor: Factor) => AugmentStep>> = {
  zoom: (factor) => randomZoom(factor),
  shift: (factor) => randomTranslation(factor),
  shear: (factor) => randomShear(factor, factor),
  brightness: (factor) => randomBrightness(factor),
  contrast: (factor) => randomContrast(factor),
  hue: (factor) => randomHue(factor),
};
const special = ["flip", "rotation", "crop", "saturation", "erasing", "fill"];
const names = [...special, ...Object.keys(numeric)].sort();
const fills: readonly string[] = ["reflect", "nearest", "wrap", "constant"] satisfies FillMode[];

/** As {@link augmentationFlag}, but gives the text: what a configuration keeps. */
export function augmentationText(text: string): string {
  augmentationFlag(text);
  return text.trim();
}

/**
 * Parses `--augment`: steps that commas separate, each `name`, `name=value` or `name=lower:upper`; `none` is one
 * without steps. Throws commander's error, which names the step and says what it takes.
 */
export function augmentationFlag(text: string): Augmentation {
  if (text.trim() === "none") return augmentation([]);
  const steps: AugmentStep[] = [];
  let fillMode: FillMode = "reflect";
  for (const item of text.split(",")) {
    const [name, value, ...more] = item.trim().split("=");
    if (more.length > 0) throw new InvalidArgumentError(`"${item.trim()}" has more than one "=": write name=value.`);
    if (name === "fill") fillMode = fillOf(value);
    else steps.push(stepOf(name!, value));
  }
  if (steps.length === 0) throw new InvalidArgumentError("It holds no step: write none, or a step such as flip.");
  return augmentation(steps, { fillMode });
}

function stepOf(name: string, value: string | undefined): AugmentStep {
  if (name === "flip") return flipOf(value);
  if (!names.includes(name)) {
    throw new InvalidArgumentError(`"${name}" is no step: use ${names.join(", ")}, separated by commas.`);
  }
  if (value === undefined || value === "")
    throw new InvalidArgumentError(`"${name}" needs a value, such as ${name}=0.1.`);
  try {
    if (name === "rotation") return rotationOf(value);
    const factor = factorOf(name, value);
    if (name === "crop") {
      if (typeof factor === "number" && factor > 0 && factor < 1) return randomCrop(factor);
      throw new InvalidArgumentError(`"crop=${value}": use one share of each side between 0 and 1, such as crop=0.8.`);
    }
    if (name === "saturation") {
      // One number would mean 0 to f, as in Keras: nearly grey.
      if (typeof factor !== "number") return randomSaturation(factor);
      throw new InvalidArgumentError(`"saturation=${value}": use two bounds about 0.5, such as saturation=0.4:0.6.`);
    }
    // A plain probability is what one expects of a flag; Keras would draw the probability itself from 0 to it.
    if (name === "erasing") return randomErasing(typeof factor === "number" ? [factor, factor] : factor);
    return numeric[name]!(factor);
  } catch (error) {
    if (!isDataError(error)) throw error;
    throw new InvalidArgumentError(`"${name}=${value}": ${error.message}.`);
  }
}

function flipOf(value: string | undefined): AugmentStep {
  if (value === undefined) return randomFlip();
  if (value === "horizontal" || value === "vertical") return randomFlip(value satisfies FlipMode);
  throw new InvalidArgumentError(`"flip=${value}": use flip (both ways), flip=horizontal or flip=vertical.`);
}

function rotationOf(value: string): AugmentStep {
  if (!value.endsWith("deg")) return randomRotation(factorOf("rotation", value));
  return randomRotation({ degrees: factorOf("rotation", value.slice(0, -"deg".length)) });
}

function fillOf(value: string | undefined): FillMode {
  if (value !== undefined && fills.includes(value)) return value as FillMode;
  throw new InvalidArgumentError(`"fill=${value ?? ""}": use ${fills.map((mode) => `fill=${mode}`).join(", ")}.`);
}

/** `0.1` or `-0.1:0.2`. */
function factorOf(name: string, text: string): Factor {
  const parts = text.split(":").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [lower, upper] = parts;
  if (parts.length > 2 || !parts.every(Number.isFinite)) {
    throw new InvalidArgumentError(`"${name}=${text}": use a number, or two bounds such as ${name}=-0.1:0.2.`);
  }
  return upper === undefined ? lower! : [lower!, upper];
}
