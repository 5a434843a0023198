import type { Batch, PreprocessingContract } from "@cassava/contracts";
import { ModelsError } from "./errors.ts";

/**
 * Refuses images that a network would take and not understand: of another shape or type, already scaled, shifted or
 * normalized, not finite, or all of one colour. Meant for the first batch of a data set, before any training; what a network is
 * given later is checked for all of this but the constancy.
 *
 * @throws {ModelsError} `BATCH_INVALID` (shape or type), `CONTRACT_VIOLATED` (values): says what they look like and what to pass.
 */
export function checkContract(contract: PreprocessingContract, batch: Batch): void {
  checkBatch(contract, batch);
  const { ids, images } = batch;
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

/** As `checkContract`, but for the constancy: a black photograph is an image too. */
export function checkBatch({ inputSize: [height, width] }: PreprocessingContract, batch: Batch): void {
  const [n, h, w, channels] = batch.shape;
  if (h !== height || w !== width || channels !== 3) {
    const message = `images are ${h}x${w}x${channels}, the network takes ${height}x${width}x3: resize them to its input size`;
    throw new ModelsError("BATCH_INVALID", message);
  }
  if (batch.ids.length !== n || batch.images.length !== n * h * w * 3) {
    const message = `a batch of ${batch.ids.length} ids has shape [${batch.shape}] and ${batch.images.length} numbers`;
    throw new ModelsError("BATCH_INVALID", message);
  }
  // Bytes are 0-255 by their type.
  if (batch.images instanceof Uint8Array) return;
  if (!(batch.images instanceof Float32Array)) {
    const message = "images must be a Uint8Array or a Float32Array of RGB values from 0 to 255";
    throw new ModelsError("BATCH_INVALID", message);
  }
  checkValues(batch.images, batch.ids, h * w * 3);
}

function checkValues(images: Float32Array, ids: readonly string[], stride: number): void {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let whole = true;
  for (let i = 0; i < images.length; i++) {
    const value = images[i]!;
    if (!Number.isFinite(value)) {
      throw new ModelsError(
        "CONTRACT_VIOLATED",
        `${ids[Math.floor(i / stride)]} has a pixel value of ${value}: check what decoded it`,
      );
    }
    if (value < least) least = value;
    if (value > most) most = value;
    whole &&= Number.isInteger(value);
  }
  const looks = looksLike(least, most, whole);
  if (looks === undefined) return;
  const range = `from ${least.toPrecision(3)} to ${most.toPrecision(3)}`;
  const message = `pixel values range ${range}: ${looks}; pass RGB values from 0 to 255, the network does its own preprocessing`;
  throw new ModelsError("CONTRACT_VIOLATED", message);
}

/** What pixels that are not 0-255 seem to have been through; undefined where they may be 0-255. */
function looksLike(least: number, most: number, whole: boolean): string | undefined {
  if (most > 255) return "beyond 255";
  if (least < 0) {
    if (least >= -1 && most <= 1) return "they seem to be scaled to -1 to 1 already";
    if (least > -3 && most < 3) return "they seem to be normalized by mean and deviation already";
    return "they seem to have a mean subtracted already";
  }
  // Whole numbers up to 1 are a dark image; fractions are a scaled one.
  return most <= 1 && most > 0 && !whole ? "they seem to be divided by 255 already" : undefined;
}
