import { imageAt } from "../dataset.ts";
import { DataError, isDataError, reasonOf } from "../errors.ts";
import type { ImageDecoder, ImageOrigin, RgbImage } from "./image.ts";
import { type ImageHeader, imageHeader } from "./image-header.ts";
import { orient } from "./orient.ts";

/**
 * The id of every decoder of this package. They give the same pixels for the same JPEG: full size, the accurate integer
 * DCT of libjpeg, its triangle ("fancy") upsampling of chroma, the EXIF orientation applied, RGB. Measured: sharp 0.35.5
 * and libjpeg-turbo 3.1 on 300 photographs, and `@jsquash/jpeg` 1.6 on 50 of them, differ nowhere; the exceptions are named
 * at `browserDecoder`. What one has cached the others may use. Change it when a pixel could change.
 */
export const fullDecodeId = "full-islow-exif-rgb-1";

/** Limits of a decoder. */
export interface DecoderOptions {
  /** Largest width x height that is decoded; checked on the header, before pixels are allocated. Default 100 million. */
  readonly maxPixels?: number;
}

/** Turns encoded bytes into RGB of the stored size; throws anything, whose message is then the reason. */
export type RawDecode = (bytes: Uint8Array, header: ImageHeader) => Promise<RgbImage>;

/**
 * A decoder around `raw`, which does the one thing in which decoders differ. Here is what they share: the format by its
 * signature, the size limit, cut files, the orientation, and errors (DataError IMAGE_UNREADABLE, IMAGE_TOO_LARGE) that
 * name file and id.
 */
export function fullDecoder(name: string, { maxPixels = 100e6 }: DecoderOptions, raw: RawDecode): ImageDecoder {
  if (!(Number.isInteger(maxPixels) && maxPixels >= 1)) {
    throw new DataError("OPTION_INVALID", `${name}: maxPixels is ${maxPixels}: use an integer of at least 1`);
  }
  return {
    id: fullDecodeId,
    async decode(bytes, origin) {
      const header = imageHeader(bytes);
      if (typeof header === "string") throw unreadable(origin, header);
      const { width, height, orientation } = header;
      if (width * height > maxPixels) {
        const { file, id } = origin;
        const message = `${imageAt(id, file)} has ${width} x ${height} pixels, more than ${maxPixels}: shrink it, or raise maxPixels`;
        throw new DataError("IMAGE_TOO_LARGE", message, { file, id });
      }
      let image: RgbImage;
      try {
        image = await raw(bytes, header);
      } catch (cause) {
        throw isDataError(cause) ? cause : unreadable(origin, reasonOf(cause), cause);
      }
      if (image.width !== width || image.height !== height) {
        const sizes = `its header says ${width} x ${height}, its data ${image.width} x ${image.height}`;
        throw unreadable(origin, sizes);
      }
      return orient(image, orientation);
    },
  };
}

function unreadable({ file, id }: ImageOrigin, reason: string, cause?: unknown): DataError {
  const message = `${imageAt(id, file)} cannot be decoded (${reason}): repair, convert or remove it`;
  return new DataError("IMAGE_UNREADABLE", message, { file, id, cause });
}

/**
 * Whether a message of libjpeg tells of lost pixels: data that end early or cannot be read (jerror.h: JWRN_JPEG_EOF,
 * JWRN_HIT_MARKER, JWRN_HUFF_BAD_CODE, JWRN_MUST_RESYNC). Other warnings, such as bytes of a camera maker between two
 * markers, leave the image whole.
 */
export const isJpegDamage = (message: string): boolean => /premature end|bad huffman|instead of RST/i.test(message);
