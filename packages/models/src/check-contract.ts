import type { Batch, PreprocessingContract } from "@cassava/contracts";
import { ModelsError } from "./errors.ts";

/** How far beyond 0 and 255 resizing in floating point may go, in units of a pixel value. */
const TOLERANCE = 0.5;

/**
 * Refuses images that a network would take and not understand: of another shape or type, already scaled, shifted or
 * normalized, not finite, or all of one colour. Meant for the first batch of a data set, before any training: it goes by looks, and
 * fractions up to 1 look divided by 255, also those of a black photograph. Values may lie 0.5 beyond 0 and 255.
 *
 * @throws {ModelsError} `BATCH_INVALID` (shape or type), `CONTRACT_VIOLATED` (values): says what they look like and what to pass.
 */
export function checkContract(contract: PreprocessingContract, batch: Batch): void {
  checkShape(contract, batch);
  const { ids, images } = batch;
  if (images instanceof Float32Array) refuse(looksLike(rangeOf(imageRanges(images, ids))));
  const stride = images.length / Math.max(1, ids.length);
  const isConstant = (at: number) => {
    const first = images[at * stride];
    for (let i = at * stride; i < (at + 1) * stride; i++) if (images[i] !== first) return false;
    return true;
  };
  if (ids.length > 0 && ids.every((_, at) => isConstant(at))) {
    const message = `all ${ids.length} images of the batch are of one value each (${ids[0]}: ${images[0]}): look at how they are decoded`;
    throw new ModelsError("CONTRACT_VIOLATED", message);
  }
}

/**
 * What every batch that a network is given is checked for: shape, type, finite values from -0.5 to 255.5. Of looks there is one that
 * counts: two images or more, each with fractions and none above 1, were divided by 255. A single such image may be a
 * photograph of the night that was resized in floating point; that all of a batch are is taken for the mistake.
 *
 * @throws {ModelsError} as `checkContract`
 */
export function checkBatch(contract: PreprocessingContract, batch: Batch): void {
  checkShape(contract, batch);
  const { ids, images } = batch;
  // Bytes are 0-255 by their type.
  if (!(images instanceof Float32Array)) return;
  const ranges = imageRanges(images, ids);
  const range = rangeOf(ranges);
  const isOutside = range.least < -TOLERANCE || range.most > 255 + TOLERANCE;
  const isScaled = ranges.length > 1 && ranges.every(({ most, whole }) => most <= 1 && !whole);
  if (isOutside || isScaled) refuse(looksLike(range));
}

function checkShape({ inputSize: [height, width] }: PreprocessingContract, batch: Batch): void {
  const [n, h, w, channels] = batch.shape;
  if (h !== height || w !== width || channels !== 3) {
    const message = `images are ${h}x${w}x${channels}, the network takes ${height}x${width}x3: resize them to its input size`;
    throw new ModelsError("BATCH_INVALID", message);
  }
  if (batch.ids.length !== n || batch.images.length !== n * h * w * 3) {
    const message = `a batch of ${batch.ids.length} ids has shape [${batch.shape}] and ${batch.images.length} numbers`;
    throw new ModelsError("BATCH_INVALID", message);
  }
  if (!(batch.images instanceof Uint8Array || batch.images instanceof Float32Array)) {
    const message = "images must be a Uint8Array or a Float32Array of RGB values from 0 to 255";
    throw new ModelsError("BATCH_INVALID", message);
  }
}

/** Least and largest value, and whether there are no fractions. */
interface PixelRange {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

/** The range of each image; all must be finite. */
function imageRanges(images: Float32Array, ids: readonly string[]): PixelRange[] {
  const stride = images.length / Math.max(1, ids.length);
  return ids.map((id, at) => {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    let whole = true;
    for (let i = at * stride; i < (at + 1) * stride; i++) {
      const value = images[i]!;
      if (!Number.isFinite(value)) {
        throw new ModelsError("CONTRACT_VIOLATED", `${id} has a pixel value of ${value}: check what decoded it`);
      }
      if (value < least) least = value;
      if (value > most) most = value;
      whole &&= Number.isInteger(value);
    }
    return { least, most, whole };
  });
}

function rangeOf(ranges: readonly PixelRange[]): PixelRange {
  return {
    least: ranges.reduce((least, range) => Math.min(least, range.least), Number.POSITIVE_INFINITY),
    most: ranges.reduce((most, range) => Math.max(most, range.most), Number.NEGATIVE_INFINITY),
    whole: ranges.every(({ whole }) => whole),
  };
}

function refuse(looks: string | undefined): void {
  if (looks === undefined) return;
  const message = `pixel values range ${looks}; pass RGB values from 0 to 255, the network does its own preprocessing`;
  throw new ModelsError("CONTRACT_VIOLATED", message);
}

/** The range of pixels that are not 0-255, and what they seem to have been through; undefined where they may be 0-255. */
function looksLike({ least, most, whole }: PixelRange): string | undefined {
  const looks = (what: string) => `from ${least.toPrecision(3)} to ${most.toPrecision(3)}: ${what}`;
  if (most > 255 + TOLERANCE) return looks("beyond 255");
  // Whole numbers up to 1 are a dark image; fractions are a scaled one. Resizing may leave it a little below 0.
  if (least > -TOLERANCE / 255 && most <= 1) return whole ? undefined : looks("they seem to be divided by 255 already");
  // Only what is bright is taken to be below 0 by rounding.
  if (least >= -TOLERANCE && (least >= 0 || most >= 3)) return undefined;
  if (least >= -1 && most <= 1) return looks("they seem to be scaled to -1 to 1 already");
  if (least > -3 && most < 3) return looks("they seem to be normalized by mean and deviation already");
  return looks("they seem to have a mean subtracted already");
}
