import { DataError, reasonOf } from "../errors.ts";
import type { ImageDecoder } from "../image/image.ts";
import { plainBytes } from "./plain-bytes.ts";
import { loadSharp } from "./sharp.ts";
import { formatOf } from "./sniff.ts";

/** Limits of {@link sharpDecoder}. */
export interface SharpDecoderOptions {
  /**
   * Largest width x height that is decoded; checked on the header, before pixels are allocated. Default 100 million.
   */
  readonly maxPixels?: number;
}

/**
 * Decodes JPEG, PNG and WebP with sharp (libvips): at full size with the accurate integer DCT, turned by the EXIF
 * orientation, grey and CMYK made RGB, alpha dropped, 16 bits cut to 8, colour profiles ignored as TensorFlow and
 * Pillow ignore them. A truncated or damaged file is an error, never a half-grey image.
 *
 * Sets `sharp.concurrency(1)` for the whole process: images are decoded side by side, and threads within one image only
 * add switching. `decode` throws a DataError: IMAGE_UNREADABLE, IMAGE_TOO_LARGE (naming file and id), DECODER_MISSING
 * without sharp.
 */
export function sharpDecoder({ maxPixels = 100e6 }: SharpDecoderOptions = {}): ImageDecoder {
  if (!(Number.isInteger(maxPixels) && maxPixels >= 1)) {
    throw new DataError("OPTION_INVALID", `sharpDecoder: maxPixels is ${maxPixels}: use an integer of at least 1`);
  }
  return {
    id: "sharp-full-exif-rgb",
    async decode(bytes, { file, id }) {
      const sharp = await loadSharp();
      sharp.concurrency(1);
      const format = formatOf(bytes);
      if (!format.known) throw unreadable(format.description);
      try {
        const { data, info } = await sharp(bytes, {
          failOn: "error",
          ignoreIcc: true,
          limitInputPixels: maxPixels,
          sequentialRead: true,
        })
          .rotate()
          .toColourspace("srgb")
          .removeAlpha()
          .raw({ depth: "uchar" })
          .toBuffer({ resolveWithObject: true });
        if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels in place of 3`);
        return { width: info.width, height: info.height, pixels: plainBytes(data) };
      } catch (cause) {
        if (/pixel limit/i.test(reasonOf(cause))) {
          const message = `image "${id}" of ${file} has more than ${maxPixels} pixels: shrink it, or raise maxPixels`;
          throw new DataError("IMAGE_TOO_LARGE", message, { file, id, cause });
        }
        throw unreadable(reasonOf(cause), cause);
      }

      function unreadable(reason: string, cause?: unknown): DataError {
        const message = `image "${id}" of ${file} cannot be decoded (${reason}): repair or leave out the image`;
        return new DataError("IMAGE_UNREADABLE", message, { file, id, cause });
      }
    },
  };
}
