import { type DecoderOptions, fullDecoder, isJpegDamage, type RawDecode } from "../image/full-decode.ts";
import type { ImageDecoder } from "../image/image.ts";
import { plainBytes } from "./plain-bytes.ts";
import { loadSharp } from "./sharp.ts";

/** Limits of {@link sharpDecoder}. */
export interface SharpDecoderOptions extends DecoderOptions {}

/**
 * Decodes JPEG, PNG and WebP with sharp (libvips): at full size with the accurate integer DCT, turned by the EXIF
 * orientation, grey and CMYK made RGB, alpha dropped, 16 bits cut to 8, colour profiles ignored as TensorFlow and
 * Pillow ignore them. A truncated or damaged file is an error, never a half-grey image.
 *
 * Sets `sharp.concurrency(1)` for the whole process: images are decoded side by side, and threads within one image only
 * add switching. `decode` throws a DataError: IMAGE_UNREADABLE, IMAGE_TOO_LARGE (naming file and id), DECODER_MISSING
 * without sharp.
 */
export function sharpDecoder(options: SharpDecoderOptions = {}): ImageDecoder {
  return fullDecoder("sharpDecoder", options, decodeWithSharp);
}

/** The pixels as stored, by sharp. */
export const decodeWithSharp: RawDecode = async (bytes, { format }) => {
  if (format !== "JPEG") return toRgb(bytes, "error");
  try {
    // A warning of libjpeg may be lost pixels, which sharp's "error" would let pass.
    return await toRgb(bytes, "warning");
  } catch (error) {
    if (!(error instanceof Error) || error.name === "DataError" || isJpegDamage(error.message)) throw error;
    return toRgb(bytes, "error");
  }
};

async function toRgb(bytes: Uint8Array, failOn: "error" | "warning") {
  const sharp = await loadSharp();
  sharp.concurrency(1);
  // The limit on pixels is ours, on the header.
  const { data, info } = await sharp(bytes, { failOn, ignoreIcc: true, limitInputPixels: false, sequentialRead: true })
    .toColourspace("srgb")
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels in place of 3`);
  return { width: info.width, height: info.height, pixels: plainBytes(data) };
}
