import { DataError } from "../errors.ts";
import type { RgbImage } from "../image/image.ts";
import { plainBytes } from "./plain-bytes.ts";
import { loadSharp } from "./sharp.ts";

/** How {@link encodeJpeg} compresses. */
export interface EncodeJpegOptions {
  /** 1 (smallest) to 100 (best), libjpeg's scale. Default 92. */
  readonly quality?: number;
}

/**
 * The image as a baseline JPEG with 4:2:0 chroma, by sharp; the same bytes for the same pixels and version of sharp.
 * Throws a DataError: OPTION_INVALID, DECODER_MISSING without sharp.
 */
export async function encodeJpeg(image: RgbImage, { quality = 92 }: EncodeJpegOptions = {}): Promise<Uint8Array> {
  if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new DataError("OPTION_INVALID", `encodeJpeg: quality is ${quality}: use an integer from 1 to 100`);
  }
  const { width, height, pixels } = image;
  if (pixels.length !== width * height * 3) {
    const message = `encodeJpeg: ${pixels.length} bytes are no ${width}x${height} RGB image: pass width x height x 3 bytes`;
    throw new DataError("OPTION_INVALID", message);
  }
  const sharp = await loadSharp();
  const raw = { width, height, channels: 3 } as const;
  return plainBytes(await sharp(pixels, { raw }).jpeg({ quality }).toBuffer());
}
