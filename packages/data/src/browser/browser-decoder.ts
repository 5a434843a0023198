import { type DecoderOptions, fullDecoder } from "../image/full-decode.ts";
import type { ImageDecoder, RgbImage } from "../image/image.ts";
import { type JpegWasm, jpegCodec, withoutAlpha } from "./jpeg-codec.ts";

/** Limits of {@link browserDecoder}, and where its WebAssembly is. */
export interface BrowserDecoderOptions extends DecoderOptions {
  /**
   * Address of `mozjpeg_dec.wasm` of the package `@jsquash/jpeg`, or the module compiled from it. Default: the file beside
   * that package's JavaScript, which Vite and webpack find by themselves.
   */
  readonly wasm?: JpegWasm;
}

/**
 * Decodes grey and colour JPEGs with `@jsquash/jpeg`, to the same pixels as the decoders in Node, bit
 * for bit; but a JPEG with 4:4:0 chroma, which comes of turning a 4:2:2 one, differs by up to 2 of 255 (0.2 on average),
 * because its libjpeg is older. PNG, WebP and CMYK JPEGs go through the browser's own decoder and a canvas: the same pixels for opaque PNGs and
 * lossless WebPs; a canvas multiplies by alpha, so that colours under a transparent pixel are lost; CMYK is converted as
 * the browser likes. Works in pages and workers.
 *
 * `decode` throws a DataError: IMAGE_UNREADABLE, IMAGE_TOO_LARGE (naming file and id), DECODER_MISSING.
 */
export function browserDecoder({ wasm, ...limits }: BrowserDecoderOptions = {}): ImageDecoder {
  const jpeg = jpegCodec(wasm);
  return fullDecoder("browserDecoder", limits, (bytes, { format, components }) =>
    format === "JPEG" && components !== 4 ? jpeg.decode(bytes) : decodeByCanvas(bytes),
  );
}

/** The stored pixels: not turned by the orientation (that is ours to do), no colour profile applied. */
async function decodeByCanvas(bytes: Uint8Array): Promise<RgbImage> {
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
    colorSpaceConversion: "none",
    imageOrientation: "none" as ImageOrientation,
    premultiplyAlpha: "none",
  });
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("the browser gives no 2d canvas of this size");
    context.drawImage(bitmap, 0, 0);
    return withoutAlpha(context.getImageData(0, 0, width, height));
  } finally {
    bitmap.close();
  }
}
