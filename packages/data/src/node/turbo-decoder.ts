import { isDataError } from "../errors.ts";
import { type DecoderOptions, fullDecoder, type RawDecode } from "../image/full-decode.ts";
import type { ImageDecoder } from "../image/image.ts";
import { decodeWithSharp } from "./sharp-decoder.ts";
import { loadTurbo } from "./turbo-library.ts";

/** Limits of {@link turboDecoder}, and where its library is. */
export interface TurboDecoderOptions extends DecoderOptions {
  /**
   * Path of a libjpeg-turbo (`libturbojpeg.so.0`, `.dylib`, `.dll`). Default: that of the npm package
   * `@julusian/jpeg-turbo`, else the system's.
   */
  readonly library?: string;
  /** Decode on the calling thread in place of libuv's pool: for a thread that has nothing else to do. Default false. */
  readonly sync?: boolean;
}

/**
 * Decodes grey and colour JPEGs with libjpeg-turbo, in less than half of sharp's time, to the same pixels bit for bit;
 * PNG, WebP, CMYK and JPEGs that libjpeg warns about go to sharp. Needs the optional peer `koffi`, and `sharp` for the
 * latter. `decode` throws a DataError: IMAGE_UNREADABLE, IMAGE_TOO_LARGE (naming file and id), DECODER_MISSING.
 */
export function turboDecoder({ library, sync = false, ...limits }: TurboDecoderOptions = {}): ImageDecoder {
  return fullDecoder("turboDecoder", limits, (bytes, header) => decodeWithTurbo(bytes, header, library, sync));
}

/**
 * The fastest decoder that is there, found at the first image: {@link turboDecoder}, else `sharpDecoder`. Their pixels
 * and their id are the same, so that the choice is nobody's concern.
 */
export function defaultDecoder({ library, sync = false, ...limits }: TurboDecoderOptions = {}): ImageDecoder {
  let absent = false;
  return fullDecoder("defaultDecoder", limits, async (bytes, header) => {
    try {
      if (!absent) await loadTurbo(library);
    } catch (error) {
      // A library that was asked for by name must be there.
      if (library !== undefined || !isDataError(error, "DECODER_MISSING")) throw error;
      absent = true;
    }
    return absent ? decodeWithSharp(bytes, header) : decodeWithTurbo(bytes, header, library, sync);
  });
}

async function decodeWithTurbo(
  bytes: Uint8Array,
  header: Parameters<RawDecode>[1],
  library: string | undefined,
  sync: boolean,
): ReturnType<RawDecode> {
  const { format, components, width, height } = header;
  if (format !== "JPEG" || (components !== 1 && components !== 3)) return decodeWithSharp(bytes, header);
  const turbo = await loadTurbo(library);
  return (await turbo.decode(bytes, { width, height }, sync)) ?? decodeWithSharp(bytes, header);
}
