import { DataError } from "../errors.ts";
import { type Random, random } from "../random.ts";
import type { Augmentation } from "./augmentation.ts";
import type { ColourStep } from "./colour.ts";
import type { ErasedRectangle } from "./erase.ts";
import { type AffineMatrix, compose, crop, flip, identity, rotation, shear, translation, zoom } from "./matrix.ts";
import type { AugmentPlan } from "./plan.ts";
import type { AugmentStep, Bounds } from "./steps.ts";

/** Which image of which size, and which of its views, {@link augmentPlan} is to draw. */
export interface AugmentPlanOptions {
  readonly seed: number;
  /** The image's name. */
  readonly id: string;
  /** 0 is the plain image; any other whole number up to 2^31 - 1 is a view of its own. */
  readonly view: number;
  /** `[height, width]` of the resized image that the plan is for. */
  readonly size: readonly [height: number, width: number];
}

/** What one step adds to a plan. */
interface Drawn {
  readonly matrix?: AffineMatrix;
  readonly colour?: ColourStep;
  readonly erase?: ErasedRectangle;
}

/**
 * Draws what an augmentation does to one view of one image: a pure function of its arguments. Every step has a stream of
 * numbers of its own, so that a step added at the end changes nothing of what the others draw. View 0 changes nothing.
 *
 * Throws a DataError (OPTION_INVALID) for a view that is no whole number from 0, or where a crop is larger than the image.
 */
export function augmentPlan(augmentation: Augmentation, { seed, id, view, size }: AugmentPlanOptions): AugmentPlan {
  const [height, width] = size;
  if (!Number.isInteger(view) || view < 0 || view >= 2 ** 31) {
    throw new DataError("OPTION_INVALID", `augmentPlan: view ${view} of "${id}": use a whole number from 0`, { id });
  }
  const { steps, fillMode, fillValue } = augmentation;
  const fill = { mode: fillMode, value: fillValue };
  let matrix = identity;
  const colour: ColourStep[] = [];
  const erase: ErasedRectangle[] = [];
  if (view === 0) return { matrix, fill, colour, erase };
  for (const [at, step] of steps.entries()) {
    const drawn = draw(step, random(seed, "augment", id, view, at, step.name), height, width);
    if (drawn.matrix) matrix = compose(matrix, drawn.matrix);
    if (drawn.colour) colour.push(drawn.colour);
    if (drawn.erase) erase.push(drawn.erase);
  }
  return { matrix, fill, colour, erase };
}

function draw(step: AugmentStep, chance: Random, height: number, width: number): Drawn {
  const within = ([lower, upper]: Bounds): number => lower + (upper - lower) * chance.next();
  const sign = (): number => (chance.next() < 0.5 ? 1 : -1);
  switch (step.name) {
    case "randomFlip": {
      const [across, down] = [chance.next() < 0.5, chance.next() < 0.5];
      return { matrix: flip(across && step.mode !== "vertical", down && step.mode !== "horizontal", height, width) };
    }
    case "randomRotation": {
      const turn = within(step.factor);
      return turn === 0 ? {} : { matrix: rotation(turn, height, width) };
    }
    case "randomZoom": {
      const down = 1 + within(step.heightFactor);
      return { matrix: zoom(down, step.widthFactor ? 1 + within(step.widthFactor) : down, height, width) };
    }
    case "randomTranslation":
      return { matrix: translation(within(step.heightFactor) * height, within(step.widthFactor) * width) };
    case "randomShear": {
      const invert = sign();
      return { matrix: shear(invert * within(step.xFactor), invert * within(step.yFactor)) };
    }
    case "randomCrop": {
      const rows = side("height", step.height, height);
      const columns = side("width", step.width, width);
      const [top, left] = [chance.int(height - rows + 1), chance.int(width - columns + 1)];
      return { matrix: crop({ top, left, rows, columns }, height, width) };
    }
    case "randomBrightness":
      return { colour: { kind: "brightness", delta: within(step.factor) } };
    case "randomContrast":
      return { colour: { kind: "contrast", factor: within([1 - step.factor[0], 1 + step.factor[1]]) } };
    case "randomSaturation": {
      const factor = within(step.factor);
      // Keras adds its epsilon, 1e-7, so that a factor of 1 is finite.
      return { colour: { kind: "saturation", factor: factor / (1 - factor + 1e-7) } };
    }
    case "randomHue":
      return { colour: { kind: "hue", turn: (sign() * within(step.factor)) / 2 } };
    case "randomErasing": {
      const across = Math.sqrt(within(step.scale)) * width;
      const down = Math.sqrt(within(step.scale)) * height;
      const [left, top] = [chance.next() * (width - across), chance.next() * (height - down)];
      const probability = within(step.factor);
      if (chance.next() >= probability) return {};
      const { fillValue } = step;
      const fill = fillValue === null ? { noiseSeed: chance.int(2 ** 32) } : { value: fillValue };
      const from = { top: Math.ceil(top), left: Math.ceil(left) };
      const extent = { height: Math.ceil(top + down) - from.top, width: Math.ceil(left + across) - from.left };
      return { erase: { ...from, ...extent, fill } };
    }
  }
}

/** Pixels of a side of a crop: at least 1, at most the image's. */
function side(name: string, asked: number, present: number): number {
  if (asked < 1) return Math.max(1, Math.round(asked * present));
  if (asked <= present) return asked;
  const message = `randomCrop: ${name} ${asked} of an image of ${present} pixels: use at most ${present}, or a share below 1`;
  throw new DataError("OPTION_INVALID", message);
}
