import { DataError } from "../errors.ts";
import {
  type AugmentStep,
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
} from "./steps.ts";
import type { FillMode } from "./warp.ts";

/** A whole augmentation: plain data, `JSON.stringify` writes it and {@link parseAugmentation} reads it back. */
export interface Augmentation {
  /** Identifies what it does: equal ids draw equal plans from equal seeds. Part of cache keys. */
  readonly id: string;
  readonly steps: readonly AugmentStep[];
  readonly fillMode: FillMode;
  /** 0-255, for `constant`. */
  readonly fillValue: number;
}

/** What lies beyond the border of an image that is turned, moved or zoomed out. */
export interface AugmentationOptions {
  /** Default `reflect`, as in Keras: no black corners. */
  readonly fillMode?: FillMode;
  /** 0-255, for `constant`. Default 0. */
  readonly fillValue?: number;
}

/** Change it when equal seeds could give other pixels. */
const version = "augment-1";
const fillModes: readonly string[] = ["constant", "nearest", "reflect", "wrap"] satisfies FillMode[];

/**
 * Steps that are done one after the other. Those that move pixels become one warp, so that an image is interpolated once
 * and filled once (a pipeline of Keras layers interpolates and fills again in each); then come changes of colour, then
 * erasing, each in the order of `steps`. Throws a DataError (OPTION_INVALID).
 */
export function augmentation(
  steps: readonly AugmentStep[],
  { fillMode = "reflect", fillValue = 0 }: AugmentationOptions = {},
): Augmentation {
  if (!fillModes.includes(fillMode)) {
    throw invalid(`fillMode is ${JSON.stringify(fillMode)}: use ${fillModes.join(", ")}`);
  }
  if (!(fillValue >= 0 && fillValue <= 255)) throw invalid(`fillValue is ${fillValue}: use a number from 0 to 255`);
  const described = steps.map(({ name, ...settings }) => `${name}(${Object.values(settings).map(textOf).join(" ")})`);
  const fill = fillMode === "constant" ? `constant ${fillValue}` : fillMode;
  return { id: [version, ...described, fill].join("|"), steps: [...steps], fillMode, fillValue };
}

/**
 * An {@link Augmentation} from what `JSON.parse` gave of one, checked again. Throws a DataError
 * (OPTION_INVALID) that names the step, or where another version of this package made it: its views would differ.
 */
export function parseAugmentation(value: unknown): Augmentation {
  if (!isRecord(value) || !Array.isArray(value.steps)) {
    throw invalid("this is no augmentation: use what augmentation() made");
  }
  const steps = value.steps.map((step: unknown, at): AugmentStep => {
    const make = isRecord(step) && typeof step.name === "string" ? makers.get(step.name) : undefined;
    if (make === undefined) throw invalid(`step ${at} has no name that is known: use ${[...makers.keys()].join(", ")}`);
    try {
      return make(step as Fields);
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      throw invalid(
        `step ${at}, ${String((step as Fields).name)}, lacks a setting: use what augmentation() made`,
        cause,
      );
    }
  });
  const made = augmentation(steps, { fillMode: value.fillMode as FillMode, fillValue: value.fillValue as number });
  if (value.id === made.id) return made;
  throw invalid(`its id is ${JSON.stringify(value.id)}, this version makes "${made.id}" of it: make it anew`);
}

/** A record of a parsed file; the functions of the steps check what it holds. */
type Fields = Readonly<Record<string, never>>;

const makers = new Map<string, (step: Fields) => AugmentStep>([
  ["randomFlip", ({ mode }) => randomFlip(mode)],
  ["randomRotation", ({ factor }) => randomRotation(factor)],
  ["randomZoom", ({ heightFactor, widthFactor }) => randomZoom(heightFactor, widthFactor)],
  ["randomTranslation", ({ heightFactor, widthFactor }) => randomTranslation(heightFactor, widthFactor)],
  ["randomShear", ({ xFactor, yFactor }) => randomShear(xFactor, yFactor)],
  ["randomCrop", ({ height, width }) => randomCrop(height, width)],
  ["randomBrightness", ({ factor }) => randomBrightness(factor)],
  ["randomContrast", ({ factor }) => randomContrast(factor)],
  ["randomSaturation", ({ factor }) => randomSaturation(factor)],
  ["randomHue", ({ factor }) => randomHue(factor)],
  ["randomErasing", ({ factor, scale, fillValue }) => randomErasing(factor, { scale, fillValue })],
]);

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function invalid(message: string, cause?: unknown): DataError {
  return new DataError("OPTION_INVALID", `augmentation: ${message}`, { cause });
}
